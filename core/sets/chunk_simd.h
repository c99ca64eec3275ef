// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of going from one form of a chunk to another, at about the speed of memory:
// compiled for each kind of SIMD instructions, chosen by what the machine has. Pure functions, safe
// from any thread; private to this room. Bytes may lie at any address.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/sets/chunk.h"

namespace cohortist {

// What decides which form of a chunk is the smallest.
struct ChunkShape {
    std::uint32_t cardinality = 0;
    std::uint32_t runs = 0; // of consecutive ids
};

namespace simd {

[[nodiscard]] ChunkShape shapeOfBitset(const std::uint8_t* bits);
// The runs among an array's values.
[[nodiscard]] std::uint32_t runsOfArray(const std::uint8_t* values, std::uint32_t count);
// Copies a bitset, the bits of each byte in reverse order; the shape is that of the copy.
ChunkShape reverseBits(const std::uint8_t* bits, std::uint8_t* reversed);

// What a caller of toValues keeps free behind the values.
inline constexpr std::size_t kValuesSlack = 64;
// The set bits of a bitset, ascending; returns how many. Up to kValuesSlack more are overwritten.
std::size_t toValues(const std::uint8_t* bits, std::uint16_t* values);

// The same where a word holds few bits, as in chunks that become arrays.
std::size_t toFewValues(const std::uint8_t* bits, std::uint16_t* values);

} // namespace simd

} // namespace cohortist
