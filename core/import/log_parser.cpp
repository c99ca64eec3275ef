// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/log_parser.h"

#include <algorithm>
#include <cstring>

namespace cohortist {

namespace {

constexpr std::size_t kMaxTextBytes = 65536; // of a text id in a snapshot, and of an event's name
constexpr std::size_t kMostIdDigits = 10;
constexpr std::size_t kTogether = 32; // text ids looked up at once: as many misses overlap

bool isDigits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::int32_t periodOf(std::int64_t seconds, bool isHourly) {
    const std::int64_t length = isHourly ? 3600 : 86400;
    const std::int64_t whole = seconds / length;
    return static_cast<std::int32_t>(seconds % length < 0 ? whole - 1 : whole);
}

} // namespace

IntegerId parseIntegerId(std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
    text = text.substr(first, text.find_last_not_of(" \t") + 1 - first);
    if (text.empty()) {
        return {0, LineFaultKind::EmptyId};
    }
    if (!isDigits(text) || (text.front() == '0' && text.size() > 1)) {
        return {0, LineFaultKind::NotInteger};
    }
    std::uint64_t id = 0;
    for (const char c : text.substr(0, kMostIdDigits)) {
        id = id * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (text.size() > kMostIdDigits || id > UINT32_MAX) {
        return {0, LineFaultKind::IdTooLarge};
    }
    return {static_cast<std::uint32_t>(id), {}};
}

void LogParser::addFault(const CsvRecord& record, LineFaultKind kind, std::uint32_t column,
                         BlockOutcome& outcome) {
    const std::string_view text =
        column < record.fields.size() ? record.fields[column] : std::string_view();
    outcome.faults.add(LineFault{kind, record.line, column + 1, std::string(text.substr(0, 100))},
                       record.lines);
}

void LogParser::parse(LogBlock& block, bool skipsHeader, BlockOutcome& outcome) {
    outcome = {};
    if (block.isTooLong) {
        const std::string_view beginning(block.bytes.data(), 100);
        outcome.lines = 1;
        outcome.faults.add({LineFaultKind::LineTooLong, 1, 1, std::string(beginning)}, 1);
        return;
    }
    m_hasNul = std::memchr(block.bytes.data(), '\0', block.size) != nullptr;
    CsvReader reader(block.span(), m_plan->delimiter);
    CsvRecord record;
    if (skipsHeader) {
        reader.next(record);
    }
    while (reader.next(record)) {
        parseRecord(record, outcome);
        if (!m_plan->isSkipping && !outcome.faults.isEmpty()) {
            break;
        }
    }
    takeWaiting(outcome);
    outcome.lines = reader.linesRead();
}

void LogParser::takeWaiting(BlockOutcome& outcome) {
    if (m_waiting.empty()) {
        return;
    }
    m_sought.clear();
    for (const TextLine& line : m_waiting) {
        m_sought.push_back(line.user);
    }
    m_plan->userTexts->prefetch(m_sought);
    for (const TextLine& line : m_waiting) {
        if (const auto id = m_plan->userTexts->find(line.user.text, line.user.hash)) {
            m_sets.add(m_sets.eventNumber(line.event), line.period, *id);
        } else {
            outcome.newTexts.push_back(line);
        }
    }
    m_waiting.clear();
}

void LogParser::parseRecord(const CsvRecord& record, BlockOutcome& outcome) {
    if (record.fault) {
        outcome.faults.add(*record.fault, record.lines);
        return;
    }
    const auto count = static_cast<std::uint32_t>(record.fields.size());
    if (count != m_plan->columnCount) {
        addFault(record, LineFaultKind::ColumnCount, std::min(count, m_plan->columnCount), outcome);
        return;
    }
    if (m_hasNul) {
        for (std::uint32_t i = 0; i < count; ++i) {
            if (record.fields[i].find('\0') != std::string_view::npos) {
                addFault(record, LineFaultKind::NulByte, i, outcome);
                return;
            }
        }
    }
    const std::uint32_t userColumn = *m_plan->columns.user;
    const std::string_view user = record.fields[userColumn];
    IntegerId integer;
    if (m_plan->userTexts == nullptr) {
        integer = parseIntegerId(user);
    } else if (user.empty()) {
        integer.fault = LineFaultKind::EmptyId;
    } else if (user.size() > kMaxTextBytes) {
        integer.fault = LineFaultKind::TextIdTooLong;
    }
    if (integer.fault) {
        addFault(record, *integer.fault, userColumn, outcome);
        return;
    }
    std::string_view event;
    if (m_plan->eventName) {
        event = *m_plan->eventName;
    } else {
        const std::uint32_t eventColumn = *m_plan->columns.event;
        event = record.fields[eventColumn];
        if (event.empty() || event.size() > kMaxTextBytes) {
            addFault(record,
                     event.empty() ? LineFaultKind::EmptyEvent : LineFaultKind::EventTooLong,
                     eventColumn, outcome);
            return;
        }
    }
    const std::uint32_t timeColumn = *m_plan->columns.time;
    const auto time = m_times.parse(record.fields[timeColumn]);
    if (!time) {
        addFault(record, LineFaultKind::NoTime, timeColumn, outcome);
        return;
    }
    const std::int32_t period = periodOf(*time, m_plan->isHourly);
    ++outcome.records;
    if (m_plan->userTexts != nullptr) {
        m_waiting.push_back({{user, TextTable::hashOf(user)}, event, period});
        if (m_waiting.size() == kTogether) {
            takeWaiting(outcome);
        }
        return;
    }
    m_sets.add(m_sets.eventNumber(event), period, integer.id);
}

} // namespace cohortist
