// SPDX-License-Identifier: GPL-3.0-or-later
// Many keys at once: they are read in batches by several threads, each key gets one outcome, and no
// two outcomes come at the same time.
#include <QTest>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include "core/base/worker_pool.h"
#include "core/store/snapshot/snapshot_store.h"
#include "core/store/snapshot/snapshot_writer.h"
#include "tests/support/random_stores.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

constexpr std::int32_t kKeys = 500; // in eight batches at least
constexpr std::size_t kBatchKeys = 64;

struct Outcomes {
    std::vector<int> times;
    std::vector<KeyRead> reads;
    bool hasMetAnother = false;
};

class Reader {
public:
    explicit Reader(std::size_t keys) {
        m_outcomes.times.resize(keys);
        m_outcomes.reads.resize(keys);
    }
    void operator()(std::size_t index, KeyRead read) {
        m_outcomes.hasMetAnother = m_isInside.exchange(true) || m_outcomes.hasMetAnother;
        ++m_outcomes.times[index];
        m_outcomes.reads[index] = std::move(read);
        std::this_thread::yield();
        m_isInside = false;
    }
    [[nodiscard]] const Outcomes& outcomes() const { return m_outcomes; }

private:
    Outcomes m_outcomes;
    std::atomic<bool> m_isInside = false;
};

} // namespace

class TestSnapshotReading : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        m_folder = fastFolder();
        QVERIFY(m_folder->isValid());
        m_path = m_folder->filePath("a.cohorts").toStdString();
        const auto& pool = poolOfSets();
        Contents contents;
        for (std::int32_t period = 0; period < kKeys; ++period) {
            contents.keys.push_back(
                {"e", Kind::Day, period, pool[static_cast<std::size_t>(period) % pool.size()]});
        }
        QVERIFY(writeSnapshot(contents, m_path));
        auto store = openSnapshot(m_path, {});
        QVERIFY(store);
        m_store = *std::move(store);
        // Some twice, some that are not there, in no order.
        std::mt19937_64 random(31);
        for (std::int32_t period = -20; period < kKeys + 20; ++period) {
            m_keys.resize(m_keys.size() + 1 + random() % 2, {0, Kind::Day, period});
        }
        std::shuffle(m_keys.begin(), m_keys.end(), random);
    }

    void deliversEachKeyOnce_data() {
        QTest::addColumn<ChunkRange>("range");
        QTest::newRow("all") << ChunkRange{};
        QTest::newRow("across pieces") << ChunkRange{15, 33};
        QTest::newRow("one chunk") << ChunkRange{2, 3};
    }
    void deliversEachKeyOnce() {
        QFETCH(ChunkRange, range);
        std::array<Reader, 3> readers{Reader(m_keys.size()), Reader(m_keys.size()),
                                      Reader(m_keys.size())}; // at the same time
        std::atomic<int> done = 0;
        {
            std::vector<std::jthread> threads;
            threads.reserve(readers.size());
            for (Reader& reader : readers) {
                threads.emplace_back(
                    [&] { done += m_store->read(m_keys, range, std::ref(reader), {}) ? 1 : 0; });
            }
        }
        QCOMPARE(done.load(), static_cast<int>(readers.size()));
        const auto& pool = poolOfSets();
        for (const Reader& reader : readers) {
            const Outcomes& outcomes = reader.outcomes();
            QVERIFY(!outcomes.hasMetAnother);
            for (std::size_t i = 0; i < m_keys.size(); ++i) {
                const std::int32_t period = m_keys[i].period;
                const bool isThere = period >= 0 && period < kKeys;
                QCOMPARE(outcomes.times[i], 1);
                QVERIFY(outcomes.reads[i].state == (isThere ? KeyState::Read : KeyState::NoData));
                if (isThere) {
                    const Bitmap& set = pool[static_cast<std::size_t>(period) % pool.size()];
                    QVERIFY(outcomes.reads[i].bitmap == set.slice(range));
                }
            }
        }
    }

    // What was read when the stop came may still be delivered: a batch for each worker.
    void stopsAfterTheBatchesAtHand() {
        std::vector<BitmapKey> keys;
        for (const BitmapKey& key : m_keys) {
            if (key.period >= 0 && key.period < kKeys) { // of others it is known at once
                keys.push_back(key);
            }
        }
        std::stop_source stop;
        std::size_t delivered = 0;
        const auto read = m_store->read(
            keys, {},
            [&](std::size_t, const KeyRead&) {
                stop.request_stop();
                ++delivered;
            },
            JobContext(stop.get_token()));
        QVERIFY(!read);
        QCOMPARE(static_cast<int>(read.error().code), static_cast<int>(ErrorCode::Cancelled));
        const std::size_t workers = WorkerPool().size();
        QVERIFY2(delivered <= kBatchKeys * workers, std::to_string(delivered).c_str());
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
    std::shared_ptr<BitmapStore> m_store;
    std::vector<BitmapKey> m_keys;
};

QTEST_APPLESS_MAIN(TestSnapshotReading)
#include "test_snapshot_reading.moc"
