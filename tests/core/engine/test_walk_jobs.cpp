// SPDX-License-Identifier: GPL-3.0-or-later
// What a walk owes its job: it stops when it is told to, and says truly how far it is.
#include <QTest>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "core/engine/walk.h"

using namespace cohortist;

namespace {

constexpr std::uint32_t kChunks = 1283; // no multiple of the batches

// One set with an id in each of many chunks, and a question that counts it.
struct Long {
    Long() {
        question.counts = {question.plan.key({0, Kind::Day, 1})};
        question.sets = question.counts;
        std::vector<std::uint32_t> ids;
        for (std::uint32_t chunk = 0; chunk < kChunks; ++chunk) {
            ids.push_back(chunk << 16U);
        }
        inputs = {Bitmap::fromIds(ids)};
    }
    Question question;
    std::vector<Bitmap> inputs;
};

void addPools() {
    QTest::addColumn<unsigned>("workers");
    for (const unsigned workers : {1U, 2U, 8U}) {
        QTest::newRow(std::to_string(workers).c_str()) << workers;
    }
}

} // namespace

class TestWalkJobs : public QObject {
    Q_OBJECT
private slots:
    void reportsProgress_data() { addPools(); }
    void reportsProgress() {
        QFETCH(unsigned, workers);
        const Long data;
        WorkerPool pool(workers);
        std::mutex mutex;
        std::vector<Progress> reports;
        const JobContext job({}, [&](Progress progress) {
            const std::lock_guard lock(mutex);
            reports.push_back(progress);
        });
        Walk walk(data.question);
        QVERIFY(walk.run(data.inputs, {}, pool, job).has_value());
        QVERIFY(reports.size() >= 8);
        std::uint64_t before = 0;
        for (const Progress& report : reports) {
            QCOMPARE(report.total, std::uint64_t{kChunks});
            QVERIFY(report.done > before);
            before = report.done;
        }
        QCOMPARE(before, std::uint64_t{kChunks});
        const Answer answer = walk.finish();
        QCOMPARE(answer.chunksWalked, std::uint64_t{kChunks});
        QCOMPARE(answer.counts.front(), std::uint64_t{kChunks});
        QCOMPARE(answer.sets.front().count(), std::uint64_t{kChunks});
    }

    // The stop is asked for while the first batch is reported. After it, each other worker may
    // finish the chunk at hand; before it, it walked at most its own batch without a report.
    void stops_data() { addPools(); }
    void stops() {
        QFETCH(unsigned, workers);
        const Long data;
        WorkerPool pool(workers);
        std::stop_source stop;
        std::uint64_t walkedAtStop = 0;
        int reports = 0;
        const JobContext job(stop.get_token(), [&](Progress progress) { // never two at once
            ++reports;
            if (stop.request_stop()) {
                walkedAtStop = progress.done;
            }
        });
        Walk walk(data.question);
        const auto done = walk.run(data.inputs, {}, pool, job);
        QVERIFY(!done);
        QCOMPARE(static_cast<int>(done.error().code), static_cast<int>(ErrorCode::Cancelled));
        const std::uint64_t walked = walk.finish().chunksWalked;
        QVERIFY(walkedAtStop > 0 && walkedAtStop < kChunks);
        QVERIFY(walked >= walkedAtStop);
        QVERIFY2(walked <= walkedAtStop * workers, std::to_string(walked).c_str());
        QVERIFY(walked < kChunks);
        QVERIFY(reports <= static_cast<int>(workers));
    }

    // A chunk of a large table takes longer than a stop may. Whether a stop falls within it is up
    // to the machine, so it is tried until one does.
    void leavesTheChunkAtHand() {
        constexpr int kSide = 500; // of the table, in sets
        Question question;
        std::vector<std::uint32_t> ids; // every other one: a bitset, which takes longest to meet
        for (std::uint32_t id = 0; id < kChunkBits; id += 2) {
            ids.push_back(id);
        }
        const std::vector<Bitmap> inputs(std::size_t{2} * kSide, Bitmap::fromIds(ids));
        for (std::int32_t i = 0; i < 2 * kSide; ++i) {
            question.counts.push_back(question.plan.key({0, Kind::Day, i}));
        }
        for (int row = 0; row < kSide; ++row) {
            for (int column = kSide; column < 2 * kSide; ++column) {
                question.intersections.push_back(
                    {question.counts[static_cast<std::size_t>(row)],
                     question.counts[static_cast<std::size_t>(column)]});
            }
        }
        WorkerPool pool(1);
        for (int attempt = 0; attempt < 200; ++attempt) {
            Walk walk(question);
            std::stop_source stop;
            const std::jthread stopper([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(attempt));
                stop.request_stop();
            });
            const bool isDone =
                walk.run(inputs, {}, pool, JobContext(stop.get_token())).has_value();
            const Answer answer = walk.finish();
            QCOMPARE(answer.chunksWalked, std::uint64_t{isDone ? 1U : 0U});
            if (answer.counts.front() > 0 && answer.counts.back() == 0) {
                return; // after its first step and before its last
            }
            QVERIFY2(!isDone, "no stop was seen within the chunk");
        }
        QFAIL("no stop fell within the chunk");
    }

    void doesNothingOnceStopped_data() { addPools(); }
    void doesNothingOnceStopped() {
        QFETCH(unsigned, workers);
        const Long data;
        WorkerPool pool(workers);
        std::stop_source stop;
        stop.request_stop();
        int reports = 0;
        Walk walk(data.question);
        const auto done = walk.run(data.inputs, {}, pool,
                                   JobContext(stop.get_token(), [&](Progress) { ++reports; }));
        QVERIFY(!done);
        QCOMPARE(static_cast<int>(done.error().code), static_cast<int>(ErrorCode::Cancelled));
        QCOMPARE(walk.finish().chunksWalked, std::uint64_t{0});
        QCOMPARE(reports, 0);
    }

    // Several walks share one pool, as the window's pages do; one of them is stopped.
    void sharesThePool() {
        const Long data;
        WorkerPool pool(4);
        std::vector<std::uint64_t> counts(6);
        std::vector<std::uint64_t> stopped(6);
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < counts.size(); ++i) {
                threads.emplace_back([&, i] {
                    for (int round = 0; round < 5; ++round) {
                        std::stop_source stop;
                        const JobContext job(stop.get_token(), [&](Progress) {
                            if (i % 2 == 1) {
                                stop.request_stop();
                            }
                        });
                        Walk walk(data.question);
                        if (walk.run(data.inputs, {}, pool, job)) {
                            counts[i] += walk.finish().counts.front();
                        } else {
                            ++stopped[i];
                        }
                    }
                });
            }
        }
        for (std::size_t i = 0; i < counts.size(); ++i) {
            QCOMPARE(counts[i], i % 2 == 1 ? 0 : std::uint64_t{5} * kChunks);
            QCOMPARE(stopped[i], std::uint64_t{i % 2 == 1 ? 5U : 0U});
        }
    }
};

QTEST_APPLESS_MAIN(TestWalkJobs)
#include "test_walk_jobs.moc"
