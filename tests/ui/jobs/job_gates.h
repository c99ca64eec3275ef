// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of the job runner make their jobs of: waits without clocks, and work that only gives
// a number. Gates and waits are of the runner's thread; waitUntilStopped is the work's.
#pragma once

#include <memory>
#include <semaphore>
#include <stop_token>
#include <vector>

#include <QCoreApplication>
#include <QObject>

#include "core/base/error.h"
#include "ui/jobs/job_runner.h"

namespace cohortist::test {

inline void waitUntilStopped(const JobContext& job) {
    std::binary_semaphore stopped{0};
    const std::stop_callback wake(job.stopToken(), [&] { stopped.release(); });
    stopped.acquire();
}

inline auto giving(int value) {
    return [value](const JobContext&) -> Result<int> { return value; };
}

inline auto into(std::vector<int>& seen) {
    return [&seen](const Result<int>& value) { seen.push_back(*value); };
}

// Returns once everything that the lane was given has run, without a turn of the event loop. The
// last job's own result may still be on its way.
inline void waitForLane(JobRunner& runner, JobRunner::Lane lane) {
    std::binary_semaphore done{0};
    QObject last;
    runner.run(
        &last, lane, JobRunner::Priority::Background,
        [&done](const JobContext&) -> Result<int> {
            done.release();
            return 0;
        },
        [](const Result<int>&) {});
    done.acquire();
}

// Both lanes are idle and everything that they sent has arrived.
inline void settle(JobRunner& runner) {
    waitForLane(runner, JobRunner::Lane::InputOutput);
    waitForLane(runner, JobRunner::Lane::Compute);
    QCoreApplication::processEvents();
}

// Holds a lane until it is opened.
class Gate {
public:
    Gate(JobRunner& runner, QObject& owner, JobRunner::Lane lane) {
        std::binary_semaphore begun{0};
        runner.run(
            &owner, lane, JobRunner::Priority::Interactive,
            [&begun, barrier = m_barrier](const JobContext&) -> Result<int> {
                begun.release();
                barrier->acquire();
                return 0;
            },
            [](const Result<int>&) {});
        begun.acquire();
    }
    ~Gate() { open(); }
    Q_DISABLE_COPY_MOVE(Gate)

    void open() { m_barrier->release(); }

private:
    std::shared_ptr<std::counting_semaphore<>> m_barrier =
        std::make_shared<std::counting_semaphore<>>(0);
};

} // namespace cohortist::test
