// SPDX-License-Identifier: GPL-3.0-or-later
// The engine: many questions answered in one walk over the chunks of the bitmaps they need. A Walk
// compiles a Question into a small program of shared steps, runs the whole program on one chunk of
// 65,536 ids while it lies in the first-level caches, and moves on; the sinks (counts, sets, a
// table of intersections, histograms) add up what each chunk gives. Chunks are independent, so
// threads, progress and cancelling come from the walk. A Walk is used by one thread at a time; its
// run() uses the pool's workers itself.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/base/worker_pool.h"
#include "core/query/set_plan.h"

namespace cohortist {

struct Question {
    struct Intersection {
        NodeId a = 0;
        NodeId b = 0;
    };
    SetPlan plan;
    std::vector<NodeId> counts;              // |node|
    std::vector<NodeId> sets;                // node itself
    std::vector<Intersection> intersections; // |a ∩ b|
    // In how many of these sets is a user? Bin n of the answer: users in exactly n, n >= 1.
    std::vector<std::vector<NodeId>> histograms;
};

struct Answer { // in step with the Question
    std::vector<std::uint64_t> counts;
    std::vector<Bitmap> sets;
    std::vector<std::uint64_t> intersections;
    std::vector<std::vector<std::uint64_t>> histograms; // [i][0] is always 0
    std::uint64_t chunksWalked = 0;
};

class Walk {
public:
    // The question must outlive the walk, which is spent where the job was cancelled meanwhile.
    explicit Walk(const Question& question, const JobContext& job = {});
    ~Walk();
    Walk(Walk&&) noexcept;
    Walk& operator=(Walk&&) noexcept;

    // The stored bitmaps that the question really needs, each once.
    [[nodiscard]] std::span<const BitmapKey> keys() const;
    // Walks the range; inputs in step with keys(), each at least its part of the range (a key
    // without data is the empty set). May be called for several disjoint ranges, ascending, so a
    // question can be larger than memory. Only error: Cancelled, after which the walk is spent.
    [[nodiscard]] Result<void> run(std::span<const Bitmap> inputs, ChunkRange range,
                                   WorkerPool& pool, const JobContext& job);
    [[nodiscard]] Answer finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace cohortist
