// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/block_builder.h"

#include <numeric>
#include <utility>

namespace cohortist {

void BlockBuilder::build(std::span<const Cell> cells, const JobContext& job) {
    // By column; within one they keep their order. A table comes row by row, so there are many.
    std::vector<std::uint32_t> places(m_program.steps.size() + 1);
    for (const Cell& cell : cells) {
        ++places[cell.column + 1];
    }
    std::partial_sum(places.begin(), places.end(), places.begin());
    std::vector<Cell> sorted(cells.size());
    for (const Cell& cell : cells) {
        sorted[places[cell.column]++] = cell;
    }
    for (const Cell& cell : sorted) {
        if (m_block.columns.empty() || m_block.columns.back() != cell.column) {
            if (job.isCancelled()) {
                return;
            }
            beginColumn(cell.column);
        }
        add(cell);
    }
    finish();
}

void BlockBuilder::beginColumn(std::uint32_t step) {
    if (m_block.columns.size() == Block::kColumns) {
        finish();
    }
    m_block.columns.push_back(step);
}

void BlockBuilder::add(const Cell& cell) {
    const std::size_t place = m_block.columns.size() - 1;
    std::uint32_t& number = m_rowOf[cell.row];
    // A pair that is asked for twice takes another row.
    if (number == kNone || m_block.rows[number].cells[place] != kNone) {
        number = static_cast<std::uint32_t>(m_block.rows.size());
        m_block.rows.emplace_back().step = cell.row;
        m_program.steps[cell.row].places.push_back(
            {static_cast<std::uint32_t>(m_program.blocks.size()), number});
    }
    m_block.rows[number].cells[place] = cell.position;
}

void BlockBuilder::finish() {
    if (m_block.columns.empty()) {
        return;
    }
    for (const Block::Row& row : m_block.rows) {
        m_rowOf[row.step] = kNone;
    }
    m_program.blocks.push_back(std::exchange(m_block, {}));
}

} // namespace cohortist
