// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/evaluate.h"

#include <algorithm>

namespace cohortist {

namespace {

class Evaluator {
public:
    Evaluator(Walk& walk, BitmapStore& store, Evaluation& evaluation)
        : m_walk(walk)
        , m_store(store)
        , m_catalog(store.catalog())
        , m_evaluation(evaluation)
        , m_inputs(walk.keys().size())
        , m_isKept(walk.keys().size()) {}

    Result<void> run(ChunkRange range, WorkerPool& pool, const JobContext& job) {
        std::fill(m_inputs.begin(), m_inputs.end(), Bitmap());
        m_bytes = 0;
        const auto keys = m_walk.keys();
        auto read = m_store.read(
            keys, range,
            [&](std::size_t index, KeyRead outcome) { take(keys[index], index, outcome); }, job);
        if (!read) {
            return read;
        }
        return m_walk.run(m_inputs, range, pool, job);
    }

    [[nodiscard]] std::uint64_t bytesOfLastRange() const { return m_bytes; }
    [[nodiscard]] std::uint64_t keysKept() const {
        return static_cast<std::uint64_t>(std::count(m_isKept.begin(), m_isKept.end(), true));
    }

private:
    void take(const BitmapKey& key, std::size_t index, KeyRead& outcome) {
        // A key that was listed and is gone is not empty: nobody knows what it held.
        const bool isGone =
            outcome.state == KeyState::NoData && (key.isEveryone() || m_catalog->has(key));
        if (isUnreadable(outcome.state) || isGone) {
            m_evaluation.unreadable.insert_or_assign(
                key, Evaluation::Failure{outcome.state, std::move(outcome.why)});
            return;
        }
        m_bytes += outcome.bitmap.bytes();
        m_isKept[index] = outcome.isKept;
        m_inputs[index] = std::move(outcome.bitmap);
    }

    Walk& m_walk;
    BitmapStore& m_store;
    std::shared_ptr<const EventCatalog> m_catalog;
    Evaluation& m_evaluation;
    std::vector<Bitmap> m_inputs;
    std::vector<bool> m_isKept;
    std::uint64_t m_bytes = 0;
};

} // namespace

KeyState Evaluation::stateOf(const BitmapKey& key, const EventCatalog& catalog) const {
    if (const auto found = unreadable.find(key); found != unreadable.end()) {
        return found->second.state;
    }
    return key.isEveryone() || catalog.has(key) ? KeyState::Read : KeyState::NoData;
}

Result<Evaluation> evaluate(const Question& question, BitmapStore& store, WorkerPool& pool,
                            const JobContext& job, std::uint64_t memoryBudget) {
    const auto begin = std::chrono::steady_clock::now();
    pool.expectCall();
    Evaluation evaluation;
    Walk walk(question, job);
    Evaluator evaluator(walk, store, evaluation);
    if (store.estimatedBytes(walk.keys()) <= memoryBudget) {
        if (auto done = evaluator.run({}, pool, job); !done) {
            return fail(std::move(done.error()));
        }
    } else {
        // How full the id space is shows only while reading: the width follows what was met.
        std::uint32_t width = 16;
        for (std::uint32_t first = 0; first < kChunkCount;) {
            const std::uint32_t last = std::min(kChunkCount, first + width);
            if (auto done = evaluator.run({first, last}, pool, job); !done) {
                return fail(std::move(done.error()));
            }
            if (evaluator.bytesOfLastRange() < memoryBudget / 4) {
                width = std::min(kChunkCount, width * 2);
            } else if (evaluator.bytesOfLastRange() > memoryBudget / 2) {
                width = std::max(1U, width / 2);
            }
            first = last;
        }
    }
    evaluation.answer = walk.finish();
    evaluation.cost.keysRead = walk.keys().size();
    evaluation.cost.keysKept = evaluator.keysKept();
    evaluation.cost.time = std::chrono::steady_clock::now() - begin;
    return evaluation;
}

} // namespace cohortist
