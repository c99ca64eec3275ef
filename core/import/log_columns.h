// SPDX-License-Identifier: GPL-3.0-or-later
// How a log is laid out, found from its first lines and from what the user said: the delimiter,
// whether there is a header, and which column is which. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/import/event_log.h"
#include "core/import/time_parser.h"

namespace cohortist {

// The first records of a log, with their delimiter.
struct LogHead {
    char delimiter = ',';
    std::vector<std::vector<std::string>> rows; // never empty, nor is a row
    bool hasHeader = false;
};

// bytes: from the log's beginning; isWhole: all of it. Error codes WrongFormat, Usage.
[[nodiscard]] Result<LogHead> readHead(std::string_view bytes, bool isWhole,
                                       const ImportOptions& options, const std::string& name,
                                       TimeParser& times, std::size_t mostRows);

// Places in a row, from 0 on; nothing where no column was found (or none is needed).
struct LogColumns {
    std::optional<std::uint32_t> user;
    std::optional<std::uint32_t> event;
    std::optional<std::uint32_t> time;
};
// What can be found; a column that was asked for and is not there is simply not found.
[[nodiscard]] LogColumns findColumns(const LogHead& head, const ImportOptions& options);
// Says which column is missing, or is asked for twice.
[[nodiscard]] Result<void> checkColumns(const LogColumns& columns, const LogHead& head,
                                        const ImportOptions& options, const std::string& name);

// Of a log whose only line is a header.
[[nodiscard]] Error noEventError(const std::string& name);

} // namespace cohortist
