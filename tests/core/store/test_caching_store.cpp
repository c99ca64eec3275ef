// SPDX-License-Identifier: GPL-3.0-or-later
// A cache must answer as the store beneath does, stay within its budget, and ask for no more than a
// list ordered by use would.
#include <QTest>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <random>
#include <thread>

#include "core/store/cache/caching_store.h"
#include "tests/support/recording_store.h"

using namespace cohortist;
using test::RecordingStore;

namespace {

constexpr std::int32_t kDays = 40;

// Day d has ids in its first d / 4 chunks; day 7 cannot be read, day 8 is empty.
std::shared_ptr<RecordingStore> source() {
    std::vector<MemoryKey> keys;
    for (std::int32_t day = 0; day < kDays; ++day) {
        std::vector<std::uint32_t> ids;
        for (std::uint32_t chunk = 0; chunk <= static_cast<std::uint32_t>(day) / 4; ++chunk) {
            for (std::uint32_t id = 0; id < 50; ++id) {
                ids.push_back((chunk << 16U) + id * static_cast<std::uint32_t>(day + 1));
            }
        }
        keys.push_back({"a", Kind::Day, day, day == 8 ? Bitmap() : Bitmap::fromIds(ids)});
    }
    MemoryStore store(std::move(keys));
    store.failKey({0, Kind::Day, 7}, KeyState::Refused, "not for you");
    return std::make_shared<RecordingStore>(std::move(store));
}

std::vector<KeyRead> readAll(BitmapStore& store, std::span<const BitmapKey> keys,
                             ChunkRange range = {}) {
    std::vector<KeyRead> outcomes(keys.size());
    std::vector<int> times(keys.size());
    const auto done = store.read(keys, range,
                                 [&](std::size_t index, KeyRead outcome) {
                                     ++times[index];
                                     outcomes[index] = std::move(outcome);
                                 },
                                 {});
    if (!done || std::count(times.begin(), times.end(), 1) != std::ssize(times)) {
        return {};
    }
    return outcomes;
}

// What the cache must hold, the naive way.
class Model {
public:
    explicit Model(std::uint64_t budget)
        : m_budget(budget) {}
    bool use(const BitmapKey& key) { // was it there?
        const auto found = std::find_if(m_kept.begin(), m_kept.end(),
                                        [&](const auto& each) { return each.first == key; });
        if (found != m_kept.end()) {
            std::rotate(m_kept.begin(), found, found + 1);
            return true;
        }
        return false;
    }
    void keep(const BitmapKey& key, std::uint64_t cost) {
        if (cost <= m_budget) {
            m_kept.insert(m_kept.begin(), {key, cost});
        }
        while (bytes() > m_budget) {
            m_kept.pop_back();
        }
    }
    [[nodiscard]] std::uint64_t bytes() const {
        std::uint64_t sum = 0;
        for (const auto& each : m_kept) {
            sum += each.second;
        }
        return sum;
    }
    [[nodiscard]] std::size_t size() const { return m_kept.size(); }

private:
    std::uint64_t m_budget;
    std::vector<std::pair<BitmapKey, std::uint64_t>> m_kept; // the one used last first
};

} // namespace

class TestCachingStore : public QObject {
    Q_OBJECT
private slots:
    void keepsWhatWasUsedLast_data() {
        QTest::addColumn<std::uint64_t>("budget");
        for (const std::uint64_t budget : {0U, 500U, 2'000U, 10'000U, 1'000'000U}) {
            QTest::newRow(std::to_string(budget).c_str()) << budget;
        }
    }
    void keepsWhatWasUsedLast() {
        QFETCH(std::uint64_t, budget);
        const auto plain = source();
        const auto beneath = source();
        CachingStore cache(beneath, budget);
        Model model(budget);
        std::mt19937_64 random(budget);
        for (int round = 0; round < 400; ++round) {
            std::vector<BitmapKey> keys;
            std::vector<std::int32_t> days(kDays + 2); // the last two are not there
            std::iota(days.begin(), days.end(), 0);
            std::shuffle(days.begin(), days.end(), random);
            days.resize(random() % 6);
            keys.reserve(days.size());
            for (const std::int32_t day : days) {
                keys.push_back({0, Kind::Day, day});
            }
            const bool isWhole = random() % 3 != 0;
            const auto first = static_cast<std::uint32_t>(random() % 8);
            const ChunkRange range = isWhole ? ChunkRange() : ChunkRange{first, first + 3};

            const auto expected = readAll(*plain, keys, range);
            beneath->asked.clear();
            const auto outcomes = readAll(cache, keys, range);
            QCOMPARE(outcomes.size(), keys.size());
            std::vector<BitmapKey> missing;
            for (const BitmapKey& key : keys) {
                if (!model.use(key)) {
                    missing.push_back(key);
                }
            }
            QVERIFY(beneath->asked == missing);
            for (std::size_t i = 0; i < keys.size(); ++i) {
                QCOMPARE(outcomes[i].state, expected[i].state);
                QCOMPARE(outcomes[i].why, expected[i].why);
                QVERIFY(outcomes[i].bitmap == expected[i].bitmap);
                if (isWhole && outcomes[i].state == KeyState::Read &&
                    std::find(missing.begin(), missing.end(), keys[i]) != missing.end()) {
                    model.keep(keys[i], outcomes[i].bitmap.bytes() + CachingStore::kEntryBytes);
                }
            }
            const CachingStore::Fill fill = cache.fill();
            QCOMPARE(fill.bytes, model.bytes());
            QCOMPARE(fill.bitmaps, model.size());
            QVERIFY(fill.bytes <= budget);
            QCOMPARE(fill.budget, budget);
        }
    }

    void servesManyThreads() {
        const auto plain = std::make_shared<MemoryStore>(
            std::vector<MemoryKey>{{"a", Kind::Day, 1, Bitmap{1, 2}},
                                   {"a", Kind::Day, 2, Bitmap{3}},
                                   {"a", Kind::Day, 3, Bitmap{4, 70'000}}});
        CachingStore cache(plain, 2 * CachingStore::kEntryBytes + 100);
        const std::vector<BitmapKey> keys = {
            {0, Kind::Day, 1}, {0, Kind::Day, 2}, {0, Kind::Day, 3}};
        const auto expected = readAll(*plain, keys);
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> threads;
            threads.reserve(4);
            for (int i = 0; i < 4; ++i) {
                threads.emplace_back([&] {
                    for (int round = 0; round < 300; ++round) {
                        const auto outcomes = readAll(cache, keys);
                        for (std::size_t k = 0; k < keys.size(); ++k) {
                            wrong += outcomes[k].bitmap == expected[k].bitmap ? 0 : 1;
                        }
                    }
                });
            }
        }
        QCOMPARE(wrong.load(), 0);
        QVERIFY(cache.fill().bytes <= cache.fill().budget);
        QVERIFY(cache.fill().bitmaps > 0);
    }

    void readsNothingOnceStopped() {
        const auto beneath = source();
        CachingStore cache(beneath);
        std::stop_source stop;
        stop.request_stop();
        const std::vector<BitmapKey> keys = {{0, Kind::Day, 1}};
        const auto done = cache.read(
            keys, {}, [](std::size_t, const KeyRead&) {}, JobContext(stop.get_token()));
        QCOMPARE(done.error().code, ErrorCode::Cancelled);
        QVERIFY(beneath->asked.empty());
        QVERIFY(CachingStore::quarterOfMemory() >= std::uint64_t{64} << 20U);
        QCOMPARE(cache.fill().budget, CachingStore::quarterOfMemory());
    }
};

QTEST_APPLESS_MAIN(TestCachingStore)
#include "test_caching_store.moc"
