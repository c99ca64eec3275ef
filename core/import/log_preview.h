// SPDX-License-Identifier: GPL-3.0-or-later
// A look at the first lines of an event log: how it would be read with the options given, and what
// would go wrong. Reads a megabyte at most.
#pragma once

#include <string>
#include <vector>

#include "core/import/event_log.h"
#include "core/import/log_columns.h"

namespace cohortist {

struct PreviewRow {
    std::vector<std::string> cells;
    std::optional<std::uint32_t> id{}; // as an integer, where it is one
    std::optional<Instant> time{};     // in UTC
};

struct LogPreview {
    char delimiter = ',';
    bool hasHeader = false;
    std::vector<std::string> header; // empty where there is none
    std::vector<PreviewRow> rows;    // up to kPreviewRows lines of data
    LogColumns columns;
    bool hasIntegerIds = false;       // every id that is not empty is a plain integer
    std::optional<TimeForm> timeForm; // of the first row whose time can be read
    // Why an import with these options would stop here; lines further down may have faults, too.
    std::optional<Error> problem;
};
inline constexpr std::size_t kPreviewRows = 20;

// path: a file, not standard input. Error codes as importEventLog's for what cannot be looked at.
[[nodiscard]] Result<LogPreview> previewEventLog(const std::string& path,
                                                 const ImportOptions& options);

} // namespace cohortist
