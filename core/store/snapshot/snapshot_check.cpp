// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/snapshot_check.h"

#include <optional>

#include <sqlite3.h>

#include "core/catalog/key_scheme.h"
#include "core/query/expr.h"
#include "core/store/snapshot/snapshot_file.h"
#include "core/store/snapshot/text_ids.h"

namespace cohortist {

using namespace snapshot;

namespace {

class Checker {
public:
    Checker(SnapshotFile& file, ReadConnection& connection, const JobContext& job)
        : m_file(file)
        , m_connection(connection)
        , m_job(job) {}

    [[nodiscard]] Result<CheckReport> run() {
        const std::uint32_t keys = m_file.directory().keyCount();
        std::vector<SnapshotFile::Part> parts;
        for (std::uint32_t number = 0; number <= keys; ++number) {
            if (m_job.isCancelled()) {
                return failCancelled();
            }
            parts.clear();
            m_file.appendParts(number, {}, parts);
            if (Result<void> done = checkSet(number, parts); !done) {
                return fail(std::move(done).error());
            }
            m_setRows += parts.size();
            m_job.report({number, std::uint64_t{keys} + 1});
        }
        if (Result<void> done = checkTexts(); !done) {
            return fail(std::move(done).error());
        }
        if (m_report.isOk() && rowsOf(Table::Sets) != m_setRows) {
            damaged("sets", "there are rows that belong to no key");
        }
        if (Result<void> same = m_file.checkUnchanged(); !same) {
            return fail(std::move(same).error());
        }
        m_report.blobs +=
            (m_file.meta().catalogBytes + kCatalogBlockBytes - 1) / kCatalogBlockBytes;
        return std::move(m_report);
    }

private:
    void damaged(std::string key, std::string why) {
        m_report.damaged.push_back({std::move(key), std::move(why)});
    }

    [[nodiscard]] std::string nameOfKey(std::uint32_t number) const {
        const BitmapKey key = m_file.directory().keyOf(number);
        if (key.isEveryone()) {
            return "everyone";
        }
        return printName(formatKey(m_file.meta().prefix, *m_file.directory().catalog(), key));
    }

    Result<void> checkSet(std::uint32_t number, const std::vector<SnapshotFile::Part>& parts) {
        for (const SnapshotFile::Part& part : parts) {
            ++m_report.blobs;
            const Result<Bitmap> set = readPart(m_connection, m_file.path(), part);
            if (set) {
                continue;
            }
            if (set.error().code != ErrorCode::Damaged) {
                return fail(set.error());
            }
            damaged(nameOfKey(number), set.error().why.english());
            break;
        }
        return {};
    }

    Result<void> checkTexts() {
        if (m_file.meta().texts == 0) {
            return {};
        }
        std::uint64_t texts = 0;
        bool isWhole = true;
        TextBlockReader reader(m_connection, m_file.path());
        for (std::uint64_t id = 0; id < std::uint64_t{1} << 32;) {
            if (m_job.isCancelled()) {
                return failCancelled();
            }
            ++m_report.blobs;
            const Result<std::uint64_t> next = reader.load(static_cast<std::uint32_t>(id));
            if (next) {
                texts += reader.size();
                id = *next;
                continue;
            }
            if (next.error().code != ErrorCode::Damaged) {
                return fail(next.error());
            }
            isWhole = false;
            damaged("text ids from " + std::to_string(id) + " on", next.error().why.english());
            const std::optional<std::uint64_t> after = blockAfter(id);
            if (!after || *after <= id) { // in a damaged tree, rows need not be in order
                break;
            }
            id = *after;
        }
        if (isWhole && texts != m_file.meta().texts) {
            damaged("text ids", "some are missing");
        }
        return checkIndex();
    }

    // The id of the next row of the texts, so that one damaged block does not hide others.
    std::optional<std::uint64_t> blockAfter(std::uint64_t id) {
        const StatementHandle statement = prepare(
            m_connection.handle(), "SELECT id FROM texts WHERE id > ?1 ORDER BY id LIMIT 1");
        if (!statement) {
            return std::nullopt;
        }
        sqlite3_bind_int64(statement.get(), 1, static_cast<std::int64_t>(id));
        if (sqlite3_step(statement.get()) != SQLITE_ROW) {
            return std::nullopt;
        }
        return static_cast<std::uint64_t>(sqlite3_column_int64(statement.get(), 0));
    }

    Result<void> checkIndex() {
        const std::int64_t buckets = std::int64_t{1} << m_file.meta().textIndexBits;
        // Else a made-up number would send us through millions of buckets that are not there.
        if (rowsOf(Table::TextIndex) != static_cast<std::uint64_t>(buckets)) {
            damaged("index of text ids", "its parts are not as many as the file says");
            return {};
        }
        std::uint64_t entries = 0;
        bool isWhole = true;
        for (std::int64_t bucket = 0; bucket < buckets; ++bucket) {
            if (m_job.isCancelled()) {
                return failCancelled();
            }
            ++m_report.blobs;
            const Result<std::string> payload =
                readPayload(m_connection, m_file.path(), Table::TextIndex, bucket);
            if (!payload && payload.error().code != ErrorCode::Damaged) {
                return fail(payload.error());
            }
            if (!payload || !isBucket(*payload)) {
                isWhole = false;
                damaged("index of text ids, part " + std::to_string(bucket),
                        payload ? "its form is wrong" : payload.error().why.english());
                continue;
            }
            entries += payload->size() / 8;
        }
        if (isWhole && entries != m_file.meta().texts) {
            damaged("index of text ids", "some are missing");
        }
        return {};
    }

    // Nothing where the table's pages are damaged.
    std::optional<std::uint64_t> rowsOf(Table table) {
        const std::string sql = std::string("SELECT count(*) FROM ") + nameOf(table);
        const StatementHandle statement = prepare(m_connection.handle(), sql.c_str());
        if (!statement || sqlite3_step(statement.get()) != SQLITE_ROW) {
            return std::nullopt;
        }
        return static_cast<std::uint64_t>(sqlite3_column_int64(statement.get(), 0));
    }

    SnapshotFile& m_file;
    ReadConnection& m_connection;
    const JobContext& m_job;
    CheckReport m_report;
    std::uint64_t m_setRows = 0;
};

} // namespace

Result<CheckReport> checkSnapshot(const std::string& path, const JobContext& job) {
    const Result<std::unique_ptr<SnapshotFile>> file = SnapshotFile::open(path, job);
    if (!file) {
        return fail(file.error());
    }
    Result<SnapshotFile::Lease> connection = (*file)->lease();
    if (!connection) {
        return fail(std::move(connection).error());
    }
    return Checker(**file, **connection, job).run();
}

} // namespace cohortist
