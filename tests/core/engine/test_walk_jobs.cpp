// SPDX-License-Identifier: GPL-3.0-or-later
// What a walk owes its job: it stops when it is told to, and says truly how far it is.
#include <QTest>

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>

#include "core/engine/walk.h"
#include "tests/support/held_reads.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

constexpr std::uint32_t kChunks = 1283; // no multiple of the batches
constexpr std::uint32_t kBatches = 8;   // of a worker
constexpr std::uint32_t kBatch = 3;     // chunks, where there are so many of them

// A stop that is asked for while every worker is held in the second chunk of its first batch, in
// the middle of the set `held`.
struct StoppedWalk {
    bool isHeld = false;
    bool isDone = false;
    Answer answer; // spoilt
};
StoppedWalk stopWhileHeld(const Question& question, const std::vector<Bitmap>& inputs,
                          const Bitmap& held, unsigned workers) {
    WorkerPool pool(workers);
    std::vector<ChunkView> views;
    for (std::size_t i = 1; i < held.chunks().size(); i += kBatch) {
        views.push_back(held.chunks()[i]);
    }
    StoppedWalk result;
    HeldReads reads(views);
    std::stop_source stop;
    {
        const std::jthread stopper([&] {
            result.isHeld = reads.waitFor(workers);
            stop.request_stop();
            reads.letGo();
        });
        Walk walk(question);
        result.isDone = walk.run(inputs, {}, pool, JobContext(stop.get_token())).has_value();
        result.answer = walk.finish();
    }
    return result;
}

// The same bitset in each chunk.
Bitmap everySecondId(std::uint32_t chunks) {
    std::array<std::uint64_t, kChunkWords> words;
    words.fill(0x5555'5555'5555'5555U);
    BitmapBuilder builder;
    for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
        builder.addBitset(static_cast<std::uint16_t>(chunk), words);
    }
    return builder.finish();
}

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

    // Each worker ends the step at hand, and with it perhaps the chunk, but walks no other one.
    void leavesAUnionOfAYear_data() {
        QTest::addColumn<unsigned>("workers");
        QTest::addColumn<bool>("isUnion"); // else a copy of one day, which takes no step
        for (const unsigned workers : {1U, 2U, 8U}) {
            QTest::addRow("a union, %u", workers) << workers << true;
            QTest::addRow("a copy, %u", workers) << workers << false;
        }
    }
    void leavesAUnionOfAYear() {
        QFETCH(unsigned, workers);
        QFETCH(bool, isUnion);
        const std::uint32_t chunks = workers * kBatches * kBatch;
        Question question;
        std::vector<NodeId> days;
        days.reserve(365);
        for (std::int32_t day = 0; day < 365; ++day) {
            days.push_back(question.plan.key({0, Kind::Day, day}));
        }
        question.sets = {isUnion ? question.plan.disjunction(days) : days.front()};
        std::vector<Bitmap> inputs(isUnion ? days.size() : 1, everySecondId(chunks));
        inputs.front() = everySecondId(chunks);
        const StoppedWalk stopped = stopWhileHeld(question, inputs, inputs.front(), workers);
        QVERIFY(stopped.isHeld);
        QVERIFY(!stopped.isDone);
        const std::uint64_t before = workers; // one each
        QVERIFY(stopped.answer.chunksWalked >= before);
        const std::uint64_t after = stopped.answer.chunksWalked - before;
        QVERIFY2(after <= workers, std::to_string(after).c_str());
    }

    // A chunk of a large table takes longer than a stop may, so the one at hand is not ended
    // either: of a million cells, those of the columns after the one at hand are left.
    void leavesALargeTable_data() { addPools(); }
    void leavesALargeTable() {
        QFETCH(unsigned, workers);
        constexpr std::int32_t kSide = 1000; // of the table, in sets
        const std::uint32_t chunks = workers * kBatches * kBatch;
        Question question;
        std::vector<NodeId> nodes;
        nodes.reserve(2 * kSide);
        for (std::int32_t i = 0; i < 2 * kSide; ++i) {
            nodes.push_back(question.plan.key({0, Kind::Day, i}));
        }
        const auto rows = std::span(nodes).first(kSide);
        const auto columns = std::span(nodes).last(kSide);
        for (const NodeId row : rows) {
            for (const NodeId column : columns) {
                question.intersections.push_back({row, column});
            }
        }
        std::vector<std::uint32_t> ids;
        for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
            ids.push_back(chunk << 16U);
        }
        constexpr std::size_t kHeld = 500; // column
        std::vector<Bitmap> inputs(nodes.size(), Bitmap::fromIds(ids));
        inputs[kSide + kHeld] = everySecondId(chunks);
        const StoppedWalk stopped = stopWhileHeld(question, inputs, inputs[kSide + kHeld], workers);
        QVERIFY(stopped.isHeld);
        QVERIFY(!stopped.isDone);
        const std::uint64_t before = workers; // one each
        QCOMPARE(stopped.answer.chunksWalked, before);
        const auto lastRow = std::span(stopped.answer.intersections).last(kSide);
        QCOMPARE(lastRow.front(), 2 * before); // the chunk at hand too
        const std::size_t next = kHeld + 4;    // further on than one block
        QCOMPARE(std::count(lastRow.begin() + next, lastRow.end(), before),
                 std::ptrdiff_t{kSide - next});
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

    // What was stopped while it was compiled answers nothing, whatever job it is walked for.
    void isSpentOnceStopped() {
        const Long data;
        WorkerPool pool(1);
        std::stop_source stop;
        stop.request_stop();
        Walk walk(data.question, JobContext(stop.get_token()));
        QVERIFY(walk.keys().empty());
        const auto done = walk.run(data.inputs, {}, pool, {});
        QVERIFY(!done);
        QCOMPARE(static_cast<int>(done.error().code), static_cast<int>(ErrorCode::Cancelled));
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
