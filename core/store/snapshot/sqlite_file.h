// SPDX-License-Identifier: GPL-3.0-or-later
// The little of SQLite that snapshots need, with its handles owned and its errors turned into ours.
// One connection is for one thread at a time. A reading connection distrusts the file: no mapping
// into memory, no functions or triggers from its schema, no value larger than any blob we write.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/store/snapshot/format.h"
#include "core/store/source_file.h"

struct sqlite3;
struct sqlite3_blob;
struct sqlite3_stmt;

namespace cohortist::snapshot {

[[nodiscard]] tl::unexpected<Error> damagedError(const std::string& path, Message why);
[[nodiscard]] tl::unexpected<Error> writeError(const std::string& path, Message why,
                                               Message advice);

struct SqliteClose {
    void operator()(sqlite3* database) const;
    void operator()(sqlite3_blob* blob) const;
    void operator()(sqlite3_stmt* statement) const;
};
using DatabaseHandle = std::unique_ptr<sqlite3, SqliteClose>;
using BlobHandle = std::unique_ptr<sqlite3_blob, SqliteClose>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, SqliteClose>;

[[nodiscard]] StatementHandle prepare(sqlite3* database, const char* sql); // null: see the database

// What became of reading one row.
enum class RowState : std::uint8_t {
    Found,
    Missing, // no such row, or no bytes in it
    BadSum,  // its bytes are not those that were written there
    Broken,  // pages around it are damaged
    Failed   // the file could not be read at all
};

class ReadConnection {
public:
    // path: absolute. Error codes AccessDenied, Damaged.
    [[nodiscard]] static Result<ReadConnection> open(const std::string& path);

    // The row's payload, checked against its sum.
    [[nodiscard]] RowState read(Table table, std::int64_t id, std::string& payload);
    // Lowers id to that of the last row of the texts whose id is not greater.
    [[nodiscard]] RowState findTextBlock(std::int64_t& id);
    [[nodiscard]] sqlite3* handle() const { return m_database.get(); }
    [[nodiscard]] std::string lastMessage() const;

private:
    ReadConnection() = default;
    [[nodiscard]] RowState stateOf(int code) const;

    DatabaseHandle m_database;
    StatementHandle m_textBlock; // these go before the database
    BlobHandle m_blob;
    Table m_blobTable = Table::Sets;
};

} // namespace cohortist::snapshot
