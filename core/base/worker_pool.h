// SPDX-License-Identifier: GPL-3.0-or-later
// Threads that are started once and reused for every walk. forEach may be called from several
// threads at once; the calling thread works too, so a pool of one worker starts no thread.
// The destructor waits for running calls' threads to leave.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "core/base/block_pool.h"
#include "core/base/job_context.h"

namespace cohortist {

class WorkerPool {
public:
    // workers: threads that take part in a call, the caller included; 0 asks the machine.
    explicit WorkerPool(unsigned workers = 0);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] unsigned size() const;
    // What the calls work in; it stays for the next one.
    [[nodiscard]] BlockPool& blocks();

    // A call comes soon: wakes the threads, which then look out for it a little while. To be woken
    // takes them longer than many a walk.
    void expectCall();

    // Calls body(item, worker) once for each item in [0, items), worker in [0, size()); no two
    // calls share a worker number at the same time within one forEach. Takes no further item once
    // the job is cancelled, and then returns false. body must not throw.
    bool forEach(std::size_t items, const JobContext& job,
                 const std::function<void(std::size_t item, unsigned worker)>& body);

private:
    struct Shared;
    std::unique_ptr<Shared> m_shared;
};

} // namespace cohortist
