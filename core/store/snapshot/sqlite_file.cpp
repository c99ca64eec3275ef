// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/sqlite_file.h"

#include <array>

#include <fmt/core.h>
#include <sqlite3.h>

namespace cohortist::snapshot {

namespace {

constexpr int kCachePages = 64; // the tree above the blobs is small

// A snapshot is complete in its one file, written elsewhere and moved into place. So a stray
// journal beside it is none of its own: it is neither played back nor is anything made beside the
// file, which may lie in a folder that cannot be written to. (That the file was replaced is found
// out by FileIdentity, not by SQLite.)
std::string uriOf(const std::string& path) {
    std::string uri = "file:";
    for (const char c : path) {
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-' || c == '_';
        uri += isPlain
                   ? std::string(1, c)
                   : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return uri + "?immutable=1";
}

} // namespace

tl::unexpected<Error> damagedError(const std::string& path, Message why) {
    return readError(ErrorCode::Damaged, path, std::move(why),
                     message("core", "Fetch the file again from where it came from, or make the "
                                     "snapshot anew"));
}

tl::unexpected<Error> writeError(const std::string& path, Message why, Message advice) {
    return fail(Error{ErrorCode::CannotWrite,
                      message("core", "cannot write %1", path),
                      std::move(why),
                      std::move(advice),
                      {}});
}

void SqliteClose::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}
void SqliteClose::operator()(sqlite3_blob* blob) const {
    sqlite3_blob_close(blob);
}
void SqliteClose::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

StatementHandle prepare(sqlite3* database, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
    return StatementHandle(statement);
}

Result<ReadConnection> ReadConnection::open(const std::string& path) {
    ReadConnection connection;
    sqlite3* database = nullptr;
    const std::string uri = uriOf(path);
    const int code = sqlite3_open_v2(uri.c_str(), &database,
                                     SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
                                         SQLITE_OPEN_PRIVATECACHE,
                                     nullptr);
    connection.m_database.reset(database);
    if (code != SQLITE_OK) {
        return readError(ErrorCode::AccessDenied, path,
                         message("core", "SQLite says: %1", std::string(sqlite3_errstr(code))),
                         message("core", "Check the file's permissions"));
    }
    sqlite3_extended_result_codes(database, 1);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, static_cast<int>(kMaxBlobBytes + 65536));
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    const std::string pragmas =
        fmt::format("PRAGMA mmap_size=0; PRAGMA cache_size={}; PRAGMA cell_size_check=ON; "
                    "PRAGMA query_only=ON",
                    kCachePages);
    if (sqlite3_exec(database, pragmas.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return damagedError(path, message("core", "SQLite says: %1", connection.lastMessage()));
    }
    return connection;
}

std::string ReadConnection::lastMessage() const {
    return sqlite3_errmsg(m_database.get());
}

RowState ReadConnection::stateOf(int code) const {
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
        return RowState::Found;
    case SQLITE_ERROR: // what sqlite3_blob_open says of a row that is not there or holds no blob
    case SQLITE_DONE:
        return RowState::Missing;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_TOOBIG:
    case SQLITE_ABORT:
        return RowState::Broken;
    default:
        return RowState::Failed;
    }
}

RowState ReadConnection::read(Table table, std::int64_t id, std::string& payload) {
    int code = SQLITE_OK;
    if (m_blob && m_blobTable == table) {
        code = sqlite3_blob_reopen(m_blob.get(), id);
    } else {
        m_blob.reset();
        sqlite3_blob* blob = nullptr;
        code = sqlite3_blob_open(m_database.get(), "main", nameOf(table), "data", id, 0, &blob);
        m_blob.reset(blob);
        m_blobTable = table;
    }
    std::array<char, kChecksumBytes> sum{};
    if (code == SQLITE_OK) {
        const int size = sqlite3_blob_bytes(m_blob.get()) - static_cast<int>(kChecksumBytes);
        if (size < 0 || static_cast<std::size_t>(size) > kMaxBlobBytes) {
            return RowState::BadSum;
        }
        payload.resize(static_cast<std::size_t>(size));
        code = sqlite3_blob_read(m_blob.get(), sum.data(), static_cast<int>(sum.size()), 0);
        if (code == SQLITE_OK) {
            code = sqlite3_blob_read(m_blob.get(), payload.data(), size, kChecksumBytes);
        }
    }
    if (code != SQLITE_OK) {
        m_blob.reset(); // after a failure the handle is of no more use
        payload.clear();
        return stateOf(code);
    }
    return fixed64(sum.data()) == checksum(table, id, payload) ? RowState::Found : RowState::BadSum;
}

RowState ReadConnection::findTextBlock(std::int64_t& id) {
    if (!m_textBlock) {
        m_textBlock = prepare(m_database.get(),
                              "SELECT id FROM texts WHERE id <= ?1 ORDER BY id DESC LIMIT 1");
        if (!m_textBlock) {
            return RowState::Broken;
        }
    }
    sqlite3_bind_int64(m_textBlock.get(), 1, id);
    const int code = sqlite3_step(m_textBlock.get());
    if (code == SQLITE_ROW) {
        id = sqlite3_column_int64(m_textBlock.get(), 0);
    }
    sqlite3_reset(m_textBlock.get());
    return stateOf(code);
}

} // namespace cohortist::snapshot
