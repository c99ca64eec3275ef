// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cstring>

#include "core/sets/bitmap.h"
#include "core/sets/chunk_simd.h"
#include "core/sets/kernels.h"

namespace cohortist {

namespace {

using Words = std::array<std::uint64_t, kChunkWords>;

constexpr std::uint64_t kLongest = std::uint64_t{1} << 29U; // bytes; holds id 2^32 - 1

std::uint8_t* bytesOf(Words& words) {
    return reinterpret_cast<std::uint8_t*>(words.data());
}

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
    builder.reserve(bytes.size()); // an upper bound of what the chunks take
    std::array<char, kChunkBytes> padded;
    Words words;
    for (std::size_t begin = 0; begin < bytes.size(); begin += kChunkBytes) {
        const char* part = bytes.data() + begin;
        if (bytes.size() - begin < kChunkBytes) {
            std::fill(std::copy(part, bytes.data() + bytes.size(), padded.begin()), padded.end(),
                      '\0');
            part = padded.data();
        }
        // Redis numbers the bits of a byte from its most significant one.
        simd::reverseBits(reinterpret_cast<const std::uint8_t*>(part), bytesOf(words));
        builder.addBitset(static_cast<std::uint16_t>(begin / kChunkBytes), words);
    }
    return builder.finish();
}

std::string toRedisString(const Bitmap& set) {
    const auto max = set.max();
    std::string bytes(max ? std::size_t{*max} / 8 + 1 : 0, '\0');
    Words words;
    Words reversed;
    for (const ChunkView& view : set.chunks()) {
        kernels::toBitset(view, words.data());
        simd::reverseBits(bytesOf(words), bytesOf(reversed));
        const std::size_t begin = std::size_t{view.number} * kChunkBytes;
        std::memcpy(bytes.data() + begin, reversed.data(),
                    std::min<std::size_t>(kChunkBytes, bytes.size() - begin));
    }
    return bytes;
}

} // namespace cohortist
