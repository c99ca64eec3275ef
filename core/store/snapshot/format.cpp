// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/format.h"

#include <cstring>

#include <fmt/core.h>
#include <xxhash.h>

namespace cohortist::snapshot {

namespace {

void putBigEndian(std::uint8_t* to, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) {
        to[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
    }
}

} // namespace

std::array<std::uint8_t, kHeaderBytes> canonicalHeader(std::uint32_t pages) {
    // https://www.sqlite.org/fileformat.html, "The Database Header"
    std::array<std::uint8_t, kHeaderBytes> header{};
    std::memcpy(header.data(), "SQLite format 3", 16);
    header[16] = kPageSize >> 8;
    header[18] = 1; // rollback journal, for writing and for reading
    header[19] = 1;
    header[21] = 64; // fixed fractions
    header[22] = 32;
    header[23] = 32;
    putBigEndian(&header[24], 1); // change counter
    putBigEndian(&header[28], pages);
    putBigEndian(&header[40], kSchema.size()); // schema cookie: one change a table
    putBigEndian(&header[44], 4);              // schema format
    putBigEndian(&header[56], 1);              // UTF-8
    putBigEndian(&header[60], kFormatVersion); // user_version
    putBigEndian(&header[68], kApplicationId);
    putBigEndian(&header[92], 1);       // change counter for which the next number holds
    putBigEndian(&header[96], 3040000); // version of SQLite that wrote: always stated as this
    return header;
}

std::uint32_t bigEndian32(const std::uint8_t* bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | std::uint32_t{bytes[3]};
}

std::uint64_t checksum(Table table, std::int64_t id, std::string_view payload) {
    const auto seed =
        std::uint64_t{static_cast<std::uint8_t>(table)} << 56 | static_cast<std::uint64_t>(id);
    return XXH3_64bits_withSeed(payload.data(), payload.size(), seed);
}

std::string sealed(Table table, std::int64_t id, std::string_view payload) {
    std::string blob;
    blob.reserve(kChecksumBytes + payload.size());
    const std::uint64_t sum = checksum(table, id, payload);
    putFixed32(blob, static_cast<std::uint32_t>(sum));
    putFixed32(blob, static_cast<std::uint32_t>(sum >> 32));
    blob += payload;
    return blob;
}

std::uint64_t textHash(std::string_view text) {
    return XXH3_64bits(text.data(), text.size());
}

void MetaChecksum::add(std::string_view name, std::string_view value) {
    for (const std::string_view part : {name, value}) {
        putFixed32(m_bytes, static_cast<std::uint32_t>(part.size()));
        m_bytes += part;
    }
}

std::string MetaChecksum::hex() const {
    return fmt::format("{:016x}", XXH3_64bits(m_bytes.data(), m_bytes.size()));
}

void putVarint(std::string& bytes, std::uint64_t value) {
    while (value >= 0x80) {
        bytes += static_cast<char>(static_cast<std::uint8_t>(value | 0x80));
        value >>= 7;
    }
    bytes += static_cast<char>(static_cast<std::uint8_t>(value));
}

void putSigned(std::string& bytes, std::int64_t value) {
    putVarint(bytes, static_cast<std::uint64_t>(value) << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

void putFixed32(std::string& bytes, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) {
        bytes += static_cast<char>(static_cast<std::uint8_t>(value >> 8 * i));
    }
}

std::uint32_t fixed32(const char* bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        value |= std::uint32_t{static_cast<std::uint8_t>(bytes[i])} << 8 * i;
    }
    return value;
}

std::uint64_t fixed64(const char* bytes) {
    return std::uint64_t{fixed32(bytes + 4)} << 32 | fixed32(bytes);
}

std::uint64_t Cursor::varint(std::uint64_t max) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < m_bytes.size() && i < 10; ++i) {
        const auto byte = static_cast<std::uint8_t>(m_bytes[i]);
        if (i == 9 && byte > 1) {
            break;
        }
        value |= std::uint64_t{byte & 0x7FU} << 7 * i;
        if (byte < 0x80) {
            if (value > max) {
                break;
            }
            m_bytes.remove_prefix(i + 1);
            return value;
        }
    }
    fault();
    return 0;
}

std::int64_t Cursor::signedVarint() {
    const std::uint64_t raw = varint();
    return static_cast<std::int64_t>(raw >> 1 ^ (raw & 1 ? UINT64_MAX : 0));
}

std::string_view Cursor::take(std::uint64_t length) {
    if (length > m_bytes.size()) {
        fault();
        return {};
    }
    const std::string_view taken = m_bytes.substr(0, length);
    m_bytes.remove_prefix(length);
    return taken;
}

PeriodBounds periodBounds(Kind kind) {
    if (kind == Kind::Unique) {
        return {0, 0};
    }
    constexpr Instant kFirst = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
    constexpr Instant kLast =
        std::chrono::sys_days(std::chrono::year(10000) / 1 / 1) - std::chrono::seconds(1);
    const Granularity granularity = granularityOf(kind);
    return {periodAt(granularity, kFirst).index, periodAt(granularity, kLast).index};
}

} // namespace cohortist::snapshot
