// SPDX-License-Identifier: GPL-3.0-or-later
// Random event logs whose meaning is known without reading them: lines are made first, then written
// as CSV in a random style, and what a snapshot of them must hold is computed from the lines.
#pragma once

#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "core/import/event_log.h"
#include "tests/support/random_stores.h"

namespace cohortist::test {

struct LogLine {
    std::string user;
    std::string event;
    Instant time{};
    std::optional<LineFaultKind> fault{}; // written so that it has this one
};

enum class TimeStyle {
    Zulu,
    NoZone,
    Offset,
    Date,
    Seconds,
    Milliseconds,
    Microseconds,
    Apache,
    Us
};

struct LogStyle {
    char delimiter = ',';
    bool hasHeader = true;
    bool hasBom = false;
    bool isPacked = false;
    std::string lineEnd = "\n";
    std::string columns; // u, e, t and x for others, in order
    TimeStyle times = TimeStyle::Zulu;
    unsigned quoting = 4; // one of so many fields is quoted without need
};

struct RandomLog {
    LogStyle style;
    ImportOptions options; // with which it can be read
    std::vector<LogLine> lines;
};

[[nodiscard]] RandomLog randomLog(std::mt19937_64& random);
[[nodiscard]] std::string written(const RandomLog& log, std::span<const LogLine> lines,
                                  std::mt19937_64& random);
// Of lines without a fault, in their order.
[[nodiscard]] Contents contentsOf(std::span<const LogLine> lines, const ImportOptions& options);
[[nodiscard]] std::string packed(const std::string& bytes); // gzip, in two members

} // namespace cohortist::test
