// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a table's cells into blocks: columns that follow each other share one, which is served once
// the last of them is computed. Used while a question is compiled. Private to this room.
#pragma once

#include <map>
#include <span>

#include "core/engine/program.h"

namespace cohortist {

class BlockBuilder {
public:
    struct Cell {
        std::uint32_t row = 0;      // step
        std::uint32_t position = 0; // in Question::intersections
    };
    explicit BlockBuilder(Program& program)
        : m_program(program) {}

    void add(std::uint32_t column, std::span<const Cell> cells); // ascending columns
    void finish();

private:
    Program& m_program;
    Block m_block;
    std::map<std::uint32_t, std::size_t> m_rowOf; // in the block, by step
};

} // namespace cohortist
