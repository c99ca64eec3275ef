// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/walk.h"

#include <algorithm>
#include <mutex>

#include "core/engine/chunk_walker.h"
#include "core/engine/occupancy.h"
#include "core/engine/program.h"

namespace cohortist {

namespace {

constexpr std::size_t kBatchesPerWorker = 8; // so that a slow batch holds nobody up for long

} // namespace

struct Walk::State {
    State(const Question& asked, const JobContext& job)
        : question(asked)
        , program(compile(asked, job))
        , isSpent(job.isCancelled()) {
        answer.counts.resize(question.counts.size());
        answer.intersections.resize(question.intersections.size());
        for (const auto& sets : question.histograms) {
            answer.histograms.emplace_back(sets.size() + 1);
        }
        pieces.resize(question.sets.size());
    }

    const Question& question;
    Program program;
    bool isSpent;                                      // the program is not whole
    Answer answer;                                     // but for the sets
    std::vector<std::vector<Bitmap>> pieces;           // of each set, ascending
    std::vector<std::unique_ptr<ChunkWalker>> walkers; // one a worker, made when it first works
};

Walk::Walk(const Question& question, const JobContext& job)
    : m_state(std::make_unique<State>(question, job)) {}
Walk::~Walk() = default;
Walk::Walk(Walk&&) noexcept = default;
Walk& Walk::operator=(Walk&&) noexcept = default;

std::span<const BitmapKey> Walk::keys() const {
    return m_state->program.keys;
}

Result<void> Walk::run(std::span<const Bitmap> inputs, ChunkRange range, WorkerPool& pool,
                       const JobContext& job) {
    State& state = *m_state;
    if (state.isSpent) {
        return failCancelled();
    }
    const auto chunks = chunksToWalk(state.program, inputs, range, job);
    const std::size_t size =
        std::max<std::size_t>(1, chunks.size() / (pool.size() * kBatchesPerWorker));
    const std::size_t batches = (chunks.size() + size - 1) / size;
    const std::size_t sets = state.question.sets.size();
    std::vector<Bitmap> results(batches * sets);
    state.walkers.resize(std::max<std::size_t>(state.walkers.size(), pool.size()));

    for (const auto& walker : state.walkers) {
        if (walker) {
            walker->begin(inputs);
        }
    }

    std::mutex mutex; // guards done and the order of reports
    std::uint64_t done = 0;
    const auto walkBatch = [&](std::size_t batch, unsigned worker) {
        auto& walker = state.walkers[worker];
        if (!walker) {
            walker = std::make_unique<ChunkWalker>(state.question, state.program, pool.blocks());
            walker->begin(inputs);
        }
        std::vector<BitmapBuilder> builders(sets);
        const auto part =
            std::span(chunks).subspan(batch * size, std::min(size, chunks.size() - batch * size));
        if (!walker->walk(part, builders, job)) {
            return;
        }
        for (std::size_t i = 0; i < sets; ++i) {
            results[batch * sets + i] = builders[i].finish();
        }
        const std::lock_guard lock(mutex);
        done += part.size();
        job.report({done, chunks.size()});
    };
    pool.forEach(batches, job, walkBatch);
    if (job.isCancelled()) {
        return failCancelled();
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
        state.pieces[i % sets].push_back(std::move(results[i]));
    }
    return {};
}

Answer Walk::finish() {
    State& state = *m_state;
    for (const auto& walker : state.walkers) {
        if (walker) {
            walker->addTo(state.answer);
        }
    }
    state.walkers.clear();
    for (const auto& pieces : state.pieces) {
        state.answer.sets.push_back(Bitmap::join(pieces).value_or(Bitmap()));
    }
    return std::move(state.answer);
}

} // namespace cohortist
