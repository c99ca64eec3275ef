// SPDX-License-Identifier: GPL-3.0-or-later
// Progress that is worth showing, callbacks that turn on the runner itself, and thousands of jobs
// at once.
#include <QTest>

#include <atomic>
#include <map>
#include <random>
#include <semaphore>
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

class TestJobCallbacks : public QObject {
    Q_OBJECT
private slots:
    // The job waits after each batch until the window has heard it: no two can become one on the
    // way.
    void sendsVisibleProgressAlone() {
        constexpr std::uint64_t kTotal = 100'000; // so a two-hundredth is 500
        JobRunner runner;
        QObject owner;
        std::vector<std::uint64_t> reports;
        bool isDone = false;
        std::binary_semaphore reported{0};
        std::binary_semaphore heard{0};
        const std::vector<std::vector<std::uint64_t>> batches = {
            {500}, {501, 700, 999}, {1000}, {1000, 1001}, {kTotal}, {0}, {400, 500}};
        runner.run(
            &owner, Lane::Compute, Priority::Page,
            [&](const JobContext& job) -> Result<int> {
                for (const auto& batch : batches) {
                    for (const std::uint64_t done : batch) {
                        job.report({done, kTotal});
                    }
                    reported.release();
                    heard.acquire();
                }
                return 0;
            },
            [&](const Result<int>&) { isDone = true; },
            [&](Progress progress) { reports.push_back(progress.done); });
        for (std::size_t i = 0; i < batches.size(); ++i) {
            reported.acquire();
            QCoreApplication::processEvents();
            heard.release();
        }
        QTRY_VERIFY(isDone);
        // Other work of as many steps begins with none of them.
        QCOMPARE(reports, (std::vector<std::uint64_t>{500, 1000, kTotal, 0, 500}));
    }

    void manyReportsReachTheEnd() {
        constexpr std::uint64_t kTotal = 100'000;
        JobRunner runner;
        QObject owner;
        std::vector<std::uint64_t> reports;
        bool isDone = false;
        runner.run(
            &owner, Lane::Compute, Priority::Page,
            [](const JobContext& job) -> Result<int> {
                for (std::uint64_t done = 0; done <= kTotal; ++done) {
                    job.report({done, kTotal});
                }
                return 0;
            },
            [&](const Result<int>&) { isDone = true; },
            [&](Progress progress) {
                QVERIFY(!isDone); // never after the result
                reports.push_back(progress.done);
            });
        QTRY_VERIFY(isDone);
        QVERIFY(!reports.empty() && reports.size() <= 201);
        QVERIFY(std::is_sorted(reports.begin(), reports.end()));
        QCOMPARE(reports.back(), kTotal);
    }

    void staysQuietWhileNothingIsKnown() {
        JobRunner runner;
        QObject owner;
        int reports = 0;
        bool isDone = false;
        runner.run(
            &owner, Lane::Compute, Priority::Page,
            [](const JobContext& job) -> Result<int> {
                for (int i = 0; i < 1000; ++i) {
                    job.report({0, 0});
                }
                return 0;
            },
            [&](const Result<int>&) { isDone = true; }, [&](Progress) { ++reports; });
        QTRY_VERIFY(isDone);
        QCOMPARE(reports, 0);
    }

    // Several threads of a job may report at once, and not in order.
    void progressNeverGoesBack() {
        constexpr std::uint64_t kTotal = 4000;
        JobRunner runner;
        QObject owner;
        for (int round = 0; round < 20; ++round) {
            std::vector<std::uint64_t> reports;
            bool isDone = false;
            runner.run(
                &owner, Lane::Compute, Priority::Page,
                [](const JobContext& job) -> Result<int> {
                    std::atomic<std::uint64_t> done = 0;
                    std::vector<std::jthread> threads(4);
                    for (auto& thread : threads) {
                        thread = std::jthread([&] {
                            for (std::uint64_t mine = 0; (mine = ++done) <= kTotal;) {
                                job.report({mine, kTotal});
                            }
                        });
                    }
                    return 0;
                },
                [&](const Result<int>&) { isDone = true; },
                [&](Progress progress) { reports.push_back(progress.done); });
            QTRY_VERIFY(isDone);
            QVERIFY(std::is_sorted(reports.begin(), reports.end()));
            QCOMPARE(reports.back(), kTotal);
        }
    }

    void progressOfTheStoppedNeverArrives() {
        JobRunner runner;
        QObject owner;
        std::vector<std::uint64_t> reports;
        std::binary_semaphore reported{0};
        runner.run(
            &owner, Lane::Compute, Priority::Page,
            [&](const JobContext& job) -> Result<int> {
                job.report({1, 2});
                reported.release();
                waitUntilStopped(job);
                job.report({2, 2});
                return 0;
            },
            [](const Result<int>&) {},
            [&](Progress progress) { reports.push_back(progress.done); });
        reported.acquire();
        bool isDone = false;
        runner.run(
            &owner, Lane::Compute, Priority::Page,
            [](const JobContext& job) -> Result<int> {
                job.report({10, 10});
                return 0;
            },
            [&](const Result<int>&) { isDone = true; },
            [&](Progress progress) { reports.push_back(progress.done); });
        QTRY_VERIFY(isDone);
        settle(runner);
        QCOMPARE(reports, std::vector<std::uint64_t>{10});
    }

    void doneMayAskForTheNext() {
        JobRunner runner;
        QObject owner;
        std::vector<int> seen;
        std::function<void(int)> ask = [&](int number) {
            runner.run(&owner, number % 2 == 0 ? Lane::Compute : Lane::InputOutput, Priority::Page,
                       giving(number), [&, number](const Result<int>& value) {
                           seen.push_back(*value);
                           if (number < 60) {
                               ask(number + 1);
                           }
                       });
        };
        ask(1);
        QTRY_COMPARE(seen.size(), std::size_t{60});
        QVERIFY(std::is_sorted(seen.begin(), seen.end()));
    }

    // Three results in one batch: the first one's done ends the other two.
    void doneMayEndOthers() {
        JobRunner runner;
        auto first = std::make_unique<QObject>();
        auto second = std::make_unique<QObject>();
        auto third = std::make_unique<QObject>();
        std::vector<int> seen;
        runner.run(first.get(), Lane::Compute, Priority::Page, giving(1),
                   [&](const Result<int>& value) {
                       seen.push_back(*value);
                       runner.stop(second.get());
                       third.reset();
                       first.reset(); // and himself
                   });
        runner.run(second.get(), Lane::Compute, Priority::Page, giving(2), into(seen));
        runner.run(third.get(), Lane::Compute, Priority::Page, giving(3), into(seen));
        waitForLane(runner, Lane::Compute);
        settle(runner);
        QCOMPARE(seen, std::vector<int>{1});
    }

    void progressMayEndItsJob() {
        for (const bool byDestroying : {false, true}) {
            JobRunner runner;
            auto owner = std::make_unique<QObject>();
            std::vector<int> seen;
            runner.run(
                owner.get(), Lane::Compute, Priority::Page,
                [](const JobContext& job) -> Result<int> {
                    job.report({1, 2});
                    waitUntilStopped(job);
                    return 1;
                },
                into(seen),
                [&](Progress) {
                    if (byDestroying) {
                        owner.reset();
                    } else {
                        runner.stop(owner.get());
                    }
                    seen.push_back(0);
                });
            QTRY_VERIFY(!seen.empty());
            settle(runner);
            QCOMPARE(seen, std::vector<int>{0});
        }
    }

    // As when a result closes the window that the runner is part of.
    void callbacksMayDestroyTheRunner() {
        for (const bool byProgress : {false, true}) {
            auto runner = std::make_unique<JobRunner>();
            QObject first;
            QObject second;
            std::vector<int> seen;
            runner->run(
                &first, Lane::Compute, Priority::Page,
                [byProgress](const JobContext& job) -> Result<int> {
                    if (byProgress) {
                        job.report({1, 2});
                    }
                    return 1;
                },
                [&](const Result<int>& value) {
                    seen.push_back(*value);
                    runner.reset();
                },
                [&](Progress) {
                    seen.push_back(0);
                    runner.reset();
                });
            runner->run(
                &second, Lane::Compute, Priority::Page,
                [](const JobContext& job) -> Result<int> {
                    job.report({1, 2});
                    return 2;
                },
                into(seen));
            waitForLane(*runner, Lane::Compute);
            QTRY_VERIFY(runner == nullptr);
            QCOMPARE(seen, std::vector<int>{byProgress ? 0 : 1});
        }
    }

    // 6,000 random acts of 40 owners, against a plain account of who may hear what.
    void servesAnyNumber() {
        std::mt19937_64 random(7);
        const auto below = [&](std::uint64_t bound) { return random() % bound; };
        JobRunner runner;
        std::vector<std::unique_ptr<QObject>> owners(40);
        std::map<std::size_t, int> awaited; // by owner: the job whose result he may hear
        int heard = 0;
        int wrong = 0;
        for (int number = 0; number < 6000; ++number) {
            const auto who = static_cast<std::size_t>(below(owners.size()));
            if (!owners[who]) {
                owners[who] = std::make_unique<QObject>();
            }
            switch (below(20)) {
            case 0:
                owners[who].reset();
                awaited.erase(who);
                break;
            case 1:
                runner.stop(owners[who].get());
                awaited.erase(who);
                break;
            case 2:
                QCoreApplication::processEvents();
                break;
            default:
                awaited[who] = number;
                runner.run(
                    owners[who].get(), below(2) == 0 ? Lane::Compute : Lane::InputOutput,
                    static_cast<Priority>(below(3)),
                    [number](const JobContext& job) -> Result<int> {
                        for (std::uint64_t i = 0; i < 20 && !job.isCancelled(); ++i) {
                            job.report({i, 20});
                        }
                        return number;
                    },
                    [&, who](const Result<int>& value) {
                        const auto it = awaited.find(who);
                        if (it == awaited.end() || it->second != *value) {
                            ++wrong;
                            return;
                        }
                        ++heard;
                        awaited.erase(it);
                    },
                    [&, who, number](Progress) {
                        const auto it = awaited.find(who);
                        wrong += it == awaited.end() || it->second != number ? 1 : 0;
                    });
            }
            // Every last one is heard, so however the threads are served, each owner's is.
            constexpr int kRound = 100;
            if (number % kRound == kRound - 1) {
                QTRY_VERIFY_WITH_TIMEOUT(awaited.empty(), 60'000);
            }
        }
        settle(runner);
        QCOMPARE(wrong, 0);
        QVERIFY2(heard > 1000, std::to_string(heard).c_str());
    }
};

QTEST_GUILESS_MAIN(TestJobCallbacks)
#include "test_job_callbacks.moc"
