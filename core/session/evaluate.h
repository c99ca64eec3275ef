// SPDX-License-Identifier: GPL-3.0-or-later
// Reads what a question needs from a store and walks over it, range by range where it would not fit
// into memory at once. Blocking; the pool's workers take part.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/analysis/results.h"
#include "core/base/worker_pool.h"
#include "core/engine/walk.h"
#include "core/store/bitmap_store.h"

namespace cohortist {

struct Evaluation {
    struct Failure {
        KeyState state = KeyState::Damaged;
        std::string why;
    };
    Answer answer;
    std::map<BitmapKey, Failure> unreadable;
    Cost cost;

    [[nodiscard]] KeyState stateOf(const BitmapKey& key, const EventCatalog& catalog) const;
};

// Bitmaps of one range are held at once up to about this many bytes.
inline constexpr std::uint64_t kDefaultMemoryBudget = std::uint64_t{2} << 30;

// Unreadable keys count as empty sets in the answer and are listed: the caller decides what of the
// answer still stands.
[[nodiscard]] Result<Evaluation> evaluate(const Question& question, BitmapStore& store,
                                          WorkerPool& pool, const JobContext& job,
                                          std::uint64_t memoryBudget = kDefaultMemoryBudget);

} // namespace cohortist
