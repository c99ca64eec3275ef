// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "core/base/worker_pool.h"

using namespace cohortist;

class TestWorkerPool : public QObject {
    Q_OBJECT
private slots:
    void doesEachItemOnce_data() {
        QTest::addColumn<unsigned>("workers");
        for (const unsigned workers : {1U, 2U, 3U, 8U, 64U}) {
            QTest::newRow(std::to_string(workers).c_str()) << workers;
        }
    }
    void doesEachItemOnce() {
        QFETCH(unsigned, workers);
        WorkerPool pool(workers);
        QCOMPARE(pool.size(), workers);
        // The same threads serve call after call, whatever its size.
        for (const std::size_t items : {0U, 1U, 2U, 7U, 100U, 1U, 5000U, 0U, 64U}) {
            std::vector<int> times(items);
            std::vector<std::atomic<int>> inside(workers);
            std::atomic<bool> isShared = false;
            const bool isDone = pool.forEach(items, {}, [&](std::size_t item, unsigned worker) {
                isShared = isShared || worker >= workers || inside[worker]++ != 0;
                ++times[item];
                --inside[worker];
            });
            QVERIFY(isDone);
            QVERIFY(!isShared);
            QCOMPARE(std::count(times.begin(), times.end(), 1), static_cast<std::ptrdiff_t>(items));
        }
    }

    // Threads that were woken for nothing sleep again, and those that were not come all the same.
    void expectsCalls() {
        WorkerPool pool(4);
        for (int round = 0; round < 200; ++round) {
            for (int i = 0; i < round % 3; ++i) {
                pool.expectCall();
            }
            if (round % 20 == 0) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            std::atomic<int> times = 0;
            QVERIFY(pool.forEach(10, {}, [&](std::size_t, unsigned) { ++times; }));
            QCOMPARE(times.load(), 10);
        }
        pool.expectCall(); // and leaves at once
    }

    void asksTheMachine() {
        const WorkerPool pool;
        QCOMPARE(pool.size(), std::max(1U, std::thread::hardware_concurrency()));
    }

    // All workers meet inside the body: it would never return if fewer of them took part.
    void worksAtTheSameTime() {
        constexpr unsigned kWorkers = 5;
        WorkerPool pool(kWorkers);
        for (int round = 0; round < 20; ++round) {
            std::barrier meeting(kWorkers);
            std::mutex mutex;
            std::set<unsigned> seen;
            std::set<std::thread::id> threads;
            const bool isDone = pool.forEach(kWorkers, {}, [&](std::size_t, unsigned worker) {
                meeting.arrive_and_wait();
                const std::lock_guard lock(mutex);
                seen.insert(worker);
                threads.insert(std::this_thread::get_id());
            });
            QVERIFY(isDone);
            QCOMPARE(seen, (std::set<unsigned>{0, 1, 2, 3, 4}));
            QCOMPARE(threads.size(), std::size_t{kWorkers});
            QVERIFY(threads.count(std::this_thread::get_id()) == 1); // the caller works too
        }
    }

    void takesNothingOnceCancelled() {
        for (const unsigned workers : {1U, 4U}) {
            WorkerPool pool(workers);
            std::stop_source stop;
            const JobContext job(stop.get_token());
            std::atomic<std::size_t> begun = 0;
            std::atomic<std::size_t> atStop = 0;
            QVERIFY(!pool.forEach(10'000, job, [&](std::size_t item, unsigned) {
                ++begun;
                if (item == 50) {
                    stop.request_stop();
                    atStop = begun.load();
                }
            }));
            // Each other worker may have looked at the job just before the stop.
            QVERIFY2(begun <= atStop + workers, std::to_string(begun).c_str());
            QVERIFY(begun >= 51);
            // A stopped job does nothing; the pool itself goes on.
            begun = 0;
            QVERIFY(!pool.forEach(100, job, [&](std::size_t, unsigned) { ++begun; }));
            QCOMPARE(begun.load(), std::size_t{0});
            QVERIFY(pool.forEach(100, {}, [&](std::size_t, unsigned) { ++begun; }));
            QCOMPARE(begun.load(), std::size_t{100});
        }
    }

    void returnsWhenAllIsDone() {
        WorkerPool pool(8);
        for (int round = 0; round < 500; ++round) {
            std::vector<int> values(16); // gone when forEach has returned
            QVERIFY(pool.forEach(values.size(), {},
                                 [&](std::size_t item, unsigned) { values[item] = 1; }));
            QCOMPARE(std::count(values.begin(), values.end(), 1), std::ptrdiff_t{16});
        }
    }

    void servesSeveralCallers() {
        WorkerPool pool(4);
        constexpr std::size_t kCallers = 6;
        std::vector<std::size_t> sums(kCallers);
        {
            std::vector<std::jthread> callers;
            for (std::size_t caller = 0; caller < kCallers; ++caller) {
                callers.emplace_back([&, caller] {
                    for (int round = 0; round < 50; ++round) {
                        std::vector<std::size_t> sum(pool.size());
                        pool.forEach(100, {}, [&](std::size_t item, unsigned worker) {
                            sum[worker] += item;
                        });
                        for (const std::size_t part : sum) {
                            sums[caller] += part;
                        }
                    }
                });
            }
        }
        QCOMPARE(sums, std::vector<std::size_t>(kCallers, std::size_t{50} * 4950));
    }

    // A body may ask the pool again: the caller works itself, so nobody waits for a free thread.
    void nests() {
        WorkerPool pool(3);
        std::atomic<int> inner = 0;
        QVERIFY(pool.forEach(10, {}, [&](std::size_t, unsigned) {
            pool.forEach(10, {}, [&](std::size_t, unsigned) { ++inner; });
        }));
        QCOMPARE(inner.load(), 100);
    }

    void comesAndGoes() {
        for (int round = 0; round < 100; ++round) {
            std::atomic<int> done = 0;
            {
                WorkerPool pool(static_cast<unsigned>(round % 9 + 1));
                if (round % 3 != 0) { // else it goes without ever having worked
                    pool.forEach(20, {}, [&](std::size_t, unsigned) { ++done; });
                }
            }
            QCOMPARE(done.load(), round % 3 != 0 ? 20 : 0);
        }
    }
};

QTEST_APPLESS_MAIN(TestWorkerPool)
#include "test_worker_pool.moc"
