// SPDX-License-Identifier: GPL-3.0-or-later
// An open snapshot file: what was checked once (header, schema, meta table, catalogue), connections
// for whoever reads, and whether the file is still the one that was opened. Safe to use from
// several threads; a Lease is for one.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/calendar/period.h"
#include "core/sets/bitmap.h"
#include "core/store/snapshot/directory.h"
#include "core/store/snapshot/sqlite_file.h"

namespace cohortist::snapshot {

struct MetaTable {
    std::string origin;
    std::string prefix;
    std::string createdBy;
    Instant asOf{};
    std::uint64_t events = 0;
    std::uint64_t keys = 0;
    std::uint64_t catalogBytes = 0;
    std::uint64_t texts = 0;
    std::uint32_t textIndexBits = 0;
    std::uint32_t pieceChunks = 0;
};

class SnapshotFile {
public:
    [[nodiscard]] static Result<std::unique_ptr<SnapshotFile>> open(const std::string& path,
                                                                    const JobContext& job);

    [[nodiscard]] const std::string& path() const { return m_path; } // absolute
    [[nodiscard]] const MetaTable& meta() const { return m_meta; }
    [[nodiscard]] const Directory& directory() const { return m_directory; }

    // Error code Changed when the file at the path is not the one that was opened.
    [[nodiscard]] Result<void> checkUnchanged() const;

    // A connection for the time being.
    class Lease {
    public:
        Lease(SnapshotFile& file, std::unique_ptr<ReadConnection> connection)
            : m_file(&file)
            , m_connection(std::move(connection)) {}
        ~Lease();
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        [[nodiscard]] ReadConnection& operator*() const { return *m_connection; }
        [[nodiscard]] ReadConnection* operator->() const { return m_connection.get(); }

    private:
        SnapshotFile* m_file;
        std::unique_ptr<ReadConnection> m_connection;
    };
    [[nodiscard]] Result<Lease> lease();

    // The rows that hold the set's chunks of the range.
    struct Part {
        std::int64_t id = 0;
        ChunkRange chunks; // that the part may hold
    };
    void appendParts(std::uint32_t number, ChunkRange range, std::vector<Part>& parts) const;

private:
    SnapshotFile() = default;

    std::string m_path;
    FileIdentity m_identity;
    MetaTable m_meta;
    Directory m_directory;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<ReadConnection>> m_idle;
};

// Error code Damaged (why says what is wrong with the part), or another one when nothing can be
// read from the file at all.
[[nodiscard]] Result<Bitmap> readPart(ReadConnection& connection, const std::string& path,
                                      const SnapshotFile::Part& part);
// The payload of a row, checked against its sum; the errors are readPart's.
[[nodiscard]] Result<std::string> readPayload(ReadConnection& connection, const std::string& path,
                                              Table table, std::int64_t id);

} // namespace cohortist::snapshot
