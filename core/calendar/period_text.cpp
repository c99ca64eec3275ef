// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include <fmt/format.h>

#include "core/calendar/period.h"

namespace cohortist {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

// The last week of the year 9999 ends in the next one.
constexpr Instant kLastEnd = sys_days(std::chrono::year(10000) / 1 / 3);

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

// Takes up to `digits` digits from the front; they fit into an int.
std::optional<int> takeNumber(std::string_view& text, std::size_t digits) {
    std::size_t length = 0;
    int number = 0;
    while (length < text.size() && length < digits && isDigit(text[length])) {
        number = number * 10 + (text[length] - '0');
        ++length;
    }
    if (length == 0) {
        return std::nullopt;
    }
    text.remove_prefix(length);
    return number;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

year_month_day dateOf(std::int32_t day) {
    return year_month_day(sys_days(days(day)));
}

struct IsoWeek {
    int year = 0;
    int week = 0;
};

// A week belongs to the year of its Thursday.
IsoWeek isoWeekOf(std::int32_t index) {
    const std::int32_t thursday = index * 7;
    const int year = static_cast<int>(dateOf(thursday).year());
    const auto firstOfYear = static_cast<std::int32_t>(
        sys_days(std::chrono::year(year) / 1 / 1).time_since_epoch().count());
    return {year, (thursday - firstOfYear) / 7 + 1};
}

std::optional<Period> weekFrom(int year, int week) {
    const Instant fourth = sys_days(std::chrono::year(year) / 1 / 4);
    const Period first = periodAt(Granularity::Week, fourth);
    const Period period{Granularity::Week, first.index + week - 1};
    const IsoWeek actual = isoWeekOf(period.index);
    return week >= 1 && actual.year == year && actual.week == week ? std::optional(period)
                                                                   : std::nullopt;
}

std::optional<Period> dayFrom(int year, int month, int day) {
    const year_month_day date(std::chrono::year(year),
                              std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(day)));
    if (!date.ok()) {
        return std::nullopt;
    }
    return periodAt(Granularity::Day, Instant(sys_days(date)));
}

std::optional<Period> hourFrom(Period day, int hour) {
    return hour <= 23 ? std::optional(Period{Granularity::Hour, day.index * 24 + hour})
                      : std::nullopt;
}

std::optional<int> takeYear(std::string_view& text) {
    const auto year = takeNumber(text, 4);
    return year && *year >= 1 ? year : std::nullopt;
}

// Year-month-day with the hour behind `hourMark`; leaves nothing of the text.
std::optional<Period> parseDate(std::string_view text, char hourMark) {
    const auto year = takeYear(text);
    if (!year) {
        return std::nullopt;
    }
    if (text.empty()) {
        return Period{Granularity::Year, *year};
    }
    if (!take(text, '-')) {
        return std::nullopt;
    }
    const auto month = takeNumber(text, 2);
    if (!month || *month < 1 || *month > 12) {
        return std::nullopt;
    }
    if (text.empty()) {
        return Period{Granularity::Month, *year * 12 + *month - 1};
    }
    const auto day = take(text, '-') ? takeNumber(text, 2) : std::nullopt;
    const auto period = day ? dayFrom(*year, *month, *day) : std::nullopt;
    if (!period || text.empty()) {
        return period;
    }
    const auto hour = take(text, hourMark) ? takeNumber(text, 2) : std::nullopt;
    return hour && text.empty() ? hourFrom(*period, *hour) : std::nullopt;
}

struct Parts {
    int year = 0;
    unsigned month = 1;
    unsigned day = 1;
    int hour = 0;
};

Parts partsOf(Period period) {
    const Instant start = startOf(period);
    const auto day = std::chrono::floor<days>(start);
    const year_month_day date{day};
    return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            static_cast<int>((start - day) / std::chrono::hours(1))};
}

// Such as 2020-01-25: what toBitmapist never prints.
bool hasLeadingZero(std::string_view text) {
    bool isFirst = true;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (isFirst && text[i] == '0' && isDigit(text[i + 1])) {
            return true;
        }
        isFirst = !isDigit(text[i]);
    }
    return false;
}

} // namespace

std::string toText(Period period) {
    if (period.granularity == Granularity::Week) {
        const IsoWeek week = isoWeekOf(period.index);
        return fmt::format("{:04}-W{:02}", week.year, week.week);
    }
    const Parts parts = partsOf(period);
    switch (period.granularity) {
    case Granularity::Hour:
        return fmt::format("{:04}-{:02}-{:02}T{:02}", parts.year, parts.month, parts.day,
                           parts.hour);
    case Granularity::Day:
        return fmt::format("{:04}-{:02}-{:02}", parts.year, parts.month, parts.day);
    case Granularity::Month:
        return fmt::format("{:04}-{:02}", parts.year, parts.month);
    case Granularity::Week:
    case Granularity::Year:
        break;
    }
    return fmt::format("{:04}", parts.year);
}

std::optional<Period> parsePeriod(std::string_view text) {
    std::string_view rest = text;
    if (const auto year = takeYear(rest); year && rest.starts_with("-W")) {
        rest.remove_prefix(2);
        const auto week = takeNumber(rest, 2);
        return week && rest.empty() ? weekFrom(*year, *week) : std::nullopt;
    }
    return parseDate(text, 'T');
}

std::string toBitmapist(Period period) {
    if (period.granularity == Granularity::Week) {
        const IsoWeek week = isoWeekOf(period.index);
        return fmt::format("W{}-{}", week.year, week.week);
    }
    const Parts parts = partsOf(period);
    switch (period.granularity) {
    case Granularity::Hour:
        return fmt::format("{}-{}-{}-{}", parts.year, parts.month, parts.day, parts.hour);
    case Granularity::Day:
        return fmt::format("{}-{}-{}", parts.year, parts.month, parts.day);
    case Granularity::Month:
        return fmt::format("{}-{}", parts.year, parts.month);
    case Granularity::Week:
    case Granularity::Year:
        break;
    }
    return fmt::format("{}", parts.year);
}

std::optional<Period> parseBitmapist(std::string_view text) {
    std::optional<Period> period;
    std::string_view rest = text;
    if (take(rest, 'W')) {
        const auto year = takeYear(rest);
        const auto week = year && take(rest, '-') ? takeNumber(rest, 2) : std::nullopt;
        period = week && rest.empty() ? weekFrom(*year, *week) : std::nullopt;
    } else {
        period = parseDate(text, '-');
    }
    // A listing reads a million of them, so they are not printed to be compared.
    const bool isPrinted = period && period->granularity != Granularity::Year;
    return isPrinted && !hasLeadingZero(text) ? period : std::nullopt;
}

std::string toIso(Instant instant) {
    const auto day = std::chrono::floor<days>(instant);
    const year_month_day date{day};
    const std::chrono::hh_mm_ss time{instant - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<Instant> parseIso(std::string_view text) {
    std::string_view rest = text;
    std::array<int, 6> fields{};
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto number =
            i == 0 || take(rest, "--T::"[i - 1]) ? takeNumber(rest, i == 0 ? 5 : 2) : std::nullopt;
        if (!number) {
            return std::nullopt;
        }
        fields[i] = *number;
    }
    const auto date = std::chrono::year(fields[0]) / fields[1] / fields[2];
    if (!date.ok()) {
        return std::nullopt;
    }
    const Instant instant = sys_days(date) + std::chrono::hours(fields[3]) +
                            std::chrono::minutes(fields[4]) + std::chrono::seconds(fields[5]);
    const bool isInRange = fields[0] >= 1 && instant <= kLastEnd;
    return isInRange && rest == "Z" && toIso(instant) == text ? std::optional(instant)
                                                              : std::nullopt;
}

std::optional<Instant> parseAsOf(std::string_view text) {
    const auto period = parsePeriod(text);
    if (!period ||
        (period->granularity != Granularity::Day && period->granularity != Granularity::Hour)) {
        return std::nullopt;
    }
    return endOf(*period);
}

} // namespace cohortist
