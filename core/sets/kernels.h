// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops: what is done to the 65,536 ids of one chunk. Plain and portable here; whoever
// makes them fast changes kernels.cpp and nothing else. Pure functions over caller's memory, safe
// from any thread. Bitsets are kChunkWords words, arrays strictly increasing low halves of ids;
// outputs may not overlap inputs unless said.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/sets/chunk.h"

namespace cohortist::kernels {

// Unaligned little-endian reads.
[[nodiscard]] inline std::uint16_t load16(const std::uint8_t* bytes) {
    return static_cast<std::uint16_t>(bytes[0] | (bytes[1] << 8));
}
[[nodiscard]] inline std::uint32_t load32(const std::uint8_t* bytes) {
    return load16(bytes) | (static_cast<std::uint32_t>(load16(bytes + 2)) << 16);
}
[[nodiscard]] inline std::uint64_t load64(const std::uint8_t* bytes) {
    return load32(bytes) | (static_cast<std::uint64_t>(load32(bytes + 4)) << 32);
}

// The view's ids as a bitset; words need not be cleared before.
void toBitset(const ChunkView& view, std::uint64_t* words);
// The view's low halves, ascending; values has room for its cardinality. Any form.
void toArray(const ChunkView& view, std::uint16_t* values);
// The set bits of a bitset, ascending; returns how many. At most `room` are written.
std::size_t bitsetToArray(const std::uint64_t* words, std::uint16_t* values, std::size_t room);
void setBits(std::span<const std::uint16_t> values, std::uint64_t* words);
void clearBits(std::span<const std::uint16_t> values, std::uint64_t* words);
void flipBits(std::span<const std::uint16_t> values, std::uint64_t* words);

// target op= other; returns the bits set in target afterwards.
std::uint32_t andBitset(std::uint64_t* target, const std::uint64_t* other);
std::uint32_t orBitset(std::uint64_t* target, const std::uint64_t* other);
std::uint32_t xorBitset(std::uint64_t* target, const std::uint64_t* other);
std::uint32_t andNotBitset(std::uint64_t* target, const std::uint64_t* other);

[[nodiscard]] std::uint32_t countBitset(const std::uint64_t* words);
[[nodiscard]] std::uint32_t countAnd(const std::uint64_t* a, const std::uint64_t* b);
// How many of the values are set in the bitset.
[[nodiscard]] std::uint32_t countIn(std::span<const std::uint16_t> values,
                                    const std::uint64_t* words);
// The values that are (keepSet) or are not set in the bitset. out may be the values' own memory.
std::size_t filter(std::span<const std::uint16_t> values, const std::uint64_t* words, bool keepSet,
                   std::uint16_t* out);

// Of two arrays; out has room for the smaller one (intersect), the first (subtract) or both.
std::size_t intersect(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b,
                      std::uint16_t* out);
std::size_t unite(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b,
                  std::uint16_t* out);
std::size_t subtract(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b,
                     std::uint16_t* out);
std::size_t exclude(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b,
                    std::uint16_t* out); // in exactly one of them
[[nodiscard]] std::size_t countIntersection(std::span<const std::uint16_t> a,
                                            std::span<const std::uint16_t> b);

// Counts in how many sets each id of the chunk is, as numbers written downwards: slice s holds bit
// s of every id's number. `slices` bitsets of kChunkWords lie one after the other.
class SlicedCounter {
public:
    static constexpr std::size_t kMaxSlices = 32;
    // memory: room for slicesFor(sets) bitsets; it is cleared.
    SlicedCounter(std::uint64_t* memory, std::size_t slices);
    [[nodiscard]] static std::size_t slicesFor(std::size_t sets); // bits of the number `sets`
    void add(const std::uint64_t* words);
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
