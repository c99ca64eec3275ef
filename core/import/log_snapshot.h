// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the sets of a log as a snapshot: weeks and months are the unions of their days, a key that
// the older snapshot has as well becomes the union of both. Reads the older one event by event, so
// memory is bounded by the log's sets and one event's.
#pragma once

#include <string>

#include "core/base/job_context.h"
#include "core/base/worker_pool.h"
#include "core/import/event_log.h"
#include "core/import/log_sets.h"
#include "core/import/user_texts.h"
#include "core/store/bitmap_store.h"

namespace cohortist {

struct LogToWrite {
    LogSets* sets = nullptr;           // compacted; emptied
    const UserTexts* texts = nullptr;  // null: ids are integers
    BitmapStore* appendedTo = nullptr; // null: a new snapshot
    const Bitmap* everyone = nullptr;  // of appendedTo
    std::string origin;                // of the log
    bool isHourly = false;             // the periods of the sets are hours, else days
    bool isUnique = false;
};

// What of the summary is known from the sets: events, users, first and last day.
[[nodiscard]] Result<ImportSummary> writeLogSnapshot(const LogToWrite& log, const std::string& path,
                                                     WorkerPool& pool, const JobContext& job);

} // namespace cohortist
