// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/bolt/bolt_store.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>

#include "core/base/worker_pool.h"
#include "core/catalog/key_scheme.h"
#include "core/query/expr.h"
#include "core/store/bolt/contents.h"
#include "core/store/everyone_union.h"
#include "core/store/listed_catalog.h"

namespace cohortist {

using namespace bolt;

namespace {

// What one worker reads before it takes more.
constexpr std::size_t kBatchKeys = 32;

// Where a key's bitmap lies.
struct Location {
    BitmapKey key;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

struct Wanted {
    const Location* location = nullptr;
    std::size_t index = 0; // in the keys asked for
};

Instant clockNow() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// Of the periods that have a key, the one that began last; the shortest of several.
std::optional<Period> lastPeriod(const EventCatalog& catalog) {
    std::optional<Period> last;
    for (const Kind kind : {Kind::Hour, Kind::Day, Kind::Week, Kind::Month}) {
        for (const EventEntry& entry : catalog.entries()) {
            if (!entry.hasKind(kind)) {
                continue;
            }
            const Period period{granularityOf(kind), entry.of(kind).last()};
            if (!last || startOf(period) > startOf(*last)) {
                last = period;
            }
        }
    }
    return last;
}

Instant asOfOf(const EventCatalog& catalog, const FileIdentity& identity, Instant now) {
    const std::optional<Period> last = lastPeriod(catalog);
    if (!last) {
        return now;
    }
    const Instant saved(std::chrono::seconds(identity.modifiedSeconds + 1));
    return saved > startOf(*last) && saved < endOf(*last) ? saved : endOf(*last);
}

class BoltStore final : public BitmapStore {
public:
    BoltStore(const BoltFile& file, StoreInfo info, EventCatalog catalog,
              std::vector<Location> locations)
        : m_path(file.path())
        , m_state(file.state())
        , m_info(std::move(info))
        , m_catalog(std::make_shared<const EventCatalog>(std::move(catalog)))
        , m_locations(std::move(locations)) {}

    const StoreInfo& info() const override { return m_info; }
    std::shared_ptr<const EventCatalog> catalog() const override { return m_catalog; }
    Result<void> read(std::span<const BitmapKey> keys, ChunkRange range, const ReadSink& sink,
                      const JobContext& job) override;
    std::uint64_t estimatedBytes(std::span<const BitmapKey> keys) const override;
    Result<std::vector<std::string>> textsOf(std::span<const std::uint32_t> ids) const override {
        return std::vector<std::string>(ids.size());
    }
    Result<std::optional<std::uint32_t>> findText(const std::string& /*text*/) const override {
        return std::optional<std::uint32_t>();
    }

private:
    [[nodiscard]] const Location* locationOf(const BitmapKey& key) const;
    [[nodiscard]] Result<void> readAll(const BoltFile& file, std::vector<Wanted> wanted,
                                       ChunkRange range, const ReadSink& sink,
                                       const JobContext& job) const;

    const std::string m_path;
    const BoltState m_state;
    const StoreInfo m_info;
    const std::shared_ptr<const EventCatalog> m_catalog;
    const std::vector<Location> m_locations; // by key
    mutable WorkerPool m_pool;
};

Result<KeyRead> readOne(const BoltFile& file, const Location& location, ChunkRange range) {
    auto bytes = std::make_shared<std::string>(location.size, '\0');
    if (Result<void> done = file.read(location.offset, *bytes); !done) {
        return fail(std::move(done).error());
    }
    const Result<Bitmap> set = Bitmap::fromPortable(std::move(bytes));
    if (!set) {
        return KeyRead{KeyState::Damaged, {}, set.error().why.english()};
    }
    return KeyRead{KeyState::Read, set->part(range), {}};
}

const Location* BoltStore::locationOf(const BitmapKey& key) const {
    const auto place = std::lower_bound(
        m_locations.begin(), m_locations.end(), key,
        [](const Location& location, const BitmapKey& wanted) { return location.key < wanted; });
    return place != m_locations.end() && place->key == key ? &*place : nullptr;
}

Result<void> BoltStore::readAll(const BoltFile& file, std::vector<Wanted> wanted, ChunkRange range,
                                const ReadSink& sink, const JobContext& job) const {
    std::sort(wanted.begin(), wanted.end(), [](const Wanted& a, const Wanted& b) {
        return a.location->offset < b.location->offset;
    });
    std::mutex mutex;
    std::atomic<bool> hasFailed = false;
    Error failure;
    const std::size_t batches = (wanted.size() + kBatchKeys - 1) / kBatchKeys;
    const bool isComplete = m_pool.forEach(batches, job, [&](std::size_t batch, unsigned) {
        const std::size_t end = std::min(wanted.size(), (batch + 1) * kBatchKeys);
        for (std::size_t i = batch * kBatchKeys; i < end; ++i) {
            if (hasFailed || job.isCancelled()) {
                return;
            }
            Result<KeyRead> read = readOne(file, *wanted[i].location, range);
            const std::lock_guard lock(mutex);
            if (hasFailed) {
                return;
            }
            if (!read) {
                failure = std::move(read).error();
                hasFailed = true;
                return;
            }
            sink(wanted[i].index, *std::move(read));
        }
    });
    if (!isComplete || job.isCancelled()) {
        return failCancelled();
    }
    if (hasFailed) {
        return fail(std::move(failure));
    }
    return {};
}

Result<void> BoltStore::read(std::span<const BitmapKey> keys, ChunkRange range,
                             const ReadSink& sink, const JobContext& job) {
    const Result<BoltFile> file = BoltFile::openAgain(m_path, m_state);
    if (!file) {
        return fail(file.error());
    }
    const auto readKeys = [&](std::span<const BitmapKey> asked, const ReadSink& done) {
        std::vector<Wanted> wanted;
        wanted.reserve(asked.size());
        for (std::size_t i = 0; i < asked.size(); ++i) {
            wanted.push_back({locationOf(asked[i]), i});
        }
        return readAll(*file, std::move(wanted), range, done, job);
    };
    if (Result<void> done = readWithEveryone(keys, *m_catalog, m_info.prefix, readKeys, sink);
        !done) {
        return done;
    }
    return file->checkUnchanged();
}

std::uint64_t BoltStore::estimatedBytes(std::span<const BitmapKey> keys) const {
    std::uint64_t bytes = 0;
    for (const BitmapKey& key : keys) {
        if (const Location* location = locationOf(key)) {
            bytes += location->size;
        }
    }
    return bytes;
}

// Of the catalogue's keys, and of no others: where an event has both forms of a flag, one counts.
std::vector<Location> locationsOf(const std::vector<StoredBitmap>& stored,
                                  const std::string& prefix, const EventCatalog& catalog) {
    std::vector<Location> locations;
    locations.reserve(catalog.keyCount());
    for (const StoredBitmap& bitmap : stored) {
        const auto parsed = bitmap.hasExpired ? std::nullopt : parseKey(bitmap.key, prefix);
        const auto event = parsed ? catalog.find(parsed->event) : std::nullopt;
        if (!event) {
            continue;
        }
        const BitmapKey key{*event, parsed->kind, parsed->period};
        const bool isTheForm = parsed->kind != Kind::Unique ||
                               parsed->isOlderUnique == catalog.entry(*event).uniqueIsOlderForm;
        if (isTheForm && catalog.has(key)) {
            locations.push_back({key, bitmap.offset, bitmap.size});
        }
    }
    std::sort(locations.begin(), locations.end(),
              [](const Location& a, const Location& b) { return a.key < b.key; });
    return locations;
}

tl::unexpected<Error> noKeys(const std::string& path) {
    return fail(Error{ErrorCode::NotFound,
                      message("core", "cannot find events in %1", path),
                      message("core", "it holds no keys"),
                      message("core", "Mark some events first; the server saves them every three "
                                      "minutes and on BGSAVE."),
                      {},
                      {}});
}

} // namespace

Result<std::shared_ptr<BitmapStore>> openBolt(const std::string& path, const BoltOptions& options,
                                              const JobContext& job) {
    const Result<BoltFile> file = BoltFile::open(path);
    if (!file) {
        return fail(file.error());
    }
    const Instant now = options.now.value_or(clockNow());
    const auto stored = readContents(*file, now, job);
    if (!stored) {
        return fail(stored.error());
    }
    if (std::all_of(stored->begin(), stored->end(),
                    [](const StoredBitmap& bitmap) { return bitmap.hasExpired; })) {
        return noKeys(path);
    }
    const auto list = [&](std::string_view prefix, const KeySink& sink) {
        for (const StoredBitmap& bitmap : *stored) {
            if (!bitmap.hasExpired && bitmap.key.starts_with(prefix)) {
                sink(std::string(bitmap.key));
            }
        }
        return Result<void>();
    };
    Result<ListedCatalog> found = readCatalog(list, path, options.prefix);
    if (!found) {
        return fail(std::move(found).error());
    }
    if (Result<void> same = file->checkUnchanged(); !same) {
        return fail(std::move(same).error());
    }
    std::vector<Location> locations = locationsOf(*stored, found->prefix, found->catalog);
    StoreInfo info;
    info.name = std::filesystem::path(file->path()).filename().string();
    info.kind = "bitmapist-server file";
    info.prefix = std::move(found->prefix);
    info.origin = file->path();
    info.asOf = asOfOf(found->catalog, file->state().identity, now);
    return std::make_shared<BoltStore>(*file, std::move(info), std::move(found->catalog),
                                       std::move(locations));
}

} // namespace cohortist
