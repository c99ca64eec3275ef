// SPDX-License-Identifier: GPL-3.0-or-later
// A Question compiled: a step for each node that is really needed, operands first, and the sinks,
// each attached to the last step that it looks at. A step's value lies in a register, one node's
// value for one chunk; registers are used again as soon as nobody needs them, so a table with half
// a million intermediate sets holds only those that are alive. Immutable once built; shared by all
// workers.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/engine/walk.h"

namespace cohortist {

inline constexpr std::uint32_t kNone = UINT32_MAX;

struct Step {
    const SetNode* node = nullptr;
    std::uint32_t target = 0;            // register of the node's value
    std::uint32_t input = kNone;         // Key and Constant: which of the inputs
    std::vector<std::uint32_t> operands; // steps
    std::vector<std::uint32_t> counts;   // positions in Question::counts
    std::vector<std::uint32_t> selves;   // in Question::intersections: of the node with itself
    std::vector<std::uint32_t> sets;     // in Question::sets
    struct Place {
        std::uint32_t block = 0;
        std::uint32_t row = 0;
    };
    std::vector<Place> places; // rows of blocks that are this step's

    [[nodiscard]] bool isInput() const { return input != kNone; }
    [[nodiscard]] bool hasSinks() const {
        return !counts.empty() || !selves.empty() || !sets.empty();
    }
};

// Some cells of a table: a few columns, whose sets stay in the first-level cache, with all rows
// that they are met with.
struct Block {
    static constexpr std::size_t kColumns = 4; // of 8 KiB
    struct Row {
        std::uint32_t step = 0;
        // In Question::intersections, or kNone.
        std::array<std::uint32_t, kColumns> cells{kNone, kNone, kNone, kNone};
    };
    std::vector<std::uint32_t> columns; // up to kColumns steps, ascending
    std::vector<Row> rows;              // of earlier steps than their columns

    [[nodiscard]] std::uint32_t lastStep() const { return columns.back(); }
};

struct Histogram {
    std::vector<std::uint32_t> steps;
    std::uint32_t lastStep = 0;
    std::uint32_t position = 0; // in Question::histograms
};

struct Program {
    std::vector<Step> steps;
    std::vector<std::uint32_t> operations; // the steps that are no inputs
    std::vector<std::uint32_t> inputs;     // by input, its step
    std::vector<Block> blocks;             // by last step
    std::vector<Histogram> histograms;     // by last step
    std::uint32_t registers = 0;
    std::vector<BitmapKey> keys;   // inputs 0 … keys.size() - 1
    std::vector<Bitmap> constants; // the inputs after them
};

// The question must outlive the program. Gives up early, with less than all, once the job is
// cancelled.
[[nodiscard]] Program compile(const Question& question, const JobContext& job = {});

} // namespace cohortist
