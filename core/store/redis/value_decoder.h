// SPDX-License-Identifier: GPL-3.0-or-later
// Makes a set out of a Redis string while it comes, in one reply or in several pieces. Chunks
// outside the range are passed over. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/sets/bitmap.h"
#include "core/store/redis/connection.h"

namespace cohortist {

class ValueDecoder final : public BulkSink {
public:
    static constexpr std::uint64_t kLongest = std::uint64_t{1} << 29U; // holds id 2^32 - 1

    explicit ValueDecoder(ChunkRange range)
        : m_range(range) {}

    // The next reply holds the string from byte `first` on, which is a chunk's; longer ones than
    // `longest` are refused.
    void expect(std::uint64_t first, std::uint64_t longest, bool isWanted);
    [[nodiscard]] std::uint64_t announced() const { return m_announced; } // by the last reply
    // The set of all pieces since the last call.
    [[nodiscard]] Bitmap finish();

    [[nodiscard]] bool begin(std::uint64_t bytes) override;
    void take(std::string_view part) override;

    [[nodiscard]] static std::string whyTooLong(std::uint64_t bytes);

private:
    void add(const char* chunk);

    const ChunkRange m_range;
    std::uint64_t m_longest = kLongest;
    std::uint64_t m_announced = 0;
    std::uint32_t m_chunk = 0; // that the next byte but those kept belongs to
    bool m_isWanted = true;
    std::size_t m_kept = 0; // bytes of a chunk that is not whole yet
    std::array<char, kChunkBytes> m_part{};
    BitmapBuilder m_builder;
};

} // namespace cohortist
