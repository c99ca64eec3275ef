// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/log_snapshot.h"

#include <algorithm>
#include <array>
#include <map>
#include <new>

#include "core/store/snapshot/snapshot_writer.h"

namespace cohortist {

namespace {

using PeriodSet = LogSets::PeriodSet;

constexpr std::size_t kBatchKeys = 256;
constexpr std::uint32_t kBatchTexts = 65536;
constexpr std::size_t kMostOriginBytes = 200;

// The sets' unions by the larger period; `finer` is the sets' granularity.
std::vector<PeriodSet> unionsOf(const std::vector<PeriodSet>& sets, Granularity finer,
                                Granularity larger, WorkerPool& pool) {
    struct Group {
        std::int32_t period = 0;
        std::vector<Bitmap> parts;
    };
    std::vector<Group> groups;
    for (const PeriodSet& set : sets) {
        const std::int32_t period = periodAt(larger, startOf({finer, set.period})).index;
        if (groups.empty() || groups.back().period != period) {
            groups.push_back({period, {}});
        }
        groups.back().parts.push_back(set.set);
    }
    std::vector<PeriodSet> unions(groups.size());
    std::vector<char> isOutOfMemory(groups.size());
    pool.forEach(groups.size(), {}, [&](std::size_t i, unsigned /*worker*/) {
        try {
            unions[i] = {groups[i].period, groups[i].parts.size() == 1
                                               ? groups[i].parts.front()
                                               : Bitmap::unite(groups[i].parts)};
        } catch (const std::bad_alloc&) {
            isOutOfMemory[i] = 1;
        }
    });
    if (std::count(isOutOfMemory.begin(), isOutOfMemory.end(), 1) != 0) {
        throw std::bad_alloc();
    }
    return unions;
}

// "a.csv, b.csv"; only so many.
std::string joinedOrigins(const std::string& older, const std::string& newer) {
    if (older.empty() || older == newer) {
        return newer;
    }
    if (older.size() + newer.size() + 2 <= kMostOriginBytes) {
        return older + ", " + newer;
    }
    return older.ends_with(", …") ? older : older + ", …";
}

class LogSnapshot {
public:
    LogSnapshot(const LogToWrite& log, SnapshotWriter& writer, WorkerPool& pool,
                const JobContext& job)
        : m_log(log)
        , m_writer(writer)
        , m_pool(pool)
        , m_job(job) {
        if (log.appendedTo != nullptr) {
            m_catalog = log.appendedTo->catalog();
        }
    }

    [[nodiscard]] Result<std::uint64_t> write() {
        // Names in the log and in the older snapshot, by their bytes.
        std::map<std::string_view, std::optional<std::uint32_t>> names;
        for (const EventEntry& entry :
             m_catalog ? m_catalog->entries() : std::span<const EventEntry>()) {
            names[entry.name];
        }
        const TextTable& events = m_log.sets->events();
        for (std::uint32_t event = 0; event < events.size(); ++event) {
            names[events.text(event)] = event;
        }
        for (const auto& [name, event] : names) {
            Result<void> written =
                writeEvent(name, event ? m_log.sets->take(*event) : std::vector<PeriodSet>());
            if (!written) {
                return fail(std::move(written).error());
            }
        }
        if (Result<void> written = writeTexts(); !written) {
            return fail(std::move(written).error());
        }
        const std::uint64_t users = m_users.count();
        const Bitmap everyone = m_log.everyone != nullptr
                                    ? Bitmap::unite(std::vector<Bitmap>{*m_log.everyone, m_users})
                                    : m_users;
        return m_writer.finish(everyone).map([users] { return users; });
    }

private:
    [[nodiscard]] Result<void> writeEvent(std::string_view name, std::vector<PeriodSet> finest) {
        const auto id = m_catalog ? m_catalog->find(name) : std::nullopt;
        std::vector<PeriodSet> hours;
        std::vector<PeriodSet> days = std::move(finest);
        if (m_log.isHourly) {
            hours = std::move(days);
            days = unionsOf(hours, Granularity::Hour, Granularity::Day, m_pool);
        }
        const auto weeks = unionsOf(days, Granularity::Day, Granularity::Week, m_pool);
        const auto months = unionsOf(days, Granularity::Day, Granularity::Month, m_pool);
        std::vector<Bitmap> parts;
        parts.reserve(months.size());
        for (const PeriodSet& month : months) {
            parts.push_back(month.set);
        }
        const Bitmap ever = Bitmap::unite(parts);
        m_users = Bitmap::unite(std::vector<Bitmap>{m_users, ever});
        std::vector<PeriodSet> unique;
        if (m_log.isUnique && !ever.isEmpty()) {
            unique.push_back({0, ever});
        }
        const std::array<const std::vector<PeriodSet>*, kKindCount> kinds = {&hours, &days, &weeks,
                                                                             &months, &unique};
        for (std::size_t kind = 0; kind < kKindCount; ++kind) {
            if (auto done = writeKind(name, id, static_cast<Kind>(kind), *kinds[kind]); !done) {
                return done;
            }
        }
        return {};
    }

    struct Key {
        std::int32_t period = 0;
        const Bitmap* fresh = nullptr; // null: the older snapshot has it alone
        bool isOld = false;
    };

    [[nodiscard]] Result<void> writeKind(std::string_view name, std::optional<EventId> id,
                                         Kind kind, const std::vector<PeriodSet>& fresh) {
        std::map<std::int32_t, Key> keys;
        for (const PeriodSet& set : fresh) {
            keys[set.period] = {set.period, &set.set, false};
        }
        if (id) {
            for (const std::int32_t period : m_catalog->entry(*id).of(kind).indices()) {
                Key& key = keys[period];
                key.period = period;
                key.isOld = true;
            }
        }
        std::vector<Key> batch;
        for (auto at = keys.begin(); at != keys.end();) {
            batch.clear();
            for (; at != keys.end() && batch.size() < kBatchKeys; ++at) {
                batch.push_back(at->second);
            }
            if (auto done = writeBatch(name, id, kind, batch); !done) {
                return done;
            }
        }
        if (id && kind == Kind::Unique && m_catalog->entry(*id).hasKind(kind)) {
            const EventEntry& entry = m_catalog->entry(*id);
            m_writer.setUniqueForm(entry.uniqueIsOlderForm, entry.hasBothUniqueForms);
        }
        return {};
    }

    [[nodiscard]] Result<void> writeBatch(std::string_view name, std::optional<EventId> id,
                                          Kind kind, const std::vector<Key>& batch) {
        std::vector<BitmapKey> old;
        for (const Key& key : batch) {
            if (key.isOld) {
                old.push_back({id.value_or(0), kind, key.period});
            }
        }
        std::vector<KeyRead> reads(old.size());
        if (!old.empty()) {
            const auto sink = [&](std::size_t i, KeyRead read) { reads[i] = std::move(read); };
            if (auto read = m_log.appendedTo->read(old, {}, sink, m_job); !read) {
                return read;
            }
        }
        std::size_t next = 0;
        for (const Key& key : batch) {
            Bitmap set = key.fresh != nullptr ? *key.fresh : Bitmap();
            if (key.isOld) {
                KeyRead& read = reads[next++];
                if (read.state != KeyState::Read) {
                    return fail(unreadable(name, read));
                }
                set = key.fresh != nullptr ? Bitmap::unite(std::vector<Bitmap>{set, read.bitmap})
                                           : std::move(read.bitmap);
            }
            if (auto added = m_writer.add(name, kind, key.period, set); !added) {
                return added;
            }
        }
        return {};
    }

    [[nodiscard]] Error unreadable(std::string_view name, const KeyRead& read) const {
        return Error{ErrorCode::Unreadable,
                     message("core", "cannot add to %1", m_log.appendedTo->info().name),
                     message("core", "a set of its event %1 is %2 (%3)", std::string(name),
                             std::string(nameOf(read.state)), read.why),
                     message("core", "See what is damaged with: cohortist-cli check"),
                     {},
                     {}};
    }

    [[nodiscard]] Result<void> writeTexts() {
        const std::uint32_t count = m_log.texts != nullptr ? m_log.texts->size() : 0;
        std::vector<TextId> batch;
        for (std::uint32_t number = 0; number < count;) {
            batch.clear();
            for (; number < count && batch.size() < kBatchTexts; ++number) {
                batch.push_back({m_log.texts->idOf(number), m_log.texts->text(number)});
            }
            if (auto added = m_writer.addTextIds(batch); !added) {
                return added;
            }
        }
        return {};
    }

    const LogToWrite& m_log;
    SnapshotWriter& m_writer;
    WorkerPool& m_pool;
    const JobContext& m_job;
    std::shared_ptr<const EventCatalog> m_catalog;
    Bitmap m_users;
};

} // namespace

Result<ImportSummary> writeLogSnapshot(const LogToWrite& log, const std::string& path,
                                       WorkerPool& pool, const JobContext& job) {
    const auto [first, last] = log.sets->periods();
    const Granularity finest = log.isHourly ? Granularity::Hour : Granularity::Day;
    ImportSummary summary;
    summary.events = log.sets->events().size();
    summary.firstDay = periodAt(Granularity::Day, startOf({finest, first}));
    summary.lastDay = periodAt(Granularity::Day, startOf({finest, last}));
    SnapshotMeta meta;
    meta.origin = log.origin;
    meta.asOf = endOf(summary.lastDay);
    if (log.appendedTo != nullptr) {
        const StoreInfo& older = log.appendedTo->info();
        meta.prefix = older.prefix;
        meta.origin = joinedOrigins(older.origin, log.origin);
        meta.asOf = std::max(meta.asOf, older.asOf);
    }
    Result<SnapshotWriter> writer = SnapshotWriter::create(path, std::move(meta), job);
    if (!writer) {
        return fail(std::move(writer).error());
    }
    return LogSnapshot(log, *writer, pool, job).write().map([&](std::uint64_t users) {
        summary.users = users;
        return summary;
    });
}

} // namespace cohortist
