// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/chunk_sums.h"

#include <algorithm>
#include <optional>

namespace cohortist {

namespace {

void addVector(std::vector<std::uint64_t>& to, const std::vector<std::uint64_t>& from) {
    for (std::size_t i = 0; i < from.size(); ++i) {
        to[i] += from[i];
    }
}

bool isMetAlone(const ChunkValue& value) {
    return value.isShort() || value.isFull() || value.hasFewRuns();
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

// Two rows that are met with the same columns, whole, are met in one pass.
void ChunkSums::addBlock(const Block& block, std::span<const ChunkValue* const> values) {
    std::optional<BitsetRow> before;
    for (const Block::Row& row : block.rows) {
        if (values[row.step] == nullptr) {
            continue;
        }
        const BitsetRow next = meetAlone(block, row, values);
        if (next.met == 0) {
            continue;
        }
        if (before && before->isLike(next)) {
            addRows(*before, next);
            before.reset();
            continue;
        }
        if (before) {
            addRow(*before);
        }
        before = next;
    }
    if (before) {
        addRow(*before);
    }
}

// Meets the row with what is met alone; what is left are bitsets.
ChunkSums::BitsetRow ChunkSums::meetAlone(const Block& block, const Block::Row& row,
                                          std::span<const ChunkValue* const> values) {
    const ChunkValue& own = *values[row.step];
    BitsetRow rest;
    for (std::size_t k = 0; k < block.columns.size(); ++k) {
        const ChunkValue* column = values[block.columns[k]];
        if (row.cells[k] == kNone || column == nullptr) {
            continue;
        }
        if (isMetAlone(own) || isMetAlone(*column)) {
            m_sums.intersections[row.cells[k]] += countIntersection(own, *column);
        } else {
            rest.columns[rest.met] = column->bits();
            rest.cells[rest.met++] = row.cells[k];
        }
    }
    if (rest.met > 0) {
        rest.own = own.bits();
        rest.range = own.range();
    }
    return rest;
}

bool ChunkSums::BitsetRow::isLike(const BitsetRow& other) const {
    return met == other.met && range == kernels::WordRange() && other.range == range &&
           std::equal(columns.begin(), columns.begin() + met, other.columns.begin());
}

void ChunkSums::add(const BitsetRow& row, std::span<const std::uint32_t> counts) {
    for (std::size_t k = 0; k < row.met; ++k) {
        m_sums.intersections[row.cells[k]] += counts[k];
    }
}

void ChunkSums::addRow(const BitsetRow& row) {
    std::array<std::uint32_t, Block::kColumns> counts;
    kernels::countAndEach(row.own, {row.columns.data(), row.met}, counts.data(), row.range);
    add(row, counts);
}

void ChunkSums::addRows(const BitsetRow& first, const BitsetRow& second) {
    std::array<std::uint32_t, Block::kColumns> firstCounts;
    std::array<std::uint32_t, Block::kColumns> secondCounts;
    kernels::countAndEachOfTwo(first.own, second.own, {first.columns.data(), first.met},
                               firstCounts.data(), secondCounts.data());
    add(first, firstCounts);
    add(second, secondCounts);
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
