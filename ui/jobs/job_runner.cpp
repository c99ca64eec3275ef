// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_runner.h"

#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include <QCoreApplication>
#include <QEvent>

namespace cohortist {

namespace {

constexpr std::size_t kLanes = 2;
constexpr std::size_t kPriorities = 3;
constexpr std::uint64_t kVisibleSteps = 200; // a finer step moves no pixel of a progress bar

QEvent::Type wakeUpType() {
    static const auto kType = static_cast<QEvent::Type>(QEvent::registerEventType());
    return kType;
}

bool isVisiblyDifferent(Progress before, Progress after) {
    if (before.total != after.total || (after.done == 0 && before.done > 0)) {
        return true; // of other work, which may be of as many steps
    }
    if (after.total == 0 || after.done <= before.done) {
        return false; // how far is not known; or a slower thread of the job reports late
    }
    const auto step = [](Progress p) {
        return static_cast<std::uint64_t>(static_cast<double>(p.done) /
                                          static_cast<double>(p.total) * kVisibleSteps);
    };
    return step(before) != step(after);
}

} // namespace

// What both sides touch, all under one mutex. The threads stand last: they end before the rest
// goes.
struct JobRunner::Shared {
    struct Job {
        const QObject* owner = nullptr; // a name to find it by, never looked into
        std::uint64_t generation = 0;
        std::stop_token stop;
        ErasedWork work;
    };
    struct Outcome {
        const QObject* owner = nullptr;
        std::uint64_t generation = 0;
        std::shared_ptr<void> value;
    };

    explicit Shared(QObject* receiver)
        : m_receiver(receiver) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            m_threads[lane] = std::jthread([this, lane] { serve(lane); });
        }
    }

    ~Shared() {
        {
            const std::lock_guard lock(m_mutex);
            m_isEnding = true;
            for (auto& lane : m_waiting) {
                for (auto& queue : lane) {
                    queue.clear();
                }
            }
        }
        m_wakeWorkers.notify_all();
        for (auto& thread : m_threads) {
            thread.join();
        }
    }

    void add(Lane lane, Priority priority, Job job) {
        {
            const std::lock_guard lock(m_mutex);
            m_waiting[static_cast<std::size_t>(lane)][static_cast<std::size_t>(priority)].push_back(
                std::move(job));
        }
        m_wakeWorkers.notify_all();
    }

    // The closures come back to the caller, to be destroyed outside the lock.
    std::vector<Job> takeWaiting(const QObject* owner) {
        std::vector<Job> taken;
        const std::lock_guard lock(m_mutex);
        for (auto& lane : m_waiting) {
            for (auto& queue : lane) {
                for (auto it = queue.begin(); it != queue.end();) {
                    if (it->owner == owner) {
                        taken.push_back(std::move(*it));
                        it = queue.erase(it);
                    } else {
                        ++it;
                    }
                }
            }
        }
        return taken;
    }

    std::pair<std::vector<Outcome>, std::map<std::uint64_t, Progress>> takeNews() {
        const std::lock_guard lock(m_mutex);
        m_isWakeUpPosted = false;
        return {std::exchange(m_outcomes, {}), std::exchange(m_progress, {})};
    }

private:
    void serve(std::size_t lane) {
        for (;;) {
            Job job;
            {
                std::unique_lock lock(m_mutex);
                m_wakeWorkers.wait(lock, [&] { return m_isEnding || nextQueue(lane) != nullptr; });
                if (m_isEnding) {
                    return;
                }
                auto& queue = *nextQueue(lane);
                job = std::move(queue.front());
                queue.pop_front();
            }
            const std::uint64_t generation = job.generation;
            auto last = std::make_shared<std::pair<std::mutex, Progress>>();
            const JobContext context(job.stop, [this, generation, last](Progress progress) {
                const std::lock_guard ownLock(last->first); // so that the newest is written last
                if (!isVisiblyDifferent(last->second, progress)) {
                    return;
                }
                last->second = progress;
                const std::lock_guard lock(m_mutex);
                m_progress[generation] = progress;
                wakeReceiver();
            });
            auto value = job.work(context);
            job.work = {}; // what it holds goes before the result is seen
            const std::lock_guard lock(m_mutex);
            m_outcomes.push_back({job.owner, generation, std::move(value)});
            wakeReceiver();
        }
    }

    std::deque<Job>* nextQueue(std::size_t lane) {
        for (auto& queue : m_waiting[lane]) {
            if (!queue.empty()) {
                return &queue;
            }
        }
        return nullptr;
    }

    void wakeReceiver() {
        if (!m_isWakeUpPosted && !m_isEnding) {
            m_isWakeUpPosted = true;
            QCoreApplication::postEvent(m_receiver, new QEvent(wakeUpType()));
        }
    }

    QObject* m_receiver;
    std::mutex m_mutex;
    std::condition_variable m_wakeWorkers;
    std::array<std::array<std::deque<Job>, kPriorities>, kLanes> m_waiting;
    std::vector<Outcome> m_outcomes;
    std::map<std::uint64_t, Progress> m_progress; // the newest of each generation
    bool m_isWakeUpPosted = false;
    bool m_isEnding = false;
    std::array<std::jthread, kLanes> m_threads;
};

JobRunner::JobRunner(QObject* parent)
    : QObject(parent)
    , m_shared(std::make_unique<Shared>(this)) {}

JobRunner::~JobRunner() {
    for (auto& [owner, active] : m_active) {
        active.stop.request_stop();
    }
    m_shared.reset();
}

void JobRunner::start(QObject* owner, Lane lane, Priority priority, ErasedWork work,
                      ErasedDone done, OnProgress progress) {
    stop(owner);
    Active active{owner, ++m_generation, {}, std::move(done), std::move(progress)};
    Shared::Job job{owner, active.generation, active.stop.get_token(), std::move(work)};
    m_active.insert_or_assign(owner, std::move(active));
    connect(owner, &QObject::destroyed, this, &JobRunner::stop, Qt::UniqueConnection);
    m_shared->add(lane, priority, std::move(job));
}

void JobRunner::stop(const QObject* owner) {
    const auto it = m_active.find(owner);
    if (it == m_active.end()) {
        return;
    }
    it->second.stop.request_stop();
    const Active ended = std::move(it->second); // its closures may own what calls back here
    m_active.erase(it);
    m_shared->takeWaiting(owner);
}

bool JobRunner::isBusy(const QObject* owner) const {
    return m_active.contains(owner);
}

Error JobRunner::errorOfException() {
    Error error{ErrorCode::Internal,
                message("core", "cannot finish this"),
                message("core", "an unexpected fault"),
                message("core", "Try again, and report it if it stays."),
                {},
                {}};
    try {
        throw;
    } catch (const std::bad_alloc&) {
        error.code = ErrorCode::TooLarge;
        error.why = message("core", "there is not enough memory");
        error.advice = message("core", "Ask for less, or close other programs.");
    } catch (const std::exception& exception) {
        error.why = message("core", "an unexpected fault (%1)", std::string(exception.what()));
    } catch (...) { // nothing more is known of it
    }
    return error;
}

bool JobRunner::event(QEvent* event) {
    if (event->type() == wakeUpType()) {
        deliver();
        return true;
    }
    return QObject::event(event);
}

void JobRunner::deliver() {
    auto [outcomes, progress] = m_shared->takeNews();
    const QPointer<JobRunner> self(this); // a callback may be the end of the runner
    for (const auto& [generation, value] : progress) {
        for (const auto& [owner, active] : m_active) {
            if (active.generation == generation && active.owner && active.progress) {
                const OnProgress report = active.progress; // it may start or stop jobs
                report(value);
                if (!self) {
                    return;
                }
                break;
            }
        }
    }
    for (auto& outcome : outcomes) {
        const auto it = m_active.find(outcome.owner);
        if (it == m_active.end() || it->second.generation != outcome.generation) {
            continue; // stopped, or a newer one was asked for
        }
        const Active ended = std::move(it->second);
        m_active.erase(it); // before done: it may ask for the next
        if (ended.owner) {
            ended.done(outcome.value);
        }
        if (!self) {
            return;
        }
    }
}

} // namespace cohortist
