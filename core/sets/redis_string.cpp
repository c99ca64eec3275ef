// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cstring>

#include "core/sets/bitmap.h"
#include "core/sets/kernels.h"

namespace cohortist {

namespace {

constexpr std::uint64_t kLongest = std::uint64_t{1} << 29U; // bytes; holds id 2^32 - 1

// Redis numbers the bits of a byte from its most significant one.
std::uint64_t reverseInBytes(std::uint64_t word) {
    word = ((word & 0x5555555555555555U) << 1U) | ((word >> 1U) & 0x5555555555555555U);
    word = ((word & 0x3333333333333333U) << 2U) | ((word >> 2U) & 0x3333333333333333U);
    return ((word & 0x0F0F0F0F0F0F0F0FU) << 4U) | ((word >> 4U) & 0x0F0F0F0F0F0F0F0FU);
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
    std::array<std::uint64_t, kChunkWords> words;
    for (std::size_t begin = 0; begin < bytes.size(); begin += kChunkBytes) {
        const std::string_view part = bytes.substr(begin, kChunkBytes);
        std::array<std::uint8_t, kChunkBytes> padded{};
        std::memcpy(padded.data(), part.data(), part.size());
        std::uint64_t any = 0;
        for (std::size_t i = 0; i < words.size(); ++i) {
            words[i] = reverseInBytes(kernels::load64(padded.data() + i * 8));
            any |= words[i];
        }
        if (any != 0) {
            builder.addBitset(static_cast<std::uint16_t>(begin / kChunkBytes), words);
        }
    }
    return builder.finish();
}

std::string toRedisString(const Bitmap& set) {
    const auto max = set.max();
    std::string bytes(max ? std::size_t{*max} / 8 + 1 : 0, '\0');
    std::array<std::uint64_t, kChunkWords> words;
    for (const ChunkView& view : set.chunks()) {
        kernels::toBitset(view, words.data());
        const std::size_t begin = std::size_t{view.number} * kChunkBytes;
        const std::size_t end = std::min(bytes.size(), begin + kChunkBytes);
        for (std::size_t i = begin; i < end; ++i) {
            const std::uint64_t word = reverseInBytes(words[(i - begin) / 8]);
            bytes[i] = static_cast<char>(word >> ((i - begin) % 8 * 8));
        }
    }
    return bytes;
}

} // namespace cohortist
