// SPDX-License-Identifier: GPL-3.0-or-later
// A new snapshot's file as SQLite writes it: its tables in one transaction that ends with commit().
// Nobody else sees the file before it is complete, so it has no journal and no locks. One thread at
// a time. Errors are about the name that the user gave; error code CannotWrite.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/store/snapshot/sqlite_file.h"

namespace cohortist::snapshot {

class WriteConnection {
public:
    // file: an empty one. name: as messages have it.
    [[nodiscard]] static Result<WriteConnection> begin(const std::string& file,
                                                       const std::string& name);

    // The payload is sealed with its checksum.
    [[nodiscard]] Result<void> insert(Table table, std::int64_t id, std::string_view payload);
    [[nodiscard]] Result<void> insertMeta(const std::map<std::string, std::string>& rows);
    [[nodiscard]] Result<void> commit(); // and closes the file

private:
    explicit WriteConnection(std::string name)
        : m_name(std::move(name)) {}
    [[nodiscard]] tl::unexpected<Error> sqliteError() const;
    [[nodiscard]] Result<void> execute(const char* sql);

    std::string m_name;
    DatabaseHandle m_database;
    std::map<Table, StatementHandle> m_inserts; // these go before the database
};

} // namespace cohortist::snapshot
