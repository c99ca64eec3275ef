// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calendar/period.h"

#include <algorithm>

namespace cohortist {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int32_t kFirstYear = 1;
constexpr std::int32_t kLastYear = 9999;
constexpr std::int32_t kMondayOffset = 3; // 1970-01-01 is a Thursday

constexpr std::int64_t floorDivide(std::int64_t value, std::int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

std::int32_t dayNumber(std::int32_t year, unsigned month) {
    return static_cast<std::int32_t>(
        sys_days(std::chrono::year(year) / std::chrono::month(month) / 1)
            .time_since_epoch()
            .count());
}

// The first day of a period, counted from 1970-01-01; not for hours.
std::int64_t firstDay(Period period) {
    switch (period.granularity) {
    case Granularity::Hour:
    case Granularity::Day:
        break;
    case Granularity::Week:
        return std::int64_t{period.index} * 7 - kMondayOffset;
    case Granularity::Month:
        return dayNumber(static_cast<std::int32_t>(floorDivide(period.index, 12)),
                         static_cast<unsigned>(period.index - floorDivide(period.index, 12) * 12) +
                             1);
    case Granularity::Year:
        return dayNumber(period.index, 1);
    }
    return period.index;
}

std::int32_t indexAt(Granularity granularity, std::int64_t seconds) {
    const std::int64_t day = floorDivide(seconds, 86400);
    switch (granularity) {
    case Granularity::Hour:
        return static_cast<std::int32_t>(floorDivide(seconds, 3600));
    case Granularity::Day:
        return static_cast<std::int32_t>(day);
    case Granularity::Week:
        return static_cast<std::int32_t>(floorDivide(day + kMondayOffset, 7));
    case Granularity::Month:
    case Granularity::Year:
        break;
    }
    const year_month_day date{sys_days(days(day))};
    const int year = static_cast<int>(date.year());
    return granularity == Granularity::Year
               ? year
               : year * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

std::int32_t clampIndex(Granularity granularity, std::int64_t index) {
    static const std::int64_t first = std::int64_t{dayNumber(kFirstYear, 1)} * 86400;
    static const std::int64_t last = std::int64_t{dayNumber(kLastYear + 1, 1)} * 86400 - 1;
    return static_cast<std::int32_t>(
        std::clamp<std::int64_t>(index, indexAt(granularity, first), indexAt(granularity, last)));
}

} // namespace

Period periodAt(Granularity granularity, Instant instant) {
    return {granularity, indexAt(granularity, instant.time_since_epoch().count())};
}

Instant startOf(Period period) {
    if (period.granularity == Granularity::Hour) {
        return Instant(hours(period.index));
    }
    return Instant(days(static_cast<int>(firstDay(period))));
}

Instant endOf(Period period) {
    return startOf({period.granularity, period.index + 1});
}

Period shifted(Period period, std::int64_t steps) {
    constexpr std::int64_t kFar = std::int64_t{1} << 40U;
    return {period.granularity,
            clampIndex(period.granularity, period.index + std::clamp(steps, -kFar, kFar))};
}

PeriodRange partsOf(Period period, Granularity finer) {
    return {finer, periodAt(finer, startOf(period)).index,
            periodAt(finer, endOf(period) - std::chrono::seconds(1)).index + 1};
}

int weekdayOf(Period day) {
    return static_cast<int>(day.index + kMondayOffset -
                            floorDivide(std::int64_t{day.index} + kMondayOffset, 7) * 7);
}

Period currentPeriod(Granularity granularity, Instant asOf) {
    return periodAt(granularity, asOf - std::chrono::seconds(1));
}

std::string_view nameOf(Granularity granularity) {
    switch (granularity) {
    case Granularity::Hour:
        return "hour";
    case Granularity::Day:
        return "day";
    case Granularity::Week:
        return "week";
    case Granularity::Month:
        return "month";
    case Granularity::Year:
        break;
    }
    return "year";
}

std::optional<Granularity> granularityNamed(std::string_view name) {
    for (const auto granularity : {Granularity::Hour, Granularity::Day, Granularity::Week,
                                   Granularity::Month, Granularity::Year}) {
        if (nameOf(granularity) == name) {
            return granularity;
        }
    }
    return std::nullopt;
}

} // namespace cohortist
