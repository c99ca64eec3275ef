// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/snapshot_copy.h"

#include <algorithm>

#include <fnmatch.h>

#include "core/query/expr.h"
#include "core/store/snapshot/snapshot_writer.h"

namespace cohortist {

namespace {

constexpr std::size_t kBatchKeys = 256;
constexpr std::uint64_t kBatchIds = 65536;

bool isSelected(const CopySelection& selection, const std::string& name) {
    return selection.events.empty() ||
           std::any_of(selection.events.begin(), selection.events.end(),
                       [&](const std::string& glob) {
                           return fnmatch(glob.c_str(), name.c_str(), 0) == 0;
                       });
}

bool overlaps(const CopySelection& selection, Kind kind, std::int32_t index) {
    if (kind == Kind::Unique) {
        return true;
    }
    const Period period{granularityOf(kind), index};
    return (!selection.from || endOf(period) > startOf(*selection.from)) &&
           (!selection.to || startOf(period) < endOf(*selection.to));
}

class Copy {
public:
    Copy(BitmapStore& source, SnapshotWriter& writer, const JobContext& job)
        : m_source(source)
        , m_catalog(source.catalog())
        , m_writer(writer)
        , m_job(job) {}

    Result<CopySummary> run(const CopySelection& selection) {
        const std::vector<BitmapKey> keys = selectKeys(selection);
        if (!selection.events.empty() && m_summary.events == 0) {
            return fail(Error{ErrorCode::NotFound,
                              message("core", "cannot copy from %1", m_source.info().name),
                              message("core", "no event's name matches"),
                              message("core", "List the names with: cohortist-cli events"),
                              {},
                              {}});
        }
        for (std::size_t begin = 0; begin < keys.size(); begin += kBatchKeys) {
            const std::size_t size = std::min(kBatchKeys, keys.size() - begin);
            if (auto copied = copyBatch({keys.data() + begin, size}); !copied) {
                return fail(std::move(copied.error()));
            }
            m_job.report({begin + size, keys.size(), Progress::Unit::Keys});
        }
        if (keys.size() == m_catalog->keyCount()) {
            if (auto all = readEveryone(); !all) {
                return fail(std::move(all.error()));
            }
        }
        if (auto texts = copyTexts(); !texts) {
            return fail(std::move(texts.error()));
        }
        if (auto finished = m_writer.finish(m_everyone); !finished) {
            return fail(std::move(finished.error()));
        }
        return m_summary;
    }

private:
    std::vector<BitmapKey> selectKeys(const CopySelection& selection) {
        std::vector<BitmapKey> keys;
        for (EventId event = 0; event < m_catalog->size(); ++event) {
            const EventEntry& entry = m_catalog->entry(event);
            if (!isSelected(selection, entry.name)) {
                continue;
            }
            const std::size_t before = keys.size();
            for (std::size_t k = 0; k < kKindCount; ++k) {
                const Kind kind = static_cast<Kind>(k);
                for (const std::int32_t period : entry.of(kind).indices()) {
                    if (overlaps(selection, kind, period)) {
                        keys.push_back({event, kind, period});
                    }
                }
            }
            m_summary.events += keys.size() > before ? 1U : 0U;
        }
        return keys;
    }

    Result<void> copyBatch(std::span<const BitmapKey> keys) {
        std::vector<KeyRead> reads(keys.size());
        auto read = m_source.read(
            keys, {}, [&](std::size_t index, KeyRead r) { reads[index] = std::move(r); }, m_job);
        if (!read) {
            return read;
        }
        std::vector<Bitmap> users = {m_everyone};
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const EventEntry& entry = m_catalog->entry(keys[i].event);
            if (reads[i].state != KeyState::Read) {
                return fail(unreadable(entry.name, keys[i], reads[i]));
            }
            auto added = m_writer.add(entry.name, keys[i].kind, keys[i].period, reads[i].bitmap);
            if (!added) {
                return added;
            }
            if (keys[i].kind == Kind::Unique) {
                m_writer.setUniqueForm(entry.uniqueIsOlderForm, entry.hasBothUniqueForms);
            }
            ++m_summary.keys;
            if (keys[i].kind == Kind::Unique || keys[i].kind == entry.coarsestKind()) {
                users.push_back(reads[i].bitmap);
            }
        }
        m_everyone = Bitmap::unite(users);
        return {};
    }

    Error unreadable(const std::string& event, const BitmapKey& key, const KeyRead& read) const {
        const std::string period =
            key.kind == Kind::Unique ? "unique" : toText({granularityOf(key.kind), key.period});
        return Error{ErrorCode::Unreadable,
                     message("core", "cannot copy %1@%2 from %3", printName(event), period,
                             m_source.info().name),
                     message("core", "%1 (%2)", std::string(nameOf(read.state)), read.why),
                     message("core", "Leave the event out with --events, or its days with --from "
                                     "and --to."),
                     {},
                     {}};
    }

    // A whole copy keeps the source's own set: users may be known who did nothing.
    Result<void> readEveryone() {
        const BitmapKey key = BitmapKey::everyone();
        KeyRead everyone;
        auto read = m_source.read(
            {&key, 1}, {}, [&](std::size_t, KeyRead r) { everyone = std::move(r); }, m_job);
        if (read && everyone.state == KeyState::Read) {
            m_everyone = everyone.bitmap;
        } else if (read && isUnreadable(everyone.state)) {
            return fail(Error{ErrorCode::Unreadable,
                              message("core", "cannot copy everyone from %1", m_source.info().name),
                              message("core", "%1", everyone.why),
                              {},
                              {},
                              {}});
        }
        return read;
    }

    Result<void> copyTexts() {
        if (!m_source.info().hasTextIds) {
            return {};
        }
        for (std::uint64_t begin = 0; begin < m_everyone.count(); begin += kBatchIds) {
            const auto ids = m_everyone.ids(begin, kBatchIds);
            const auto texts = m_source.textsOf(ids);
            if (!texts) {
                return fail(texts.error());
            }
            std::vector<TextId> batch;
            for (std::size_t i = 0; i < ids.size(); ++i) {
                if (!(*texts)[i].empty()) {
                    batch.push_back({ids[i], (*texts)[i]});
                }
            }
            if (auto added = m_writer.addTextIds(batch); !added) {
                return added;
            }
        }
        return {};
    }

    BitmapStore& m_source;
    std::shared_ptr<const EventCatalog> m_catalog;
    SnapshotWriter& m_writer;
    const JobContext& m_job;
    CopySummary m_summary;
    Bitmap m_everyone;
};

} // namespace

Result<CopySummary> copyToSnapshot(BitmapStore& source, const CopySelection& selection,
                                   const std::string& path, const JobContext& job) {
    const StoreInfo& info = source.info();
    auto writer = SnapshotWriter::create(path, {info.origin, info.prefix, info.asOf}, job);
    if (!writer) {
        return fail(std::move(writer.error()));
    }
    return Copy(source, *writer, job).run(selection);
}

} // namespace cohortist
