// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops: what is done to the 65,536 ids of one chunk. Those over whole bitsets are
// compiled for several instruction sets, and the best that the machine has is chosen at run time
// (bitset_kernels.cpp). Pure functions over caller's memory, safe from any thread. Bitsets are
// kChunkWords words, arrays strictly increasing low halves of ids; outputs may not overlap inputs
// unless said.
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

// Asks for a short chunk's bytes before they are needed: the machine itself foresees only long
// ones.
inline void prefetch(std::span<const std::uint16_t> values) {
    constexpr std::size_t kLongest = 128; // in 256 bytes
    if (values.size() <= kLongest) {
        for (std::size_t i = 0; i < values.size(); i += 32) {
            __builtin_prefetch(&values[i]);
        }
    }
}

// One of a view's runs.
struct Run {
    std::uint32_t first = 0;
    std::uint32_t last = 0; // closed
};
[[nodiscard]] inline Run runAt(const ChunkView& view, std::uint32_t index) {
    const std::uint8_t* bytes = view.data + std::size_t{index} * 4;
    const std::uint32_t first = load16(bytes);
    return {first, first + load16(bytes + 2)};
}

// A part of a bitset: words [first, last), multiples of kStrip.
inline constexpr std::size_t kStrip = 16;
struct WordRange {
    std::size_t first = 0;
    std::size_t last = kChunkWords;
    bool operator==(const WordRange&) const = default;
};
// The part in which all runs of the view lie.
[[nodiscard]] WordRange rangeOfRuns(const ChunkView& view);

// What GCC makes of a copy of 8 KiB is slow where the bytes are not aligned.
void copyBitset(const std::uint8_t* bytes, std::uint64_t* words);
// The view's ids as a bitset; words need not be cleared before.
void toBitset(const ChunkView& view, std::uint64_t* words);
// The view's low halves, ascending; values has room for its cardinality. Any form.
void toArray(const ChunkView& view, std::uint16_t* values);
// The set bits of a bitset, ascending; returns how many. At most `room` are written.
std::size_t bitsetToArray(const std::uint64_t* words, std::uint16_t* values, std::size_t room);
void setBits(std::span<const std::uint16_t> values, std::uint64_t* words);
void clearBits(std::span<const std::uint16_t> values, std::uint64_t* words);
void flipBits(std::span<const std::uint16_t> values, std::uint64_t* words);

// Sets the bits of a view of runs.
void setRuns(const ChunkView& view, std::uint64_t* words);

// out = a op b, which out may be itself; returns how many bits are set in out.
std::uint32_t andBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out);
std::uint32_t orBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out);
std::uint32_t xorBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out);
std::uint32_t andNotBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out);
// out = the union of one or more, read until it is full; returns how many bits are set.
std::uint32_t uniteBitsets(std::span<const std::uint64_t* const> sets, std::uint64_t* out);

[[nodiscard]] std::uint32_t countBitset(const std::uint64_t* words);
// Of the run's bits alone.
[[nodiscard]] std::uint32_t countInRun(const std::uint64_t* words, Run run);
[[nodiscard]] std::uint32_t countAnd(const std::uint64_t* a, const std::uint64_t* b);
// counts[i] = |words & others[i]| within the range: quicker than one by one, since words are read
// once for several.
void countAndEach(const std::uint64_t* words, std::span<const std::uint64_t* const> others,
                  std::uint32_t* counts, WordRange range = {});
// The same of two sets, whole, with up to four others, which are read once for both.
void countAndEachOfTwo(const std::uint64_t* first, const std::uint64_t* second,
                       std::span<const std::uint64_t* const> others, std::uint32_t* firstCounts,
                       std::uint32_t* secondCounts);
// How many of the values are set in the bitset.
[[nodiscard]] std::uint32_t countIn(std::span<const std::uint16_t> values,
                                    const std::uint64_t* words);
// The values that are (keepSet) or are not set in the bitset. out may be the values' own memory.
std::size_t filter(std::span<const std::uint16_t> values, const std::uint64_t* words, bool keepSet,
                   std::uint16_t* out);

// Of two arrays; out has room for the smaller one (intersect), the first (subtract) or both, and
// may be the first one's own memory for these two.
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

} // namespace cohortist::kernels
