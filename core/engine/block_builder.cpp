// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/block_builder.h"

#include <utility>

namespace cohortist {

void BlockBuilder::add(std::uint32_t column, std::span<const Cell> cells) {
    const std::size_t place = m_block.columns.size();
    m_block.columns.push_back(column);
    for (const Cell& cell : cells) {
        auto [known, isNew] = m_rowOf.try_emplace(cell.row, m_block.rows.size());
        if (!isNew && m_block.rows[known->second].cells[place] != kNone) { // the same pair again
            known->second = m_block.rows.size();
            isNew = true;
        }
        if (isNew) {
            Block::Row row;
            row.step = cell.row;
            row.cells.fill(kNone);
            m_program.steps[cell.row].places.push_back(
                {static_cast<std::uint32_t>(m_program.blocks.size()),
                 static_cast<std::uint32_t>(m_block.rows.size())});
            m_block.rows.push_back(row);
        }
        m_block.rows[known->second].cells[place] = cell.position;
    }
    if (m_block.columns.size() == Block::kColumns) {
        finish();
    }
}

void BlockBuilder::finish() {
    if (m_block.columns.empty()) {
        return;
    }
    m_program.blocks.push_back(std::exchange(m_block, {}));
    m_rowOf.clear();
}

} // namespace cohortist
