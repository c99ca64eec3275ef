// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/chunk_sums.h"

namespace cohortist {

namespace {

void addVector(std::vector<std::uint64_t>& to, const std::vector<std::uint64_t>& from) {
    for (std::size_t i = 0; i < from.size(); ++i) {
        to[i] += from[i];
    }
}

bool isMetAlone(const ChunkValue& value) {
    return value.isShort() || value.isFull();
}

} // namespace

ChunkSums::ChunkSums(const Question& question) {
    m_sums.counts.resize(question.counts.size());
    m_sums.intersections.resize(question.intersections.size());
    for (const auto& sets : question.histograms) {
        m_sums.histograms.emplace_back(sets.size() + 1);
    }
}

void ChunkSums::addCount(const Step& step, std::uint32_t count) {
    for (const std::uint32_t position : step.counts) {
        m_sums.counts[position] += count;
    }
    for (const std::uint32_t position : step.selves) {
        m_sums.intersections[position] += count;
    }
}

void ChunkSums::addBlock(const Block& block, std::span<const ChunkValue* const> values) {
    for (const Block::Row& row : block.rows) {
        const ChunkValue* own = values[row.step];
        if (own == nullptr) {
            continue;
        }
        // Bitsets are met several at a time.
        std::array<const std::uint64_t*, Block::kColumns> bitsets;
        std::array<std::uint32_t, Block::kColumns> counts;
        std::array<std::uint32_t, Block::kColumns> cells;
        std::size_t met = 0;
        for (std::size_t k = 0; k < block.columns.size(); ++k) {
            const ChunkValue* column = values[block.columns[k]];
            if (row.cells[k] == kNone || column == nullptr) {
                continue;
            }
            if (isMetAlone(*own) || isMetAlone(*column)) {
                m_sums.intersections[row.cells[k]] += countIntersection(*own, *column);
            } else {
                bitsets[met] = column->bits();
                cells[met++] = row.cells[k];
            }
        }
        if (met > 0) {
            kernels::countAndEach(own->bits(), {bitsets.data(), met}, counts.data(), own->range());
        }
        for (std::size_t k = 0; k < met; ++k) {
            m_sums.intersections[cells[k]] += counts[k];
        }
    }
}

void ChunkSums::addHistogram(const Histogram& histogram, std::span<const ChunkValue* const> sets,
                             BitSlices& slices) {
    slices.count(sets).addHistogram(m_sums.histograms[histogram.position]);
}

void ChunkSums::addTo(Answer& answer) const {
    addVector(answer.counts, m_sums.counts);
    addVector(answer.intersections, m_sums.intersections);
    for (std::size_t i = 0; i < m_sums.histograms.size(); ++i) {
        addVector(answer.histograms[i], m_sums.histograms[i]);
    }
    answer.chunksWalked += m_sums.chunksWalked;
}

} // namespace cohortist
