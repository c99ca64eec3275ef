// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers and small encodings of the snapshot format, shared by its writer and its readers;
// README.md in this folder explains them. Pure functions over bytes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/catalog/event_catalog.h"

namespace cohortist::snapshot {

inline constexpr std::uint32_t kApplicationId = 0x434F4854; // "COHT"
inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::uint32_t kPageSize = 16384;
inline constexpr std::size_t kHeaderBytes = 100;
inline constexpr std::size_t kChecksumBytes = 8;

inline constexpr std::uint32_t kPieceChunks = 16;     // what the writer uses
inline constexpr std::uint32_t kMaxPieceChunks = 256; // what a reader accepts
inline constexpr std::uint64_t kWholeBytes = 1024;    // sets up to this size lie whole
inline constexpr std::uint64_t kMaxWholeBytes = 65536;
inline constexpr std::size_t kMaxBlobBytes = 4U << 20; // no blob is larger
inline constexpr std::size_t kCatalogBlockBytes = 256U << 10;
inline constexpr std::size_t kTextBlockBytes = 16000;
inline constexpr std::size_t kMaxTextBytes = 65536;
inline constexpr std::size_t kMaxNameBytes = 1U << 20;
inline constexpr std::uint64_t kTextIndexFill = 1024; // most entries a bucket has on average
inline constexpr std::uint32_t kMaxTextIndexBits = 24;

// Its value is a part of each blob's checksum.
enum class Table : std::uint8_t { Catalog = 1, Sets = 2, Texts = 3, TextIndex = 4 };

inline constexpr std::array<const char*, 5> kSchema = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE catalog(id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE sets(id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE texts(id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE text_index(id INTEGER PRIMARY KEY, data BLOB NOT NULL)"};
inline constexpr std::array<const char*, 5> kTableNames = {"meta", "catalog", "sets", "texts",
                                                           "text_index"};
[[nodiscard]] constexpr const char* nameOf(Table table) {
    return kTableNames[static_cast<std::size_t>(table)];
}

// The first 100 bytes of every snapshot of this version with so many pages.
[[nodiscard]] std::array<std::uint8_t, kHeaderBytes> canonicalHeader(std::uint32_t pages);
[[nodiscard]] std::uint32_t bigEndian32(const std::uint8_t* bytes);

// Row of a set's part: the whole set, or one of its pieces. Pieces of equal number lie together.
[[nodiscard]] constexpr std::int64_t wholeId(std::uint32_t key) {
    return key;
}
[[nodiscard]] constexpr std::int64_t pieceId(std::uint32_t key, std::uint32_t piece) {
    return ((std::int64_t{piece} + 1) << 32) | key;
}

[[nodiscard]] std::uint64_t checksum(Table table, std::int64_t id, std::string_view payload);
// The payload with its checksum in front: what lies in the row.
[[nodiscard]] std::string sealed(Table table, std::int64_t id, std::string_view payload);

[[nodiscard]] std::uint64_t textHash(std::string_view text);
// Over all rows of the meta table but "checksum", ascending by name.
class MetaChecksum {
public:
    void add(std::string_view name, std::string_view value);
    [[nodiscard]] std::string hex() const;

private:
    std::string m_bytes;
};

void putVarint(std::string& bytes, std::uint64_t value); // LEB128
void putSigned(std::string& bytes, std::int64_t value);  // zigzag, then LEB128
void putFixed32(std::string& bytes, std::uint32_t value);
[[nodiscard]] std::uint32_t fixed32(const char* bytes); // little-endian
[[nodiscard]] std::uint64_t fixed64(const char* bytes);

// Reads what put… wrote. After the first fault, isBad() stays true and zeros come.
class Cursor {
public:
    explicit Cursor(std::string_view bytes)
        : m_bytes(bytes) {}
    std::uint64_t varint(std::uint64_t max = UINT64_MAX); // a fault when greater
    std::int64_t signedVarint();
    std::string_view take(std::uint64_t length);
    [[nodiscard]] std::size_t left() const { return m_bytes.size(); }
    [[nodiscard]] bool isBad() const { return m_isBad; }
    bool fault() {
        m_isBad = true;
        m_bytes = {};
        return false;
    }

private:
    std::string_view m_bytes;
    bool m_isBad = false;
};

// Period indices that a key of the kind may have, both ends in it; 0 … 0 for Unique.
struct PeriodBounds {
    std::int32_t first = 0;
    std::int32_t last = 0;
};
[[nodiscard]] PeriodBounds periodBounds(Kind kind);

} // namespace cohortist::snapshot
