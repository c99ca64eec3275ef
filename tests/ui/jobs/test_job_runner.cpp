// SPDX-License-Identifier: GPL-3.0-or-later
// What the hand-off between threads owes both sides. Nothing here is timed: jobs wait for gates,
// and the window's side waits for what must come.
#include <QTest>

#include <algorithm>
#include <atomic>
#include <latch>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/ui/jobs/job_gates.h"
#include "ui/jobs/job_runner.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

using Lane = JobRunner::Lane;
using Priority = JobRunner::Priority;

} // namespace

class TestJobRunner : public QObject {
    Q_OBJECT
private slots:
    void deliversOnceOnTheRunnersThread() {
        JobRunner runner;
        QObject owner;
        std::thread::id worker;
        std::vector<std::thread::id> deliveries;
        QVERIFY(!runner.isBusy(&owner));
        runner.run(
            &owner, Lane::Compute, Priority::Page,
            [](const JobContext&) -> Result<std::thread::id> { return std::this_thread::get_id(); },
            [&](Result<std::thread::id> id) {
                worker = *id;
                deliveries.push_back(std::this_thread::get_id());
                QVERIFY(!runner.isBusy(&owner));
            });
        QVERIFY(runner.isBusy(&owner));
        QTRY_VERIFY(!deliveries.empty());
        settle(runner);
        QCOMPARE(deliveries.size(), std::size_t{1});
        QVERIFY(deliveries.front() == std::this_thread::get_id());
        QVERIFY(worker != std::this_thread::get_id());
    }

    void carriesWhatCannotBeCopied() {
        JobRunner runner;
        QObject owner;
        std::unique_ptr<int> seen;
        runner.run(
            &owner, Lane::InputOutput, Priority::Page,
            [](const JobContext&) -> Result<std::unique_ptr<int>> {
                return std::make_unique<int>(7);
            },
            [&](Result<std::unique_ptr<int>> value) { seen = std::move(*value); });
        QTRY_VERIFY(seen != nullptr);
        QCOMPARE(*seen, 7);
    }

    void newerReplacesTheOneThatRuns() {
        JobRunner runner;
        QObject owner;
        std::vector<int> seen;
        std::binary_semaphore begun{0};
        runner.run(
            &owner, Lane::Compute, Priority::Page,
            [&](const JobContext& job) -> Result<int> {
                begun.release();
                waitUntilStopped(job);
                return 1;
            },
            [&](const Result<int>& value) { seen.push_back(*value); });
        begun.acquire();
        runner.run(&owner, Lane::Compute, Priority::Page, giving(2), into(seen));
        QTRY_VERIFY(!seen.empty());
        settle(runner);
        QCOMPARE(seen, std::vector<int>{2});
    }

    void newerReplacesTheOneThatWaits() {
        JobRunner runner;
        QObject gateKeeper;
        QObject owner;
        std::vector<int> seen;
        std::atomic<bool> hasRun = false;
        Gate gate(runner, gateKeeper, Lane::Compute);
        runner.run(
            &owner, Lane::Compute, Priority::Page,
            [&](const JobContext&) -> Result<int> {
                hasRun = true;
                return 1;
            },
            into(seen));
        runner.run(&owner, Lane::Compute, Priority::Page, giving(2), into(seen));
        gate.open();
        QTRY_VERIFY(!seen.empty());
        settle(runner);
        QCOMPARE(seen, std::vector<int>{2});
        QVERIFY(!hasRun);
    }

    void newerReplacesTheOneThatIsReady() {
        JobRunner runner;
        QObject owner;
        std::vector<int> seen;
        runner.run(&owner, Lane::Compute, Priority::Page, giving(1), into(seen));
        waitForLane(runner, Lane::Compute); // and no turn of the event loop
        runner.run(&owner, Lane::InputOutput, Priority::Page, giving(2), into(seen));
        QTRY_VERIFY(!seen.empty());
        settle(runner);
        QCOMPARE(seen, std::vector<int>{2});
    }

    void stops_data() {
        QTest::addColumn<bool>("byDestroying");
        QTest::newRow("stop") << false;
        QTest::newRow("destroy") << true;
    }
    // One job that runs, one that waits and one that is ready, each of an owner that leaves.
    void stops() {
        QFETCH(bool, byDestroying);
        JobRunner runner;
        std::vector<int> seen;
        std::atomic<bool> hasRun = false;
        auto ready = std::make_unique<QObject>();
        auto running = std::make_unique<QObject>();
        auto waiting = std::make_unique<QObject>();
        runner.run(ready.get(), Lane::Compute, Priority::Page, giving(1), into(seen));
        std::binary_semaphore begun{0};
        runner.run(
            running.get(), Lane::Compute, Priority::Page,
            [&](const JobContext& job) -> Result<int> {
                begun.release();
                waitUntilStopped(job);
                return 2;
            },
            into(seen));
        begun.acquire(); // so the first is ready
        runner.run(
            waiting.get(), Lane::Compute, Priority::Page,
            [&](const JobContext&) -> Result<int> {
                hasRun = true;
                return 3;
            },
            into(seen));
        for (auto* owner : {&waiting, &ready, &running}) {
            if (byDestroying) {
                owner->reset();
            } else {
                runner.stop(owner->get());
                QVERIFY(!runner.isBusy(owner->get()));
                runner.stop(owner->get()); // once more is no harm
            }
        }
        settle(runner);
        QVERIFY(seen.empty());
        QVERIFY(!hasRun);
    }

    void takesInteractiveFirst() {
        JobRunner runner;
        QObject gateKeeper;
        std::vector<std::unique_ptr<QObject>> owners;
        std::vector<int> ran; // by the lane's thread alone
        std::vector<int> seen;
        Gate gate(runner, gateKeeper, Lane::Compute);
        const std::vector<std::pair<Priority, int>> jobs = {
            {Priority::Background, 5}, {Priority::Page, 3},        {Priority::Interactive, 1},
            {Priority::Background, 6}, {Priority::Interactive, 2}, {Priority::Page, 4}};
        for (const auto& [priority, number] : jobs) {
            owners.push_back(std::make_unique<QObject>());
            runner.run(
                owners.back().get(), Lane::Compute, priority,
                [&ran, value = number](const JobContext&) -> Result<int> {
                    ran.push_back(value);
                    return value;
                },
                into(seen));
        }
        gate.open();
        QTRY_COMPARE(seen.size(), jobs.size());
        QCOMPARE(ran, (std::vector<int>{1, 2, 3, 4, 5, 6}));
        QCOMPARE(seen, ran);
    }

    void lanesDoNotWaitForEachOther() {
        for (const auto& [slow, quick] : {std::pair(Lane::InputOutput, Lane::Compute),
                                          std::pair(Lane::Compute, Lane::InputOutput)}) {
            JobRunner runner;
            QObject gateKeeper;
            QObject owner;
            std::vector<int> seen;
            Gate gate(runner, gateKeeper, slow);
            runner.run(&owner, quick, Priority::Background, giving(1), into(seen));
            QTRY_COMPARE(seen, std::vector<int>{1});
            QVERIFY(runner.isBusy(&gateKeeper));
            gate.open();
        }
    }

    void destructorStopsAndWaits() {
        QObject owner;
        QObject other;
        std::atomic<bool> hasEnded = false;
        std::atomic<bool> hasRun = false;
        std::vector<int> seen;
        const auto held = std::make_shared<int>(0);
        {
            JobRunner runner;
            std::binary_semaphore begun{0};
            runner.run(
                &owner, Lane::Compute, Priority::Page,
                [&, held](const JobContext& job) -> Result<int> {
                    begun.release();
                    waitUntilStopped(job);
                    job.report({1, 1});
                    hasEnded = true;
                    return 1;
                },
                [&, held](const Result<int>&) { seen.push_back(1); },
                [&, held](Progress) { seen.push_back(-1); });
            begun.acquire();
            runner.run(
                &other, Lane::Compute, Priority::Interactive,
                [&, held](const JobContext&) -> Result<int> {
                    hasRun = true;
                    return 2;
                },
                into(seen));
        }
        QVERIFY(hasEnded);
        QVERIFY(!hasRun);
        QCoreApplication::processEvents();
        QVERIFY(seen.empty());
        QCOMPARE(held.use_count(), 1L); // nothing lingers
    }

    void comesAndGoes() {
        std::vector<int> seen;
        for (int round = 0; round < 200; ++round) {
            QObject owner;
            JobRunner runner;
            if (round % 2 == 0) {
                runner.run(&owner, Lane::Compute, Priority::Page, giving(round), into(seen));
            }
            if (round % 3 == 0) {
                QCoreApplication::processEvents();
            }
        }
        QVERIFY(seen.size() <= 100);
    }

    // What done holds belongs to the window: it must not die on a worker's thread.
    void destroysDoneOnTheRunnersThread() {
        struct Witness {
            explicit Witness(std::vector<std::thread::id>& ends)
                : m_ends(ends) {}
            ~Witness() { m_ends.push_back(std::this_thread::get_id()); }
            Q_DISABLE_COPY_MOVE(Witness)
            std::vector<std::thread::id>& m_ends;
        };
        std::vector<std::thread::id> ends;
        QObject owner;
        {
            JobRunner runner;
            for (int i = 0; i < 50; ++i) {
                runner.run(&owner, i % 2 == 0 ? Lane::Compute : Lane::InputOutput, Priority::Page,
                           giving(i),
                           [witness = std::make_shared<Witness>(ends)](const Result<int>&) {});
                if (i % 5 == 0) {
                    QCoreApplication::processEvents();
                }
            }
        }
        QCOMPARE(std::count(ends.begin(), ends.end(), std::this_thread::get_id()),
                 std::ptrdiff_t{50});
    }

    void failuresArrive_data() {
        QTest::addColumn<int>("how");
        QTest::newRow("an error") << 0;
        QTest::newRow("an exception") << 1;
        QTest::newRow("no memory") << 2;
        QTest::newRow("something else thrown") << 3;
    }
    void failuresArrive() {
        QFETCH(int, how);
        JobRunner runner;
        QObject owner;
        std::optional<Error> seen;
        runner.run(
            &owner, Lane::Compute, Priority::Page,
            [how](const JobContext&) -> Result<int> {
                switch (how) {
                case 1:
                    throw std::runtime_error("the cat is on the keys");
                case 2:
                    throw std::bad_alloc();
                case 3:
                    throw 3; // NOLINT: what a library might do
                default:
                    return fail(
                        Error{ErrorCode::Damaged, message("core", "cannot count"), {}, {}, {}, {}});
                }
            },
            [&](const Result<int>& value) { seen = value.error(); });
        QTRY_VERIFY(seen.has_value());
        QCOMPARE(static_cast<int>(seen->code), static_cast<int>(how == 0   ? ErrorCode::Damaged
                                                                : how == 2 ? ErrorCode::TooLarge
                                                                           : ErrorCode::Internal));
        QCOMPARE(seen->english().find("the cat is on the keys") != std::string::npos, how == 1);
        std::vector<int> after;
        runner.run(&owner, Lane::Compute, Priority::Page, giving(5), into(after));
        QTRY_COMPARE(after, std::vector<int>{5});
    }
};

QTEST_GUILESS_MAIN(TestJobRunner)
#include "test_job_runner.moc"
