// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/snapshot_file.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>

#include <fmt/core.h>
#include <sqlite3.h>

namespace cohortist::snapshot {

namespace {

constexpr std::uint64_t kMaxCatalogBytes = 512U << 20;
constexpr std::uint64_t kMaxMetaRows = 64;

Message wholeFileAdvice() {
    return message("core", "Choose a snapshot (.cohorts) or a database file of bitmapist-server "
                           "(bitmapist.db)");
}

Result<void> checkHeader(const std::string& path,
                         const std::array<std::uint8_t, kHeaderBytes>& bytes, std::int64_t size) {
    const auto expected = canonicalHeader(bigEndian32(&bytes[28]));
    const auto differs = [&](std::size_t from, std::size_t length) {
        return std::memcmp(&bytes[from], &expected[from], length) != 0;
    };
    if (differs(0, 16)) {
        return readError(ErrorCode::WrongFormat, path, message("core", "it is not a snapshot file"),
                         wholeFileAdvice());
    }
    if (differs(68, 4)) {
        return readError(ErrorCode::WrongFormat, path,
                         message("core", "it is an SQLite file, but not a snapshot of Cohortist's"),
                         wholeFileAdvice());
    }
    if (const std::uint32_t version = bigEndian32(&bytes[60]); version != kFormatVersion) {
        if (version > kFormatVersion) {
            return readError(ErrorCode::FutureVersion, path,
                             message("core", "its format is version %1, and this program knows %2",
                                     std::to_string(version), std::to_string(kFormatVersion)),
                             message("core", "Open it with a newer Cohortist"));
        }
        return damagedError(path, message("core", "its format version is %1, which never was",
                                          std::to_string(version)));
    }
    const std::int64_t stated = std::int64_t{bigEndian32(&bytes[28])} * kPageSize;
    if (size < stated) {
        return damagedError(path, message("core", "it is cut short: %1 of %2 bytes are there",
                                          std::to_string(size), std::to_string(stated)));
    }
    if (size > stated || differs(0, kHeaderBytes)) {
        return damagedError(path, message("core", "its header is damaged, or another program has "
                                                  "altered the file"));
    }
    return {};
}

Result<void> checkSchema(ReadConnection& connection, const std::string& path) {
    const StatementHandle statement = prepare(
        connection.handle(), "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid");
    std::size_t row = 0;
    bool isRight = static_cast<bool>(statement);
    int code = SQLITE_ERROR;
    while (isRight && (code = sqlite3_step(statement.get())) == SQLITE_ROW) {
        const auto holds = [&](int column, const char* text) {
            const auto* found =
                reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), column));
            return found != nullptr && std::strcmp(found, text) == 0;
        };
        isRight = row < kSchema.size() && holds(0, "table") && holds(1, kTableNames[row]) &&
                  holds(2, kTableNames[row]) && holds(3, kSchema[row]);
        ++row;
    }
    if (!isRight || code != SQLITE_DONE || row != kSchema.size()) {
        return damagedError(path, message("core", "its tables are not those of a snapshot"));
    }
    return {};
}

std::optional<std::uint64_t> number(const std::map<std::string, std::string>& rows,
                                    const char* name, std::uint64_t max) {
    const auto row = rows.find(name);
    std::uint64_t value = 0;
    if (row == rows.end()) {
        return std::nullopt;
    }
    const char* end = row->second.data() + row->second.size();
    const auto [stop, error] = std::from_chars(row->second.data(), end, value);
    if (error != std::errc() || stop != end || value > max) {
        return std::nullopt;
    }
    return value;
}

Result<MetaTable> readMeta(ReadConnection& connection, const std::string& path) {
    const auto damaged = damagedError(path, message("core", "its meta table is damaged"));
    const StatementHandle statement =
        prepare(connection.handle(), "SELECT name, value FROM meta ORDER BY name");
    if (!statement) {
        return damaged;
    }
    std::map<std::string, std::string> rows;
    std::string stated;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement.get())) == SQLITE_ROW && rows.size() < kMaxMetaRows) {
        const auto text = [&](int column) {
            const void* bytes = sqlite3_column_blob(statement.get(), column);
            const int size = sqlite3_column_bytes(statement.get(), column);
            return bytes == nullptr ? std::string()
                                    : std::string(static_cast<const char*>(bytes),
                                                  static_cast<std::size_t>(size));
        };
        if (text(0) == "checksum") {
            stated = text(1);
        } else {
            rows[text(0)] = text(1);
        }
    }
    MetaChecksum sum;
    for (const auto& [name, value] : rows) {
        sum.add(name, value);
    }
    if (code != SQLITE_DONE || stated != sum.hex()) {
        return damaged;
    }
    MetaTable meta;
    meta.origin = rows["origin"];
    meta.prefix = rows["prefix"];
    meta.createdBy = rows["created_by"];
    const std::optional<Instant> asOf = parseIso(rows["as_of"]);
    const auto events = number(rows, "events", UINT32_MAX);
    const auto keys = number(rows, "keys", UINT32_MAX);
    const auto catalogBytes = number(rows, "catalog_bytes", kMaxCatalogBytes);
    const auto texts = number(rows, "texts", std::uint64_t{1} << 32);
    const auto bits = number(rows, "text_index_bits", kMaxTextIndexBits);
    const auto chunks = number(rows, "piece_chunks", kMaxPieceChunks);
    if (!asOf || !events || !keys || !catalogBytes || !texts || !bits || !chunks || *chunks == 0) {
        return damaged;
    }
    meta.asOf = *asOf;
    meta.events = *events;
    meta.keys = *keys;
    meta.catalogBytes = *catalogBytes;
    meta.texts = *texts;
    meta.textIndexBits = static_cast<std::uint32_t>(*bits);
    meta.pieceChunks = static_cast<std::uint32_t>(*chunks);
    return meta;
}

Result<Directory> readDirectory(ReadConnection& connection, const std::string& path,
                                const MetaTable& meta, const JobContext& job) {
    std::string stream;
    for (std::int64_t id = 0; stream.size() < meta.catalogBytes; ++id) {
        if (job.isCancelled()) {
            return failCancelled();
        }
        Result<std::string> block = readPayload(connection, path, Table::Catalog, id);
        if (!block) {
            return fail(std::move(block).error());
        }
        if (block->empty()) {
            break;
        }
        stream += *block;
    }
    std::optional<Directory> directory;
    if (stream.size() == meta.catalogBytes) {
        directory = Directory::decode(stream);
    }
    if (!directory || directory->keyCount() != meta.keys ||
        directory->catalog()->size() != meta.events) {
        return damagedError(path, message("core", "its catalogue is damaged"));
    }
    return *std::move(directory);
}

} // namespace

Result<std::unique_ptr<SnapshotFile>> SnapshotFile::open(const std::string& path,
                                                         const JobContext& job) {
    std::unique_ptr<SnapshotFile> file(new SnapshotFile);
    {
        const Result<SourceFile> source = SourceFile::open(path, wholeFileAdvice());
        if (!source) {
            return fail(source.error());
        }
        file->m_path = source->path();
        file->m_identity = source->identity();
        std::array<std::uint8_t, kHeaderBytes> header{};
        const auto got = source->read(0, {reinterpret_cast<char*>(header.data()), header.size()});
        if (!got) {
            return fail(got.error());
        }
        if (Result<void> checked = checkHeader(path, header, file->m_identity.size); !checked) {
            return fail(std::move(checked).error());
        }
    }

    Result<Lease> connection = file->lease();
    if (!connection) {
        return fail(std::move(connection).error());
    }
    if (Result<void> checked = checkSchema(**connection, path); !checked) {
        return fail(std::move(checked).error());
    }
    Result<MetaTable> meta = readMeta(**connection, path);
    if (!meta) {
        return fail(std::move(meta).error());
    }
    file->m_meta = *std::move(meta);
    Result<Directory> directory = readDirectory(**connection, path, file->m_meta, job);
    if (!directory) {
        return fail(std::move(directory).error());
    }
    file->m_directory = *std::move(directory);
    if (Result<void> same = file->checkUnchanged(); !same) {
        return fail(std::move(same).error());
    }
    return file;
}

Result<void> SnapshotFile::checkUnchanged() const {
    if (!isAsItWas(m_path, m_identity)) {
        return changedError(m_path);
    }
    return {};
}

SnapshotFile::Lease::~Lease() {
    if (m_connection) {
        const std::lock_guard lock(m_file->m_mutex);
        m_file->m_idle.push_back(std::move(m_connection));
    }
}

Result<SnapshotFile::Lease> SnapshotFile::lease() {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_idle.empty()) {
            Lease lease(*this, std::move(m_idle.back()));
            m_idle.pop_back();
            return lease;
        }
    }
    Result<ReadConnection> connection = ReadConnection::open(m_path);
    if (!connection) {
        return fail(std::move(connection).error());
    }
    // The connection may have met another file than the one whose header was checked.
    if (Result<void> same = checkUnchanged(); !same) {
        return fail(std::move(same).error());
    }
    return Lease(*this, std::make_unique<ReadConnection>(*std::move(connection)));
}

void SnapshotFile::appendParts(std::uint32_t number, ChunkRange range,
                               std::vector<Part>& parts) const {
    const auto runs = m_directory.piecesOf(number);
    if (runs.empty()) {
        parts.push_back({wholeId(number), {}});
        return;
    }
    const std::uint32_t size = m_meta.pieceChunks;
    const std::uint32_t first = range.first / size;
    const std::uint32_t last = (range.last + size - 1) / size;
    for (const PieceRun& run : runs) {
        const std::uint32_t end = std::min(run.last, last);
        for (std::uint32_t piece = std::max(run.first, first); piece < end; ++piece) {
            parts.push_back(
                {pieceId(number, piece),
                 {std::min(piece * size, kChunkCount), std::min((piece + 1) * size, kChunkCount)}});
        }
    }
}

Result<std::string> readPayload(ReadConnection& connection, const std::string& path, Table table,
                                std::int64_t id) {
    std::string payload;
    const auto damaged = [&](Message why) {
        return fail(Error{ErrorCode::Damaged,
                          message("core", "cannot read row %1 of table %2 in %3",
                                  std::to_string(id), std::string(nameOf(table)), path),
                          std::move(why),
                          message("core", "Fetch the file again from where it came from, or make "
                                          "the snapshot anew"),
                          {}});
    };
    switch (connection.read(table, id, payload)) {
    case RowState::Found:
        return payload;
    case RowState::BadSum:
        return damaged(message("core", "its checksum is wrong"));
    case RowState::Missing:
        return damaged(message("core", "the row is missing"));
    case RowState::Broken:
        return damaged(message("core", "the pages around it are damaged"));
    case RowState::Failed:
        break;
    }
    return readError(ErrorCode::AccessDenied, path,
                     message("core", "SQLite says: %1", connection.lastMessage()),
                     message("core", "Check the disk, or copy the file to another one"));
}

Result<Bitmap> readPart(ReadConnection& connection, const std::string& path,
                        const SnapshotFile::Part& part) {
    Result<std::string> payload = readPayload(connection, path, Table::Sets, part.id);
    if (!payload) {
        return fail(std::move(payload).error());
    }
    Result<Bitmap> set =
        Bitmap::fromPortable(std::make_shared<const std::string>(*std::move(payload)));
    if (!set) {
        return set;
    }
    const auto chunks = set->chunks();
    if (!chunks.empty() &&
        (chunks.front().number < part.chunks.first || chunks.back().number >= part.chunks.last)) {
        return damagedError(path, message("core", "a piece holds chunks of another one"));
    }
    return set;
}

} // namespace cohortist::snapshot
