// SPDX-License-Identifier: GPL-3.0-or-later
// The memory in which a worker counts in how many sets each id of a chunk is. Used by one thread at
// a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/engine/chunk_value.h"
#include "core/sets/sliced_counter.h"

namespace cohortist {

class BitSlices {
public:
    // The counter is good until the next call.
    [[nodiscard]] kernels::SlicedCounter count(std::span<const ChunkValue* const> sets);

private:
    struct alignas(64) ChunkWords : std::array<std::uint64_t, kChunkWords> {};

    std::vector<ChunkWords> m_slices;
    std::vector<const std::uint64_t*> m_bitsets;
};

} // namespace cohortist
