// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/log_columns.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "core/import/csv_reader.h"

namespace cohortist {

namespace {

constexpr std::array<char, 4> kDelimiters = {',', ';', '\t', '|'};
constexpr std::size_t kRowsToCompare = 50;

// The likeliest first; written as normalized() gives them. Those with "concept" are of process
// mining's logs (XES).
constexpr std::array<std::string_view, 23> kUserNames = {
    "userid",    "user",     "uid",       "distinctid", "customerid", "customer", "clientid",
    "accountid", "memberid", "visitorid", "personid",   "playerid",   "actorid",  "actor",
    "username",  "login",    "member",    "client",     "account",    "who",      "caseconceptname",
    "caseid",    "id"};
constexpr std::array<std::string_view, 13> kEventNames = {
    "event",   "eventname", "eventtype", "action",      "actionname", "actiontype", "activity",
    "eventid", "type",      "category",  "conceptname", "name",       "what"};
constexpr std::array<std::string_view, 16> kTimeNames = {
    "time",          "timestamp", "ts",         "eventtime", "eventtimestamp", "datetime",
    "timetimestamp", "createdat", "occurredat", "created",   "timestampms",    "eventdate",
    "date",          "at",        "when",       "day"};

std::string normalized(std::string_view name) {
    std::string plain;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') {
            plain += static_cast<char>(c - 'A' + 'a');
        } else if (c != ' ' && c != '_' && c != '-' && c != '.' && c != ':') {
            plain += c;
        }
    }
    return plain;
}

std::vector<std::vector<std::string>> readRows(std::string_view bytes, bool isWhole, char delimiter,
                                               std::size_t most) {
    const std::size_t end = isWhole ? bytes.size() : extentOfRecords(bytes, delimiter, true).end;
    // Without a single whole record the beginning of one must do.
    std::vector<char> copy(
        bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(end > 0 ? end : bytes.size()));
    CsvReader reader(copy, delimiter);
    CsvRecord record;
    std::vector<std::vector<std::string>> rows;
    while (rows.size() < most && reader.next(record)) {
        rows.emplace_back(record.fields.begin(), record.fields.end());
    }
    return rows;
}

// The delimiter that gives most rows as many columns as the first has, and then most columns.
std::optional<char> detectDelimiter(std::string_view bytes, bool isWhole) {
    std::optional<char> best;
    std::pair<std::size_t, std::size_t> bestScore;
    for (const char delimiter : kDelimiters) {
        const auto rows = readRows(bytes, isWhole, delimiter, kRowsToCompare);
        if (rows.empty() || rows.front().size() < 2) {
            continue;
        }
        const std::size_t columns = rows.front().size();
        const auto alike = static_cast<std::size_t>(std::count_if(
            rows.begin(), rows.end(), [&](const auto& row) { return row.size() == columns; }));
        const std::pair score{alike, columns};
        if (!best || score > bestScore) {
            best = delimiter;
            bestScore = score;
        }
    }
    return best;
}

Error headError(const std::string& name, Message why, Message advice) {
    return Error{ErrorCode::WrongFormat,
                 message("core", "cannot import %1", name),
                 std::move(why),
                 std::move(advice),
                 {},
                 {}};
}

// A number from 1 on, as a place.
std::optional<std::uint32_t> columnNumber(std::string_view text) {
    std::uint32_t number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    return end.ec == std::errc() && end.ptr == text.data() + text.size() && number > 0
               ? std::optional(number - 1)
               : std::nullopt;
}

std::optional<std::uint32_t> findColumn(const LogHead& head, const std::string& asked,
                                        std::span<const std::string_view> usual) {
    const auto& first = head.rows.front();
    if (!asked.empty()) {
        const auto named = std::find(first.begin(), first.end(), asked);
        if (head.hasHeader && named != first.end()) {
            return static_cast<std::uint32_t>(named - first.begin());
        }
        const auto number = columnNumber(asked);
        return number && *number < first.size() ? number : std::nullopt;
    }
    if (!head.hasHeader) {
        return std::nullopt;
    }
    for (const std::string_view name : usual) {
        const auto found = std::find_if(first.begin(), first.end(), [&](const std::string& cell) {
            return normalized(cell) == name;
        });
        if (found != first.end()) {
            return static_cast<std::uint32_t>(found - first.begin());
        }
    }
    return std::nullopt;
}

// Each data line holds a time, so a first line without one is a header.
bool looksLikeHeader(const std::vector<std::string>& row, const ImportOptions& options,
                     TimeParser& times) {
    const auto number = columnNumber(options.timeColumn);
    if (number && *number < row.size()) {
        return !times.parse(row[*number]);
    }
    return std::none_of(row.begin(), row.end(),
                        [&](const std::string& cell) { return times.parse(cell).has_value(); });
}

std::string listed(const std::vector<std::string>& cells) {
    constexpr std::size_t kMost = 12;
    std::string list;
    for (std::size_t i = 0; i < std::min(cells.size(), kMost); ++i) {
        list += (i > 0 ? ", " : "") + quotedExcerpt(cells[i]);
    }
    return list + (cells.size() > kMost ? ", …" : "");
}

} // namespace

Result<LogHead> readHead(std::string_view bytes, bool isWhole, const ImportOptions& options,
                         const std::string& name, TimeParser& times, std::size_t mostRows) {
    LogHead head;
    if (options.delimiter) {
        head.delimiter = *options.delimiter;
    } else if (const auto detected = detectDelimiter(bytes, isWhole)) {
        head.delimiter = *detected;
    } else {
        const auto rows = readRows(bytes, isWhole, '\n', 1);
        return fail(
            rows.empty()
                ? headError(name, message("core", "it holds empty lines alone"), {})
                : headError(name,
                            message("core",
                                    "line 1, column 1: no comma, semicolon, tab or bar divides "
                                    "it into columns (%1)",
                                    quotedExcerpt(rows[0][0])),
                            message("core", "Name the delimiter with --delimiter; columns apart "
                                            "by blanks become a CSV log with: tr -s ' ' ,")));
    }
    head.rows = readRows(bytes, isWhole, head.delimiter, mostRows);
    if (head.rows.empty()) {
        return fail(headError(name, message("core", "it holds empty lines alone"), {}));
    }
    head.hasHeader =
        options.hasHeader ? *options.hasHeader : looksLikeHeader(head.rows.front(), options, times);
    return head;
}

Error noEventError(const std::string& name) {
    return headError(name, message("core", "it holds no event, only a first line"), {});
}

LogColumns findColumns(const LogHead& head, const ImportOptions& options) {
    LogColumns columns;
    columns.user = findColumn(head, options.userColumn, kUserNames);
    columns.time = findColumn(head, options.timeColumn, kTimeNames);
    if (!options.eventName) {
        columns.event = findColumn(head, options.eventColumn, kEventNames);
    }
    return columns;
}

Result<void> checkColumns(const LogColumns& columns, const LogHead& head,
                          const ImportOptions& options, const std::string& name) {
    struct Wanted {
        std::optional<std::uint32_t> found;
        const std::string& asked;
        const char* what;
        const char* option;
    };
    for (const Wanted& wanted : {Wanted{columns.user, options.userColumn, "user", "--user"},
                                 Wanted{options.eventName ? columns.user : columns.event,
                                        options.eventColumn, "event", "--event"},
                                 Wanted{columns.time, options.timeColumn, "time", "--time"}}) {
        if (wanted.found) {
            continue;
        }
        const std::string cells = listed(head.rows.front());
        Message why =
            !wanted.asked.empty()
                ? message("core", "line 1: there is no column %1 among %2", wanted.asked, cells)
            : head.hasHeader
                ? message("core", "line 1: no column is recognised as %1, among %2", wanted.what,
                          cells)
                : message("core",
                          "line 1: it is no header (%2), so the column of the %1 must be given",
                          wanted.what, cells);
        const bool isEvent = wanted.option == std::string_view("--event");
        Message advice =
            isEvent
                ? message("core", "Name it or give its number from 1 on, with --event, or one "
                                  "event for the whole log with --event-name")
                : message("core", "Name it or give its number from 1 on, with %1", wanted.option);
        return fail(headError(name, std::move(why), std::move(advice)));
    }
    if (columns.user == columns.time ||
        (columns.event && (columns.event == columns.user || columns.event == columns.time))) {
        return fail(headError(name, message("core", "line 1: one column cannot hold two things"),
                              message("core", "Give --user, --event and --time each its own")));
    }
    return {};
}

} // namespace cohortist
