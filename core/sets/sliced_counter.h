// SPDX-License-Identifier: GPL-3.0-or-later
// Counts in how many sets each id of a chunk is, as numbers written downwards: slice s holds bit s
// of every id's number, so that one instruction adds to hundreds of ids. The slices are bitsets of
// kChunkWords that lie one after the other in the caller's memory. Used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cohortist::kernels {

class SlicedCounter {
public:
    static constexpr std::size_t kFewestSlices = 3;
    // memory: room for slicesFor(sets) bitsets; it is cleared.
    SlicedCounter(std::uint64_t* memory, std::size_t slices);
    [[nodiscard]] static std::size_t slicesFor(std::size_t sets); // bits of the number
    void add(std::span<const std::uint64_t* const> bitsets);      // quickest when many at once
    void add(std::span<const std::uint16_t> values);
    // Ids whose number lies in [least, most], as a bitset; returns how many.
    std::uint32_t between(std::uint64_t least, std::uint64_t most, std::uint64_t* words) const;
    // bins[n] += ids whose number is n, for n in [1, bins.size()).
    void addHistogram(std::span<std::uint64_t> bins) const;

private:
    std::uint64_t* m_slices;
    std::size_t m_count;
};

} // namespace cohortist::kernels
