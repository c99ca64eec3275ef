// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/snapshot_copy.h"

#include <algorithm>

#include <fnmatch.h>

#include "core/query/expr.h"
#include "core/store/counted_store.h"
#include "core/store/snapshot/snapshot_writer.h"

namespace cohortist {

namespace {

constexpr std::size_t kBatchKeys = 256;
// What is read at once, where the source tells how much that is.
constexpr std::uint64_t kBatchBytes = std::uint64_t{256} << 20U;
constexpr std::size_t kSampledKeys = 64;
constexpr std::uint64_t kBatchIds = 65536;
// Of a set in the file: at most two bytes an id, at most 8 KiB a chunk, and its row.
constexpr std::uint64_t kBytesAnId = 2;
constexpr std::uint64_t kBytesAKey = 64;
constexpr std::uint64_t kFullBytes = std::uint64_t{512} << 20U;

bool isSelected(const CopySelection& selection, const std::string& name) {
    return (selection.events.empty() && selection.names.empty()) ||
           selection.names.contains(name) ||
           std::any_of(selection.events.begin(), selection.events.end(),
                       [&](const std::string& glob) {
                           return fnmatch(glob.c_str(), name.c_str(), 0) == 0;
                       });
}

bool isSelected(const CopySelection& selection, Kind kind) {
    return selection.kinds.empty() || selection.kinds.contains(kind);
}

// Users of an event are those of its flag and of the coarsest kind that is copied.
bool hasUsers(const CopySelection& selection, const EventEntry& entry, Kind kind) {
    for (const Kind coarse : {Kind::Month, Kind::Week, Kind::Day, Kind::Hour}) {
        if (isSelected(selection, coarse) && entry.hasKind(coarse)) {
            return kind == coarse || kind == Kind::Unique;
        }
    }
    return true;
}

bool overlaps(const CopySelection& selection, Kind kind, std::int32_t index) {
    if (kind == Kind::Unique) {
        return true;
    }
    const Period period{granularityOf(kind), index};
    return (!selection.from || endOf(period) > startOf(*selection.from)) &&
           (!selection.to || startOf(period) < endOf(*selection.to));
}

struct Selected {
    std::vector<BitmapKey> keys; // in the catalogue's order
    std::uint64_t events = 0;
};

Selected selectKeys(const EventCatalog& catalog, const CopySelection& selection) {
    Selected selected;
    for (EventId event = 0; event < catalog.size(); ++event) {
        const EventEntry& entry = catalog.entry(event);
        if (!isSelected(selection, entry.name)) {
            continue;
        }
        const std::size_t before = selected.keys.size();
        for (std::size_t k = 0; k < kKindCount; ++k) {
            const Kind kind = static_cast<Kind>(k);
            if (!isSelected(selection, kind)) {
                continue;
            }
            for (const std::int32_t period : entry.of(kind).indices()) {
                if (overlaps(selection, kind, period)) {
                    selected.keys.push_back({event, kind, period});
                }
            }
        }
        selected.events += selected.keys.size() > before ? 1U : 0U;
    }
    return selected;
}

class Copy {
public:
    Copy(BitmapStore& source, SnapshotWriter& writer, const JobContext& job,
         const std::function<void()>& afterBatch)
        : m_source(source)
        , m_catalog(source.catalog())
        , m_writer(writer)
        , m_job(job)
        , m_afterBatch(afterBatch) {}

    Result<CopySummary> run(const CopySelection& selection) {
        const auto [keys, events] = selectKeys(*m_catalog, selection);
        m_summary.events = events;
        if (!(selection.events.empty() && selection.names.empty()) && m_summary.events == 0) {
            return fail(Error{ErrorCode::NotFound,
                              message("core", "cannot copy from %1", m_source.info().name),
                              message("core", "no event's name matches"),
                              message("core", "List the names with: cohortist-cli events"),
                              {},
                              {}});
        }
        m_total = keys.size();
        report(); // none; until now it was told of listing
        for (std::span<const BitmapKey> left = keys; !left.empty();) {
            const auto batch = left.first(batchOf(left));
            if (auto copied = copyBatch(batch, selection); !copied) {
                return fail(std::move(copied.error()));
            }
            left = left.subspan(batch.size());
            if (m_afterBatch) {
                m_afterBatch();
            }
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
    [[nodiscard]] std::size_t batchOf(std::span<const BitmapKey> left) const {
        std::size_t size = std::min(kBatchKeys, left.size());
        while (size > 1 && m_source.estimatedBytes(left.first(size)) > kBatchBytes) {
            size /= 2;
        }
        return size;
    }

    Result<void> copyBatch(std::span<const BitmapKey> keys, const CopySelection& selection) {
        std::vector<KeyRead> reads(keys.size());
        auto read = m_source.read(
            keys, {},
            [&](std::size_t index, KeyRead r) {
                reads[index] = std::move(r);
                ++m_read;
                report();
            },
            JobContext(m_job.stopToken()));
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
            report();
            if (hasUsers(selection, entry, keys[i].kind)) {
                users.push_back(reads[i].bitmap);
            }
        }
        m_everyone = Bitmap::unite(users);
        return {};
    }

    // A key is half done when it is read.
    void report() const {
        m_job.report({(m_read + m_summary.keys) / 2, m_total, Progress::Unit::Keys});
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
    const std::function<void()>& m_afterBatch;
    std::uint64_t m_total = 0; // keys
    std::uint64_t m_read = 0;
    CopySummary m_summary;
    Bitmap m_everyone;
};

} // namespace

Result<CopySummary> copyToSnapshot(BitmapStore& source, const CopySelection& selection,
                                   const std::string& path, const JobContext& job,
                                   const std::function<void()>& afterBatch) {
    const StoreInfo& info = source.info();
    auto writer = SnapshotWriter::create(path, {info.origin, info.prefix, info.asOf}, job);
    if (!writer) {
        return fail(std::move(writer.error()));
    }
    return Copy(source, *writer, job, afterBatch).run(selection);
}

Result<CopyEstimate> estimateCopy(BitmapStore& source, const CopySelection& selection,
                                  const JobContext& job) {
    const Selected selected = selectKeys(*source.catalog(), selection);
    const auto& keys = selected.keys;
    CopyEstimate estimate{selected.events, keys.size(), 0};
    auto* const counted = dynamic_cast<CountedStore*>(&source);
    if (counted == nullptr || keys.empty()) {
        estimate.bytes = source.estimatedBytes(keys);
        return estimate;
    }
    std::vector<BitmapKey> sample;
    const std::size_t step = std::max<std::size_t>(1, keys.size() / kSampledKeys);
    sample.reserve(keys.size() / step + 1);
    for (std::size_t i = 0; i < keys.size(); i += step) {
        sample.push_back(keys[i]);
    }
    // Many users of a short string are a bitset no longer than it. 0: not known.
    const std::uint64_t longest = source.estimatedBytes({keys.data(), 1});
    const std::uint64_t most = longest > 0 ? std::min(longest, kFullBytes) : kFullBytes;
    std::uint64_t bytes = 0;
    std::uint64_t known = 0;
    auto done = counted->count(
        sample,
        [&](std::size_t, std::optional<std::uint64_t> count) {
            bytes += std::min(count.value_or(0) * kBytesAnId, most) + kBytesAKey;
            known += count ? 1U : 0U;
        },
        job);
    if (!done) {
        return fail(std::move(done.error()));
    }
    estimate.bytes = known > 0 ? bytes * keys.size() / sample.size() : 0;
    return estimate;
}

} // namespace cohortist
