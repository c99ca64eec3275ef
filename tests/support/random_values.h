// SPDX-License-Identifier: GPL-3.0-or-later
// The ids of one chunk for the tests of kernels: as many as a test asks for, of the cardinalities
// around which containers change their form. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "core/sets/chunk.h"

namespace cohortist::test {

using Values = std::vector<std::uint16_t>; // low halves, ascending
using Words = std::array<std::uint64_t, kChunkWords>;

inline constexpr std::uint32_t kSizes[] = {0,   1,    2,    63,   64,    65,
                                           512, 4095, 4096, 4097, 65535, 65536};

[[nodiscard]] Words wordsOf(const Values& values);
// Exactly so many values: spread over the chunk, or in few runs that often touch its ends.
[[nodiscard]] Values randomValues(std::mt19937_64& random, std::uint32_t size, bool inRuns);

[[nodiscard]] Values valuesWhere(const auto& isIn) {
    Values values;
    for (std::uint32_t v = 0; v < kChunkBits; ++v) {
        if (isIn(static_cast<std::uint16_t>(v))) {
            values.push_back(static_cast<std::uint16_t>(v));
        }
    }
    return values;
}

// What kernels write into memory of exactly this size, so that sanitizers see a step too far.
[[nodiscard]] Values written(std::size_t room, const auto& kernel) {
    const auto out = std::make_unique<std::uint16_t[]>(room);
    const std::size_t count = kernel(out.get());
    return {out.get(), out.get() + std::min(count, room)};
}

} // namespace cohortist::test
