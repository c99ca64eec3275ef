// SPDX-License-Identifier: GPL-3.0-or-later
// Hours, days, ISO weeks, months and years as integers. All calendar time is UTC, proleptic
// Gregorian, years 1 to 9999. A Period is a value; every function here is pure and reads no clock
// and no time zone. Bitmapist's key forms: github.com/Doist/bitmapist; weeks: ISO 8601.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cohortist {

using Instant = std::chrono::sys_seconds; // UTC, whole seconds

enum class Granularity : std::uint8_t { Hour, Day, Week, Month, Year }; // finest first

struct Period {
    Granularity granularity = Granularity::Day;
    // Hours and days since 1970-01-01T00; weeks since the one of Monday 1969-12-29; months as
    // year * 12 + month - 1; years as they are counted.
    std::int32_t index = 0;
    auto operator<=>(const Period&) const = default;
};

// [first, last) of one granularity.
struct PeriodRange {
    Granularity granularity = Granularity::Day;
    std::int32_t first = 0;
    std::int32_t last = 0;
    bool operator==(const PeriodRange&) const = default;
    [[nodiscard]] std::int64_t size() const { return std::int64_t{last} - first; }
    [[nodiscard]] bool contains(Period p) const {
        return p.granularity == granularity && p.index >= first && p.index < last;
    }
};

[[nodiscard]] Period periodAt(Granularity granularity, Instant instant); // the one that holds it
[[nodiscard]] Instant startOf(Period period);                            // first instant in it
[[nodiscard]] Instant endOf(Period period);                              // first instant after it
// The period `steps` later (earlier when negative); clamped to the years 1 … 9999.
[[nodiscard]] Period shifted(Period period, std::int64_t steps);
// The periods of `finer` that make up `period`: 7 days of a week, 12 months of a year. finer must
// divide it (weeks divide nothing but themselves).
[[nodiscard]] PeriodRange partsOf(Period period, Granularity finer);
// 1900-01-01: 0 is Monday.
[[nodiscard]] int weekdayOf(Period day);

// As the query language writes them: 2020, 2020-01, 2020-W04, 2020-01-25, 2020-01-25T15.
[[nodiscard]] std::string toText(Period period);
// The same, padded or not. Nothing for what is no period: 2020-02-30, 2021-W53, 2020-1-.
[[nodiscard]] std::optional<Period> parsePeriod(std::string_view text);
// As bitmapist's keys hold them, unpadded: 2020-1-25-15, 2020-1-25, W2020-4, 2020-1. Years, which
// bitmapist never stores, are not accepted. Parsing accepts only what prints back to the same
// bytes.
[[nodiscard]] std::string toBitmapist(Period period);
[[nodiscard]] std::optional<Period> parseBitmapist(std::string_view text);

[[nodiscard]] std::string toIso(Instant instant);                     // 2026-11-22T23:59:59Z
[[nodiscard]] std::optional<Instant> parseIso(std::string_view text); // exactly that form
// An as-of instant from "2026-11-22" (the end of that day) or "2026-11-22T15" (of that hour):
// the first instant after it, so the period that holds "now" is periodAt(g, asOf - 1s).
[[nodiscard]] std::optional<Instant> parseAsOf(std::string_view text);
// The period that is current at an as-of instant: the one that holds the moment before it.
[[nodiscard]] Period currentPeriod(Granularity granularity, Instant asOf);

[[nodiscard]] std::string_view nameOf(Granularity granularity); // "hour" … "year"
[[nodiscard]] std::optional<Granularity> granularityNamed(std::string_view name);

} // namespace cohortist
