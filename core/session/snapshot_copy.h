// SPDX-License-Identifier: GPL-3.0-or-later
// Copies a source's data, or a part of it, into a new snapshot file. Blocking; reads in batches, so
// memory is bounded by a batch and by the set of everyone. On any failure or cancel the target is
// as it was before.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/store/bitmap_store.h"

namespace cohortist {

struct CopySelection {
    // Shell patterns (* ? [a-z], \ before a literal one) over whole names, and whole names as they
    // are; none of either: all events.
    std::vector<std::string> events;
    std::set<std::string> names;
    std::set<Kind> kinds; // none: all
    // Closed; a period is copied when it overlaps them. Flags are copied always.
    std::optional<Period> from; // a day
    std::optional<Period> to;   // a day
};

struct CopySummary {
    std::uint64_t events = 0;
    std::uint64_t keys = 0;
};

// Keys that the source cannot read make the copy fail, naming the key: a snapshot that silently
// lacks data would be trusted.
// afterBatch: called from time to time, between readings.
[[nodiscard]] Result<CopySummary> copyToSnapshot(BitmapStore& source,
                                                 const CopySelection& selection,
                                                 const std::string& path, const JobContext& job,
                                                 const std::function<void()>& afterBatch = {});

// What a copy would hold. bytes: about, of a sample; 0 where the source does not tell.
struct CopyEstimate {
    std::uint64_t events = 0;
    std::uint64_t keys = 0;
    std::uint64_t bytes = 0;
};
[[nodiscard]] Result<CopyEstimate> estimateCopy(BitmapStore& source, const CopySelection& selection,
                                                const JobContext& job);

} // namespace cohortist
