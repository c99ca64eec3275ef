// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/worker_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace cohortist {

namespace {

// So long is waited awake for what is about to come. Sleeping and being woken takes tens of
// microseconds, as much as a small walk.
constexpr std::chrono::microseconds kAwake{100};

template <typename Condition>
void waitAwake(Condition isMet) {
    const auto end = std::chrono::steady_clock::now() + kAwake;
    while (!isMet() && std::chrono::steady_clock::now() < end) {
        std::this_thread::yield();
    }
}

struct Call {
    std::size_t items = 0;
    const JobContext* job = nullptr;
    const std::function<void(std::size_t, unsigned)>* body = nullptr;
    std::atomic<std::size_t> next = 0;
    std::atomic<unsigned> busy = 0; // pool threads inside; changed under the pool's mutex alone

    void work(unsigned worker) {
        while (!job->isCancelled()) {
            const std::size_t item = next.fetch_add(1, std::memory_order_relaxed);
            if (item >= items) {
                return;
            }
            (*body)(item, worker);
        }
    }
};

} // namespace

struct WorkerPool::Shared {
    BlockPool blocks;
    std::mutex mutex;
    std::condition_variable_any wake;
    std::condition_variable left;
    std::list<Call*> calls;
    std::atomic<bool> hasCalls = false; // for those who look without the mutex
    unsigned expected = 0;              // calls of expectCall
    std::vector<std::jthread> threads;  // last: they stop before the rest goes

    void serve(const std::stop_token& stop, unsigned worker) {
        std::unique_lock lock(mutex);
        unsigned seen = expected;
        const auto isWoken = [&] { return !calls.empty() || expected != seen; };
        while (wake.wait(lock, stop, isWoken)) {
            seen = expected;
            if (calls.empty()) {
                lock.unlock();
                waitAwake([&] { return hasCalls || stop.stop_requested(); });
                lock.lock();
                if (calls.empty()) {
                    continue;
                }
            }
            // The call goes to the end of the line, so that several share the threads.
            Call* call = calls.front();
            calls.splice(calls.end(), calls, calls.begin());
            ++call->busy;
            lock.unlock();
            call->work(worker);
            lock.lock();
            remove(call);
            --call->busy; // the last look at it: its owner may go on at once
            left.notify_all();
        }
    }

    void remove(Call* call) {
        calls.remove(call);
        hasCalls = !calls.empty();
    }
};

WorkerPool::WorkerPool(unsigned workers)
    : m_shared(std::make_unique<Shared>()) {
    const unsigned count =
        workers != 0 ? workers : std::max(1U, std::thread::hardware_concurrency());
    for (unsigned worker = 1; worker < count; ++worker) {
        m_shared->threads.emplace_back(
            [shared = m_shared.get(), worker](const std::stop_token& stop) {
                shared->serve(stop, worker);
            });
    }
}

WorkerPool::~WorkerPool() = default;

unsigned WorkerPool::size() const {
    return static_cast<unsigned>(m_shared->threads.size()) + 1;
}

BlockPool& WorkerPool::blocks() {
    return m_shared->blocks;
}

void WorkerPool::expectCall() {
    if (size() > 1) {
        const std::lock_guard lock(m_shared->mutex);
        ++m_shared->expected;
        m_shared->wake.notify_all();
    }
}

bool WorkerPool::forEach(std::size_t items, const JobContext& job,
                         const std::function<void(std::size_t, unsigned)>& body) {
    Call call;
    call.items = items;
    call.job = &job;
    call.body = &body;
    if (items > 1 && size() > 1) {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->calls.push_back(&call);
        m_shared->hasCalls = true;
        m_shared->wake.notify_all();
    }
    call.work(0);
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->remove(&call);
    }
    waitAwake([&] { return call.busy == 0; });
    std::unique_lock lock(m_shared->mutex);
    m_shared->left.wait(lock, [&] { return call.busy == 0; });
    return !job.isCancelled() || call.next.load() >= items;
}

} // namespace cohortist
