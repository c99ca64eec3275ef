// SPDX-License-Identifier: GPL-3.0-or-later
// A chunk is the slice of 65,536 ids that share their high 16 bits: the grain of a Roaring
// container and of the engine's walk. A ChunkView looks at one without owning it, in whichever of
// the three forms the bytes hold. The bytes are little-endian, may be unaligned (read them with
// memcpy or the kernels) and were validated once by whoever made the view.
#pragma once

#include <cstdint>

namespace cohortist {

inline constexpr std::uint32_t kChunkBits = 65536;  // ids in a chunk
inline constexpr std::uint32_t kChunkBytes = 8192;  // a chunk as a bitset
inline constexpr std::uint32_t kChunkWords = 1024;  // the same in 64-bit words
inline constexpr std::uint32_t kChunkCount = 65536; // chunks in the id space

// Half-open range of chunk numbers within [0, kChunkCount].
struct ChunkRange {
    std::uint32_t first = 0;
    std::uint32_t last = kChunkCount;
    bool operator==(const ChunkRange&) const = default;
};

struct ChunkView {
    enum class Form : std::uint8_t {
        Array,  // cardinality strictly increasing u16
        Bitset, // 1,024 u64, bit j % 64 of word j / 64
        Runs    // runCount pairs {u16 start, u16 length - 1}, ascending, not touching
    };
    const std::uint8_t* data = nullptr;
    std::uint32_t cardinality = 0; // 1 … 65,536
    std::uint16_t number = 0;      // high 16 bits of its ids
    std::uint16_t runCount = 0;    // Form::Runs alone
    Form form = Form::Array;
};

} // namespace cohortist
