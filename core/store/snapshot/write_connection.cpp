// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/write_connection.h"

#include <fmt/core.h>
#include <sqlite3.h>

namespace cohortist::snapshot {

Result<WriteConnection> WriteConnection::begin(const std::string& file, const std::string& name) {
    WriteConnection connection(name);
    sqlite3* database = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &database,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    connection.m_database.reset(database);
    if (code != SQLITE_OK) {
        return connection.sqliteError();
    }
    // Nobody else sees the file before it is complete, so it needs no journal and no locks.
    const std::string pragmas = fmt::format(
        "PRAGMA page_size={}; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; "
        "PRAGMA secure_delete=ON; PRAGMA application_id={}; PRAGMA user_version={}; BEGIN",
        kPageSize, kApplicationId, kFormatVersion);
    Result<void> done = connection.execute(pragmas.c_str());
    for (const char* table : kSchema) {
        if (done) {
            done = connection.execute(table);
        }
    }
    if (!done) {
        return fail(std::move(done).error());
    }
    return connection;
}

tl::unexpected<Error> WriteConnection::sqliteError() const {
    const int code = sqlite3_errcode(m_database.get());
    const int system = sqlite3_system_errno(m_database.get());
    const bool isFull = (code & 0xFF) == SQLITE_FULL;
    std::string why = isFull        ? "the disk is full"
                      : system != 0 ? systemText(system)
                                    : std::string(sqlite3_errmsg(m_database.get()));
    return writeError(m_name, message("core", "%1", std::move(why)),
                      message("core", "Make room, or choose another place; an older file of that "
                                      "name is unchanged"));
}

Result<void> WriteConnection::execute(const char* sql) {
    if (sqlite3_exec(m_database.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return sqliteError();
    }
    return {};
}

Result<void> WriteConnection::insert(Table table, std::int64_t id, std::string_view payload) {
    StatementHandle& statement = m_inserts[table];
    if (!statement) {
        const std::string sql = fmt::format("INSERT INTO {} VALUES(?1, ?2)", nameOf(table));
        statement = prepare(m_database.get(), sql.c_str());
        if (!statement) {
            return sqliteError();
        }
    }
    const std::string blob = sealed(table, id, payload);
    sqlite3_bind_int64(statement.get(), 1, id);
    sqlite3_bind_blob64(statement.get(), 2, blob.data(), blob.size(), SQLITE_STATIC);
    const int code = sqlite3_step(statement.get());
    sqlite3_reset(statement.get());
    if (code != SQLITE_DONE) {
        return sqliteError();
    }
    return {};
}

Result<void> WriteConnection::insertMeta(const std::map<std::string, std::string>& rows) {
    const StatementHandle statement = prepare(m_database.get(), "INSERT INTO meta VALUES(?1, ?2)");
    for (const auto& [name, value] : rows) {
        if (!statement) {
            return sqliteError();
        }
        sqlite3_bind_text64(statement.get(), 1, name.data(), name.size(), SQLITE_STATIC,
                            SQLITE_UTF8);
        sqlite3_bind_text64(statement.get(), 2, value.data(), value.size(), SQLITE_STATIC,
                            SQLITE_UTF8);
        if (sqlite3_step(statement.get()) != SQLITE_DONE) {
            return sqliteError();
        }
        sqlite3_reset(statement.get());
    }
    return {};
}

Result<void> WriteConnection::commit() {
    auto done = execute("COMMIT");
    if (done) {
        m_inserts.clear();
        m_database.reset();
    }
    return done;
}

} // namespace cohortist::snapshot
