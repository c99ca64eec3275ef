// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a table's cells into blocks: columns that follow each other share one, which is served once
// the last of them is computed. Used while a question is compiled. Private to this room.
#pragma once

#include <span>
#include <vector>

#include "core/base/job_context.h"
#include "core/engine/program.h"

namespace cohortist {

class BlockBuilder {
public:
    struct Cell {
        std::uint32_t column = 0;   // step
        std::uint32_t row = 0;      // an earlier one
        std::uint32_t position = 0; // in Question::intersections
    };
    explicit BlockBuilder(Program& program)
        : m_program(program)
        , m_rowOf(program.steps.size(), kNone) {}

    // In any order. Once the job is cancelled no further column is begun.
    void build(std::span<const Cell> cells, const JobContext& job);

private:
    void beginColumn(std::uint32_t step);
    void add(const Cell& cell);
    void finish();

    Program& m_program;
    Block m_block;
    std::vector<std::uint32_t> m_rowOf; // in the block at hand, by step
};

} // namespace cohortist
