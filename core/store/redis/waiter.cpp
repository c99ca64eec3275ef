// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/waiter.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace cohortist {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{50}; // how often a stop is looked for where nothing wakes us
constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{2000};

} // namespace

Waiter::Waiter(const JobContext& job)
    : m_job(job)
    , m_event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (m_event >= 0) {
        m_callback.emplace(job.stopToken(), [event = m_event] {
            const std::uint64_t one = 1;
            static_cast<void>(write(event, &one, sizeof one));
        });
    }
}

Waiter::~Waiter() {
    m_callback.reset(); // no stop can reach the descriptor any more
    if (m_event >= 0) {
        close(m_event);
    }
}

Waiter::Outcome Waiter::wait(int descriptor, short events, Deadline deadline) {
    std::array<pollfd, 2> watched{};
    watched[0] = {descriptor, events, 0}; // poll leaves out what is negative
    watched[1] = {m_event, POLLIN, 0};
    for (;;) {
        if (m_job.isCancelled()) {
            return Outcome::Stopped;
        }
        const auto left =
            std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left <= milliseconds(0)) {
            return Outcome::TimedOut;
        }
        const milliseconds span = std::min(left, m_event >= 0 ? milliseconds(60'000) : kLook);
        const int ready = poll(watched.data(), watched.size(), static_cast<int>(span.count()));
        if (ready < 0 && errno != EINTR) {
            return Outcome::Ready;
        }
        if (ready > 0 && !m_job.isCancelled() && watched[0].revents != 0) {
            return Outcome::Ready;
        }
    }
}

Result<void> Waiter::await(int descriptor, short events, Deadline deadline,
                           const std::function<Error()>& tooLate) {
    switch (wait(descriptor, events, deadline)) {
    case Outcome::Stopped:
        return failCancelled();
    case Outcome::TimedOut:
        return fail(tooLate());
    case Outcome::Ready:
        break;
    }
    return {};
}

Waiter::Outcome Waiter::sleep(milliseconds time) {
    return wait(-1, 0, std::chrono::steady_clock::now() + time);
}

Result<bool> Patience::wait(Waiter& waiter) {
    const auto now = std::chrono::steady_clock::now();
    if (m_pause == milliseconds(0) || now - m_lastWait > m_limit) {
        m_end = now + m_limit;
        m_pause = kFirstPause;
    }
    const auto left = std::chrono::floor<milliseconds>(m_end - now);
    if (left <= milliseconds(0)) {
        return false;
    }
    if (waiter.sleep(std::min(left, m_pause)) == Waiter::Outcome::Stopped) {
        return failCancelled();
    }
    m_lastWait = std::chrono::steady_clock::now();
    m_pause = std::min(m_pause * 2, kLongestPause);
    return true;
}

} // namespace cohortist
