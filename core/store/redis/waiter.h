// SPDX-License-Identifier: GPL-3.0-or-later
// Waits for a descriptor, a time, or the job's stop, whichever is first, and paces the tries of
// what may succeed later. A Waiter belongs to one job and one thread; the stop may come from any.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>

#include "core/base/error.h"
#include "core/base/job_context.h"

namespace cohortist {

using Deadline = std::chrono::steady_clock::time_point;

class Waiter {
public:
    enum class Outcome : std::uint8_t { Ready, TimedOut, Stopped };

    explicit Waiter(const JobContext& job);
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    [[nodiscard]] const JobContext& job() const { return m_job; }
    // events: of poll(). Ready also when the descriptor is broken: using it will tell.
    [[nodiscard]] Outcome wait(int descriptor, short events, Deadline deadline);
    // The same where running out of time is an error; the other one is Cancelled.
    [[nodiscard]] Result<void> await(int descriptor, short events, Deadline deadline,
                                     const std::function<Error()>& tooLate);
    [[nodiscard]] Outcome sleep(std::chrono::milliseconds time);

private:
    const JobContext& m_job;
    int m_event = -1; // an eventfd; -1 where there is none left, and then stops are looked for
    std::optional<std::stop_callback<std::function<void()>>> m_callback;
};

// Longer and longer pauses, up to a limit in all. Begins anew where all went well for as long.
class Patience {
public:
    explicit Patience(std::chrono::milliseconds limit)
        : m_limit(limit) {}

    // False when the limit is reached. Error code Cancelled.
    [[nodiscard]] Result<bool> wait(Waiter& waiter);

private:
    std::chrono::milliseconds m_limit;
    std::chrono::milliseconds m_pause{};
    Deadline m_end;
    Deadline m_lastWait; // its end
};

} // namespace cohortist
