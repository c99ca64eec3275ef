// SPDX-License-Identifier: GPL-3.0-or-later
// A planned table between make() and finish(). Private to this room.
#pragma once

#include "core/analysis/retention.h"

namespace cohortist {

struct PlannedCell {
    bool isFuture = false;
    bool isMissing = false; // its own periods; a missing cohort is the row's
    bool isRunning = false;
    NodeId node = 0;            // whose intersection with the cohort is counted
    std::uint32_t position = 0; // in Question::intersections
    std::vector<Message> notes;
};

struct PlannedRow {
    Period period;
    bool isFuture = false;
    bool isMissing = false;
    NodeId node = 0;
    std::uint32_t position = 0; // in Question::counts
    std::vector<Message> notes;
    std::vector<PlannedCell> cells;
};

struct RetentionPlan::Data {
    RetentionQuestion asked;
    Instant asOf{};
    Question question;
    std::vector<PlannedRow> rows;
    std::optional<Period> knownSince;
    std::uint64_t keysAsked = 0;
};

} // namespace cohortist
