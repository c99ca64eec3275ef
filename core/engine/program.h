// SPDX-License-Identifier: GPL-3.0-or-later
// A Question compiled: the nodes that are really needed, in an order in which operands come first,
// and for each the sinks that can be served once it is computed and the registers that are free
// after it. A register holds one node's value for one chunk; registers are reused as soon as nobody
// needs them, so a table with half a million intermediate sets holds only those that are alive.
// Immutable once built; shared by all workers.
#pragma once

#include <cstdint>
#include <vector>

#include "core/engine/walk.h"

namespace cohortist {

struct Step {
    NodeId node = 0;
    std::uint32_t target = 0;            // register of the node's value
    std::vector<std::uint32_t> operands; // registers
    std::uint32_t input = UINT32_MAX;    // Key and Constant: which of the inputs
    std::vector<std::uint32_t> counts;   // positions in Question::counts
    std::vector<std::uint32_t> sets;     // positions in Question::sets
    struct Pair {
        std::uint32_t a = 0; // registers
        std::uint32_t b = 0;
        std::uint32_t position = 0; // in Question::intersections
    };
    std::vector<Pair> intersections;
    struct Bins {
        std::vector<std::uint32_t> registers;
        std::uint32_t position = 0; // in Question::histograms
    };
    std::vector<Bins> histograms;
};

struct Program {
    std::vector<Step> steps;
    std::uint32_t registers = 0;
    std::vector<BitmapKey> keys;   // inputs 0 … keys.size() - 1
    std::vector<Bitmap> constants; // the inputs after them
    std::size_t widestBetween = 0; // operands of the widest Between or histogram
};

[[nodiscard]] Program compile(const Question& question);

} // namespace cohortist
