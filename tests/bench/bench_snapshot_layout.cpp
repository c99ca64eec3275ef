// SPDX-License-Identifier: GPL-3.0-or-later
// How the layout of a snapshot bears on three jobs: the first retention table after opening, one
// user looked up over many days, and the export of one large set. Each benchmark's arguments are a
// SnapshotLayout; core/store/snapshot/LAYOUT.md holds what came out. The files (up to 4 GB in all)
// lie in the folder for temporary files, so TMPDIR says on which disk it is measured.
#include <cmath>
#include <filesystem>
#include <random>
#include <stdexcept>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/export/users_csv.h"
#include "core/import/demo_data.h"
#include "core/session/session.h"
#include "core/store/memory/memory_store.h"
#include "core/store/snapshot/snapshot_store.h"
#include "core/store/snapshot/snapshot_writer.h"

namespace cohortist {

namespace {

constexpr std::uint32_t kDemoUsers = 10'000'000;

constexpr int kLookupEvents = 100;
constexpr int kLookupDays = 600;
constexpr std::uint32_t kLookupUsers = 10'000'000;
constexpr double kSmallestSet = 16; // sizes are spread evenly over the logarithm
constexpr double kLargestSet = 16384;
constexpr std::size_t kDistinctSets = 400; // several keys share one, as only its size matters
constexpr std::uint32_t kSoughtUser = kLookupUsers / 2;

constexpr std::uint32_t kLargeSet = 10'000'000;
constexpr std::uint32_t kLargeStep = 4; // one id of so many is in it

template <typename T>
T need(Result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().what.english() + ": " +
                                 result.error().why.english());
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}

// All files of one run, gone with it.
class Folder {
public:
    Folder()
        : m_path(std::filesystem::temp_directory_path() /
                 fmt::format("cohortist-bench-{}", getpid())) {
        std::filesystem::create_directory(m_path);
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

const Folder& folder() {
    static const Folder folder;
    return folder;
}

std::vector<BitmapKey> keysOf(const EventCatalog& catalog) {
    std::vector<BitmapKey> keys;
    for (EventId event = 0; event < catalog.size(); ++event) {
        for (std::size_t kind = 0; kind < kKindCount; ++kind) {
            for (const std::int32_t period : catalog.entry(event).kinds[kind].indices()) {
                keys.push_back({event, static_cast<Kind>(kind), period});
            }
        }
    }
    return keys;
}

std::vector<Bitmap> readAll(BitmapStore& store, std::span<const BitmapKey> keys) {
    std::vector<Bitmap> sets(keys.size());
    need(store.read(keys, {},
                    [&](std::size_t i, KeyRead read) { sets[i] = std::move(read.bitmap); }, {}));
    return sets;
}

// The source's data in the layout that the benchmark's arguments name. Only the file asked for last
// is kept: a benchmark is entered several times in a row with the same arguments.
std::string snapshotIn(const benchmark::State& state, const std::string& job, BitmapStore& source) {
    static std::string kept;
    const SnapshotLayout layout{static_cast<std::uint32_t>(state.range(0)),
                                static_cast<std::uint64_t>(state.range(1))};
    std::string path =
        folder().file(fmt::format("{}-{}-{}.cohorts", job, layout.pieceChunks, layout.wholeBytes));
    if (path == kept) {
        return path;
    }
    if (!kept.empty()) {
        std::filesystem::remove(kept);
    }
    SnapshotMeta meta;
    meta.asOf = source.info().asOf;
    SnapshotWriter writer = need(SnapshotWriter::create(path, meta, {}, layout));
    const std::vector<BitmapKey> keys = keysOf(*source.catalog());
    const std::vector<Bitmap> sets = readAll(source, keys);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        need(writer.add(source.catalog()->entry(keys[i].event).name, keys[i].kind, keys[i].period,
                        sets[i]));
    }
    const BitmapKey everyone = BitmapKey::everyone();
    need(writer.finish(readAll(source, {&everyone, 1}).front()));
    kept = path;
    return path;
}

void countSize(benchmark::State& state, const std::string& path) {
    state.counters["MB"] = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
}

BitmapStore& demo() {
    static const std::shared_ptr<BitmapStore> store = [] {
        const std::string path = folder().file("demo.cohorts");
        need(writeDemo({.users = kDemoUsers}, path, {}));
        return need(openSnapshot(path, {}));
    }();
    return *store;
}

BitmapStore& manyDays() {
    static MemoryStore store = [] {
        std::mt19937_64 random(1);
        std::vector<Bitmap> sets;
        for (std::size_t i = 0; i < kDistinctSets; ++i) {
            const double place = static_cast<double>(i) / (kDistinctSets - 1);
            const double size = kSmallestSet * std::pow(kLargestSet / kSmallestSet, place);
            std::vector<std::uint32_t> ids(static_cast<std::size_t>(size));
            for (std::uint32_t& id : ids) {
                id = static_cast<std::uint32_t>(random() % kLookupUsers);
            }
            sets.push_back(Bitmap::fromIds(ids));
        }
        std::vector<MemoryKey> keys;
        for (int event = 0; event < kLookupEvents; ++event) {
            for (int day = 0; day < kLookupDays; ++day) {
                keys.push_back({fmt::format("event{:03}", event), Kind::Day, 20'000 + day,
                                sets[random() % sets.size()]});
            }
        }
        MemoryOptions options;
        options.everyone = Bitmap::fromRange(0, kLookupUsers);
        return MemoryStore(std::move(keys), std::move(options));
    }();
    return store;
}

BitmapStore& oneLargeSet() {
    static MemoryStore store = [] {
        std::mt19937_64 random(1);
        std::vector<std::uint32_t> ids(kLargeSet);
        for (std::uint32_t i = 0; i < kLargeSet; ++i) {
            ids[i] = i * kLargeStep + static_cast<std::uint32_t>(random() % kLargeStep);
        }
        return MemoryStore({{"large", Kind::Day, 20'000, Bitmap::fromIds(ids)}});
    }();
    return store;
}

void firstTable(benchmark::State& state) {
    const std::string path = snapshotIn(state, "table", demo());
    RetentionQuestion question;
    question.cohort = need(parseQuery("signup@period"));
    question.returned = need(parseQuery("active@period"));
    for ([[maybe_unused]] auto _ : state) {
        const auto session = need(Session::open(path, {}));
        benchmark::DoNotOptimize(need(session->retention(question, {}, {})));
    }
    countSize(state, path);
}

void oneUser(benchmark::State& state) {
    const std::string path = snapshotIn(state, "user", manyDays());
    const auto store = need(openSnapshot(path, {}));
    const std::vector<BitmapKey> keys = keysOf(*store->catalog());
    const std::uint32_t chunk = kSoughtUser / kChunkBits;
    for ([[maybe_unused]] auto _ : state) {
        std::uint64_t days = 0;
        need(store->read(keys, {chunk, chunk + 1},
                         [&](std::size_t, const KeyRead& read) {
                             days += read.bitmap.contains(kSoughtUser) ? 1U : 0U;
                         },
                         {}));
        benchmark::DoNotOptimize(days);
    }
    countSize(state, path);
}

void exportSet(benchmark::State& state) {
    const std::string path = snapshotIn(state, "export", oneLargeSet());
    const auto session = need(Session::open(path, {}));
    const Expr query = need(parseQuery("large@2024-10-04"));
    for ([[maybe_unused]] auto _ : state) {
        const UsersResult found = need(session->users(query, {}, {}));
        std::uint64_t bytes = 0;
        const auto sink = [&](std::string_view text) {
            bytes += text.size();
            return Result<void>();
        };
        const std::uint64_t written =
            need(writeUsersCsv(found.users, session->store(), {}, sink, {}));
        if (written != kLargeSet) {
            state.SkipWithError("the export is not complete");
            break;
        }
        benchmark::DoNotOptimize(bytes);
    }
    countSize(state, path);
}

// What goes on before the text: it is all that the layout bears on, and small beside the text.
void readSet(benchmark::State& state) {
    const std::string path = snapshotIn(state, "export", oneLargeSet());
    const auto store = need(openSnapshot(path, {}));
    const std::vector<BitmapKey> keys = keysOf(*store->catalog());
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(readAll(*store, keys));
    }
    countSize(state, path);
}

void layouts(benchmark::internal::Benchmark* job) {
    job->ArgNames({"pieceChunks", "wholeBytes"})
        ->ArgsProduct({{1, 4, 16, 64, 256}, {1024, 8192, 65536}})
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime()
        ->MeasureProcessCPUTime();
}
BENCHMARK(firstTable)->Apply(layouts);
BENCHMARK(oneUser)->Apply(layouts);
BENCHMARK(exportSet)->Apply(layouts);
BENCHMARK(readSet)->Apply(layouts);

} // namespace

} // namespace cohortist

BENCHMARK_MAIN();
