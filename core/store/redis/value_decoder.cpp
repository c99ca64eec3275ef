// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/value_decoder.h"

#include <algorithm>

#include <fmt/format.h>

namespace cohortist {

namespace {

constexpr std::uint64_t kReserved = 8U << 20U; // more is not trusted to be as dense as it is long

} // namespace

void ValueDecoder::expect(std::uint64_t first, std::uint64_t longest, bool isWanted) {
    m_chunk = static_cast<std::uint32_t>(first / kChunkBytes);
    m_longest = longest;
    m_announced = 0;
    m_isWanted = isWanted;
    m_kept = 0;
}

bool ValueDecoder::begin(std::uint64_t bytes) {
    m_announced = bytes;
    if (bytes > m_longest) {
        return false;
    }
    if (m_isWanted) {
        m_builder.reserve(std::min(kReserved, (bytes + kChunkBytes) / kChunkBytes * kChunkBytes));
    }
    return true;
}

void ValueDecoder::add(const char* chunk) {
    if (m_chunk >= m_range.first && m_chunk < m_range.last) {
        m_builder.addReversed(static_cast<std::uint16_t>(m_chunk),
                              reinterpret_cast<const std::uint8_t*>(chunk));
    }
    ++m_chunk;
}

void ValueDecoder::take(std::string_view part) {
    if (!m_isWanted) {
        return;
    }
    if (m_kept > 0) {
        const std::size_t size = std::min(part.size(), kChunkBytes - m_kept);
        std::copy_n(part.data(), size, m_part.data() + m_kept);
        part.remove_prefix(size);
        m_kept += size;
        if (m_kept < kChunkBytes) {
            return;
        }
        add(m_part.data());
    }
    for (; part.size() >= kChunkBytes; part.remove_prefix(kChunkBytes)) {
        add(part.data());
    }
    std::copy_n(part.data(), part.size(), m_part.data());
    m_kept = part.size();
}

Bitmap ValueDecoder::finish() {
    if (m_kept > 0) {
        std::fill(m_part.begin() + static_cast<std::ptrdiff_t>(m_kept), m_part.end(), '\0');
        m_kept = 0;
        add(m_part.data());
    }
    return m_builder.finish();
}

std::string ValueDecoder::whyTooLong(std::uint64_t bytes) {
    return fmt::format("its string has {} bytes and so ids past 4,294,967,295", bytes);
}

} // namespace cohortist
