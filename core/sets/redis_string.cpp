// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cstring>

#include "core/sets/bitmap.h"
#include "core/sets/chunk_simd.h"
#include "core/sets/kernels.h"

namespace cohortist {

namespace {

constexpr std::uint64_t kLongest = std::uint64_t{1} << 29U; // bytes; holds id 2^32 - 1

} // namespace

Result<Bitmap> fromRedisString(std::string_view bytes) {
    if (bytes.size() > kLongest) {
        return fail(Error{ErrorCode::TooLarge,
                          message("core", "cannot read a set of users"),
                          message("core", "its string has %1 bytes and so ids past 4,294,967,295",
                                  std::to_string(bytes.size())),
                          {},
                          {},
                          {}});
    }
    BitmapBuilder builder;
    // No form takes more than a bitset, and the last chunk is made from a whole one.
    builder.reserve((bytes.size() + kChunkBytes - 1) / kChunkBytes * kChunkBytes);
    std::array<std::uint8_t, kChunkBytes> padded{};
    for (std::size_t begin = 0; begin < bytes.size(); begin += kChunkBytes) {
        const auto* part = reinterpret_cast<const std::uint8_t*>(bytes.data()) + begin;
        const std::size_t left = bytes.size() - begin;
        if (left < kChunkBytes) {
            std::copy_n(part, left, padded.begin());
            part = padded.data();
        }
        builder.addReversed(static_cast<std::uint16_t>(begin / kChunkBytes), part);
    }
    return builder.finish();
}

std::string toRedisString(const Bitmap& set) {
    const auto max = set.max();
    std::string bytes(max ? std::size_t{*max} / 8 + 1 : 0, '\0');
    std::array<std::uint64_t, kChunkWords> words;
    std::array<std::uint8_t, kChunkBytes> reversed;
    for (const ChunkView& view : set.chunks()) {
        kernels::toBitset(view, words.data());
        simd::reverseBits(reinterpret_cast<const std::uint8_t*>(words.data()), reversed.data());
        const std::size_t begin = std::size_t{view.number} * kChunkBytes;
        std::memcpy(bytes.data() + begin, reversed.data(),
                    std::min<std::size_t>(kChunkBytes, bytes.size() - begin));
    }
    return bytes;
}

} // namespace cohortist
