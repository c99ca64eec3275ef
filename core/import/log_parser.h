// SPDX-License-Identifier: GPL-3.0-or-later
// Reads blocks of a log into sets. Each worker has a parser of its own; text ids that are not known
// yet are left to be numbered afterwards, in the order of the log. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/import/event_log.h"
#include "core/import/log_blocks.h"
#include "core/import/log_columns.h"
#include "core/import/log_sets.h"
#include "core/import/time_parser.h"
#include "core/import/user_texts.h"

namespace cohortist {

// All that is the same for every block.
struct LogPlan {
    char delimiter = ',';
    std::uint32_t columnCount = 0;
    LogColumns columns;
    std::optional<std::string> eventName;
    const UserTexts* userTexts = nullptr; // null: ids are integers
    bool isHourly = false;
    bool isSkipping = false;
};

// A line with a text id; the views look into the block.
struct TextLine {
    TextTable::Sought user;
    std::string_view event;
    std::int32_t period = 0;
};

struct BlockOutcome {
    std::uint64_t lines = 0;        // of the file
    std::uint64_t records = 0;      // that were imported, those of newTexts too
    FaultTally faults;              // without isSkipping, nothing after the first was read
    std::vector<TextLine> newTexts; // lines whose text is not known yet
};

class LogParser {
public:
    LogParser(const LogPlan& plan, TimeParser times)
        : m_plan(&plan)
        , m_times(std::move(times)) {}

    // skipsHeader: the block begins with the header.
    void parse(LogBlock& block, bool skipsHeader, BlockOutcome& outcome);
    [[nodiscard]] LogSets& sets() { return m_sets; }

private:
    void parseRecord(const CsvRecord& record, BlockOutcome& outcome);
    void takeWaiting(BlockOutcome& outcome);
    void addFault(const CsvRecord& record, LineFaultKind kind, std::uint32_t column,
                  BlockOutcome& outcome);

    const LogPlan* m_plan;
    TimeParser m_times;
    LogSets m_sets;
    bool m_hasNul = false;           // somewhere in the block
    std::vector<TextLine> m_waiting; // to be looked up together
    std::vector<TextTable::Sought> m_sought;
};

// An integer of digits alone, without leading zeros; blanks around it are passed over.
struct IntegerId {
    std::uint32_t id = 0;
    std::optional<LineFaultKind> fault;
};
[[nodiscard]] IntegerId parseIntegerId(std::string_view text);

} // namespace cohortist
