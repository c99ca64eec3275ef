// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/snapshot_writer.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>
#include <vector>

#include "core/store/snapshot/directory.h"
#include "core/store/snapshot/snapshot_check.h"
#include "core/store/snapshot/sqlite_file.h"
#include "core/store/snapshot/temporary_file.h"
#include "core/store/snapshot/text_ids.h"
#include "core/store/snapshot/write_connection.h"

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
         TemporaryFile file, TemporaryFile spool, WriteConnection database)
        : m_path(std::move(path))
        , m_meta(std::move(meta))
        , m_job(std::move(job))
        , m_layout(layout)
        , m_file(std::move(file))
        , m_spool(std::move(spool))
        , m_database(std::move(database)) {}

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
    WriteConnection m_database;
    DirectoryEncoder m_directory;
    TextEncoder m_texts;
    std::vector<Waiting> m_waiting;
    std::uint64_t m_spooled = 0;
};

Result<void> SnapshotWriter::Impl::insert(Table table, std::int64_t id, std::string_view payload) {
    return m_job.isCancelled() ? Result<void>(failCancelled())
                               : m_database.insert(table, id, payload);
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
    return m_database.insertMeta(rows);
}

Result<void> SnapshotWriter::Impl::close() {
    if (Result<void> done = m_database.commit(); !done) {
        return done;
    }
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
    Result<WriteConnection> database = WriteConnection::begin(file->path(), path);
    if (!database) {
        return fail(std::move(database).error());
    }
    return SnapshotWriter(std::make_unique<Impl>(path, std::move(meta), std::move(job), layout,
                                                 *std::move(file), *std::move(spool),
                                                 *std::move(database)));
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
