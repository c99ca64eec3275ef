// SPDX-License-Identifier: GPL-3.0-or-later
// Random sets of ids of every shape that a chunk can take, for property tests.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "core/sets/bitmap.h"

namespace cohortist::test {

// Ascending, distinct. Mixes empty, sparse, dense, runs and full chunks, cardinalities around 4,096
// and 65,536, and the ends of the range; all ids <= maxId.
[[nodiscard]] std::vector<std::uint32_t> randomIds(std::mt19937_64& random,
                                                   std::uint32_t maxId = UINT32_MAX);
[[nodiscard]] std::uint64_t below(std::mt19937_64& random, std::uint64_t bound);

} // namespace cohortist::test
