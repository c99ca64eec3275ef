// SPDX-License-Identifier: GPL-3.0-or-later
// An event log (CSV: who did what and when, a line an event) becomes a snapshot, marked as
// bitmapist's mark_event does. The log is read once, from front to back, plain or gzip, from a file
// or from standard input; memory is bounded by the bitmaps and the text ids, not by the log. On any
// failure or cancel the output is as it was before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/calendar/period.h"
#include "core/import/line_faults.h"

namespace cohortist {

// What stays empty is detected.
struct ImportOptions {
    std::optional<char> delimiter; // any byte but quote, CR and LF
    std::optional<bool> hasHeader;
    // A column's name, or its number from 1 on; without it the usual names are looked for.
    std::string userColumn;
    std::string eventColumn;
    std::string timeColumn;
    std::optional<std::string> eventName; // of the whole log, instead of a column
    std::string timeFormat;               // TimeFormat; without it ISO 8601 or Unix time
    std::string timeZone;                 // IANA name, for times without a zone; without it UTC
    // Any text is an id: texts get 0, 1, 2 … in order of first appearance. Without it, ids are
    // integers of 0 to 2^32 - 1.
    bool hasTextIds = false;
    bool isHourly = false;    // hours too
    bool isUnique = false;    // the event's unique set too
    bool isAppending = false; // to the snapshot that the output is; else the output is replaced
    bool isSkipping = false;  // lines at fault are left out and counted; else the first ends it
};

struct ImportSummary {
    std::uint64_t lines = 0; // without the header and empty ones; imported and skipped
    std::uint64_t skippedLines = 0;
    std::uint64_t events = 0; // names in the log
    std::uint64_t users = 0;  // in the log
    Period firstDay;
    Period lastDay;
    std::vector<SkippedLines> skipped; // in the order of LineFaultKind
};

// path: "-" is standard input. Error codes NotFound, AccessDenied, WrongFormat (names line and
// column), Damaged (gzip), Usage (options), CannotWrite, TooLarge (memory), Cancelled. Progress is
// in bytes of the file.
[[nodiscard]] Result<ImportSummary> importEventLog(const std::string& path,
                                                   const ImportOptions& options,
                                                   const std::string& output,
                                                   const JobContext& job);

} // namespace cohortist
