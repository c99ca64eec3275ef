// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/snapshot_writer.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>
#include <vector>

#include <fmt/core.h>
#include <sqlite3.h>

#include "core/store/snapshot/directory.h"
#include "core/store/snapshot/snapshot_check.h"
#include "core/store/snapshot/sqlite_file.h"
#include "core/store/snapshot/temporary_file.h"
#include "core/store/snapshot/text_ids.h"

namespace cohortist {

using namespace snapshot;

namespace {

constexpr std::size_t kHeaderChangeCounter = 24;
constexpr std::size_t kHeaderPages = 28;
constexpr std::size_t kHeaderValidFor = 92; // and the version of SQLite after it

Message outOfOrder(std::string_view event) {
    return message("core", "the keys of event %1 are out of order", std::string(event));
}

} // namespace

class SnapshotWriter::Impl {
public:
    Impl(std::string path, SnapshotMeta meta, JobContext job, SnapshotLayout layout,
         TemporaryFile file, TemporaryFile spool)
        : m_path(std::move(path))
        , m_meta(std::move(meta))
        , m_job(std::move(job))
        , m_layout(layout)
        , m_file(std::move(file))
        , m_spool(std::move(spool)) {}

    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<void> add(std::string_view event, Kind kind, std::int32_t period,
                                   const Bitmap& set);
    [[nodiscard]] Result<void> addTextIds(std::span<const TextId> texts);
    [[nodiscard]] Result<void> finish(const Bitmap& everyone);
    DirectoryEncoder& directory() { return m_directory; }

private:
    // A piece that waits in the spool until all keys are there: pieces of equal number lie together
    // in the file, and SQLite's rows are best written in their order.
    struct Waiting {
        std::int64_t id = 0;
        std::uint64_t offset = 0;
        std::size_t size = 0;
    };

    [[nodiscard]] tl::unexpected<Error> sqliteError() const;
    [[nodiscard]] Result<void> execute(const char* sql);
    [[nodiscard]] Result<void> insert(Table table, std::int64_t id, std::string_view payload);
    [[nodiscard]] Result<void> addSet(std::uint32_t number, const Bitmap& set);
    [[nodiscard]] Result<void> spool(std::int64_t id, std::string_view payload);
    [[nodiscard]] Result<void> insertSpooled();
    [[nodiscard]] Result<void> insertCatalog(const std::string& stream);
    [[nodiscard]] Result<void> insertMeta(std::uint64_t catalogBytes);
    [[nodiscard]] Result<void> close();
    [[nodiscard]] Result<void> verify();

    std::string m_path;
    SnapshotMeta m_meta;
    JobContext m_job;
    SnapshotLayout m_layout;
    TemporaryFile m_file;
    TemporaryFile m_spool;
    DatabaseHandle m_database;
    std::map<Table, StatementHandle> m_inserts; // these go before the database
    DirectoryEncoder m_directory;
    TextEncoder m_texts;
    std::vector<Waiting> m_waiting;
    std::uint64_t m_spooled = 0;
};

Result<void> SnapshotWriter::Impl::begin() {
    sqlite3* database = nullptr;
    const int code = sqlite3_open_v2(m_file.path().c_str(), &database,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    m_database.reset(database);
    if (code != SQLITE_OK) {
        return sqliteError();
    }
    // Nobody else sees the file before it is complete, so it needs no journal and no locks.
    const std::string pragmas = fmt::format(
        "PRAGMA page_size={}; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; "
        "PRAGMA secure_delete=ON; PRAGMA application_id={}; PRAGMA user_version={}; BEGIN",
        kPageSize, kApplicationId, kFormatVersion);
    Result<void> done = execute(pragmas.c_str());
    for (const char* table : kSchema) {
        if (done) {
            done = execute(table);
        }
    }
    return done;
}

tl::unexpected<Error> SnapshotWriter::Impl::sqliteError() const {
    const int code = sqlite3_errcode(m_database.get());
    const int system = sqlite3_system_errno(m_database.get());
    const bool isFull = (code & 0xFF) == SQLITE_FULL;
    std::string why = isFull        ? "the disk is full"
                      : system != 0 ? systemText(system)
                                    : std::string(sqlite3_errmsg(m_database.get()));
    return writeError(m_path, message("core", "%1", std::move(why)),
                      message("core", "Make room, or choose another place; an older file of that "
                                      "name is unchanged"));
}

Result<void> SnapshotWriter::Impl::execute(const char* sql) {
    if (sqlite3_exec(m_database.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return sqliteError();
    }
    return {};
}

Result<void> SnapshotWriter::Impl::insert(Table table, std::int64_t id, std::string_view payload) {
    if (m_job.isCancelled()) {
        return failCancelled();
    }
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

Result<void> SnapshotWriter::Impl::spool(std::int64_t id, std::string_view payload) {
    if (m_job.isCancelled()) {
        return failCancelled();
    }
    if (!m_spool.append(payload)) {
        return writeError(m_path, message("core", "%1", systemText(errno)),
                          message("core", "Make room, or choose another place; an older file of "
                                          "that name is unchanged"));
    }
    m_waiting.push_back({id, m_spooled, payload.size()});
    m_spooled += payload.size();
    return {};
}

Result<void> SnapshotWriter::Impl::addSet(std::uint32_t number, const Bitmap& set) {
    const auto chunks = set.chunks();
    const std::uint32_t size = m_layout.pieceChunks;
    const bool isInOnePiece =
        chunks.empty() || chunks.front().number / size == chunks.back().number / size;
    // The size as sorted arrays: unlike bytes(), it is the same for equal sets.
    if (isInOnePiece || set.count() * 2 + chunks.size() * 8 <= m_layout.wholeBytes) {
        const std::string bytes = set.toPortable();
        m_directory.addLayout(bytes.size(), {});
        return insert(Table::Sets, wholeId(number), bytes);
    }
    std::uint64_t bytes = 0;
    std::vector<PieceRun> runs;
    for (std::size_t i = 0; i < chunks.size();) {
        const std::uint32_t piece = chunks[i].number / size;
        const std::string payload = set.slice({piece * size, (piece + 1) * size}).toPortable();
        bytes += payload.size();
        if (Result<void> done = spool(pieceId(number, piece), payload); !done) {
            return done;
        }
        if (!runs.empty() && runs.back().last == piece) {
            ++runs.back().last;
        } else {
            runs.push_back({piece, piece + 1});
        }
        while (i < chunks.size() && chunks[i].number / size == piece) {
            ++i;
        }
    }
    m_directory.addLayout(bytes, runs);
    return {};
}

Result<void> SnapshotWriter::Impl::add(std::string_view event, Kind kind, std::int32_t period,
                                       const Bitmap& set) {
    const std::uint32_t number = m_directory.keyCount();
    if (!m_directory.addKey(event, kind, period)) {
        return fail(Error{ErrorCode::Internal,
                          message("core", "cannot write %1", m_path),
                          outOfOrder(event),
                          {},
                          {}});
    }
    return addSet(number, set);
}

Result<void> SnapshotWriter::Impl::addTextIds(std::span<const TextId> texts) {
    const auto sink = [this](Table table, std::int64_t id, std::string_view payload) {
        return insert(table, id, payload);
    };
    for (const TextId& text : texts) {
        if (!m_texts.isAcceptable(text.id, text.text)) {
            return fail(Error{ErrorCode::TooLarge,
                              message("core", "cannot write %1", m_path),
                              message("core",
                                      "the text of user id %1 is longer than %2 bytes, or "
                                      "comes out of order",
                                      std::to_string(text.id), std::to_string(kMaxTextBytes)),
                              {},
                              {}});
        }
        if (Result<void> done = m_texts.add(text.id, text.text, sink); !done) {
            return done;
        }
    }
    return {};
}

Result<void> SnapshotWriter::Impl::insertSpooled() {
    std::sort(m_waiting.begin(), m_waiting.end(),
              [](const Waiting& a, const Waiting& b) { return a.id < b.id; });
    std::string payload;
    for (const Waiting& piece : m_waiting) {
        payload.resize(piece.size);
        if (!m_spool.readAt(piece.offset, payload.data(), payload.size())) {
            return writeError(m_path, message("core", "a temporary file cannot be read back"), {});
        }
        if (Result<void> done = insert(Table::Sets, piece.id, payload); !done) {
            return done;
        }
    }
    return {};
}

Result<void> SnapshotWriter::Impl::insertCatalog(const std::string& stream) {
    std::int64_t id = 0;
    for (std::size_t at = 0; at < stream.size(); at += kCatalogBlockBytes) {
        const auto block = std::string_view(stream).substr(at, kCatalogBlockBytes);
        if (Result<void> done = insert(Table::Catalog, id++, block); !done) {
            return done;
        }
    }
    return {};
}

Result<void> SnapshotWriter::Impl::insertMeta(std::uint64_t catalogBytes) {
    std::map<std::string, std::string> rows = {
        {"as_of", toIso(m_meta.asOf)},
        {"catalog_bytes", std::to_string(catalogBytes)},
        {"created_by", "Cohortist " COHORTIST_VERSION},
        {"events", std::to_string(m_directory.eventCount())},
        {"keys", std::to_string(m_directory.keyCount())},
        {"origin", m_meta.origin},
        {"piece_chunks", std::to_string(m_layout.pieceChunks)},
        {"prefix", m_meta.prefix},
        {"text_index_bits", std::to_string(m_texts.indexBits())},
        {"texts", std::to_string(m_texts.count())}};
    MetaChecksum sum;
    for (const auto& [name, value] : rows) {
        sum.add(name, value);
    }
    rows["checksum"] = sum.hex();
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

Result<void> SnapshotWriter::Impl::close() {
    if (Result<void> done = execute("COMMIT"); !done) {
        return done;
    }
    m_inserts.clear();
    m_database.reset();
    // Counters and SQLite's version would tell how the file was made; they are to depend on its
    // content alone.
    std::array<char, 4> pages{};
    bool isDone = m_file.readAt(kHeaderPages, pages.data(), pages.size());
    const auto header =
        canonicalHeader(bigEndian32(reinterpret_cast<const std::uint8_t*>(pages.data())));
    const std::string_view bytes(reinterpret_cast<const char*>(header.data()), header.size());
    isDone = isDone &&
             m_file.writeAt(kHeaderChangeCounter, bytes.substr(kHeaderChangeCounter, 4)) &&
             m_file.writeAt(kHeaderValidFor, bytes.substr(kHeaderValidFor));
    if (!isDone) {
        return writeError(m_path, message("core", "%1", systemText(errno)), {});
    }
    return m_file.flush();
}

Result<void> SnapshotWriter::Impl::verify() {
    const Result<CheckReport> report = checkSnapshot(m_file.path(), JobContext(m_job.stopToken()));
    if (!report) {
        return report.error().code == ErrorCode::Cancelled
                   ? Result<void>(failCancelled())
                   : writeError(m_path,
                                message("core", "what was written does not read back: %1",
                                        report.error().why.english()),
                                {});
    }
    if (!report->isOk()) {
        return writeError(
            m_path,
            message("core", "what was written does not read back: %1", report->damaged.front().why),
            {});
    }
    return {};
}

Result<void> SnapshotWriter::Impl::finish(const Bitmap& everyone) {
    Result<void> done = addSet(m_directory.keyCount(), everyone);
    const auto then = [&](auto&& step) {
        if (done) {
            done = step();
        }
    };
    std::string stream;
    then([&] { return insertSpooled(); });
    then([&] {
        return m_texts.finish([this](Table table, std::int64_t id, std::string_view payload) {
            return insert(table, id, payload);
        });
    });
    then([&] {
        stream = m_directory.finish();
        return insertCatalog(stream);
    });
    then([&] { return insertMeta(stream.size()); });
    then([&] { return close(); });
    then([&] { return verify(); });
    then([&] { return m_file.moveIntoPlace(); });
    return done;
}

Result<SnapshotWriter> SnapshotWriter::create(const std::string& path, SnapshotMeta meta,
                                              JobContext job, SnapshotLayout layout) {
    assert(layout.pieceChunks >= 1 && layout.pieceChunks <= kMaxPieceChunks);
    assert(layout.wholeBytes <= kMaxWholeBytes);
    Result<TemporaryFile> file = TemporaryFile::createFor(path);
    if (!file) {
        return fail(std::move(file).error());
    }
    Result<TemporaryFile> spool = TemporaryFile::createFor(path);
    if (!spool) {
        return fail(std::move(spool).error());
    }
    spool->hide();
    auto impl = std::make_unique<Impl>(path, std::move(meta), std::move(job), layout,
                                       *std::move(file), *std::move(spool));
    if (Result<void> begun = impl->begin(); !begun) {
        return fail(std::move(begun).error());
    }
    return SnapshotWriter(std::move(impl));
}

SnapshotWriter::SnapshotWriter(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}
SnapshotWriter::~SnapshotWriter() = default;
SnapshotWriter::SnapshotWriter(SnapshotWriter&& other) noexcept = default;
SnapshotWriter& SnapshotWriter::operator=(SnapshotWriter&& other) noexcept = default;

namespace {

tl::unexpected<Error> writerIsGone() {
    return fail(Error{ErrorCode::Internal,
                      message("core", "cannot write the snapshot"),
                      message("core", "writing it failed before"),
                      {},
                      {}});
}

} // namespace

Result<void> SnapshotWriter::add(std::string_view event, Kind kind, std::int32_t period,
                                 const Bitmap& set) {
    if (!m_impl) {
        return writerIsGone();
    }
    Result<void> done = m_impl->add(event, kind, period, set);
    if (!done) {
        m_impl.reset(); // what is temporary goes at once
    }
    return done;
}

void SnapshotWriter::setUniqueForm(bool isOlderForm, bool hasBothForms) {
    if (m_impl) {
        m_impl->directory().setUniqueForm(isOlderForm, hasBothForms);
    }
}

Result<void> SnapshotWriter::addTextIds(std::span<const TextId> texts) {
    if (!m_impl) {
        return writerIsGone();
    }
    Result<void> done = m_impl->addTextIds(texts);
    if (!done) {
        m_impl.reset();
    }
    return done;
}

Result<void> SnapshotWriter::finish(const Bitmap& everyone) {
    if (!m_impl) {
        return writerIsGone();
    }
    Result<void> done = m_impl->finish(everyone);
    m_impl.reset();
    return done;
}

} // namespace cohortist
