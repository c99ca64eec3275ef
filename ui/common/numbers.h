// SPDX-License-Identifier: GPL-3.0-or-later
// Figures and dates as the window writes them: grouped by the default locale, percent with one
// decimal, dates with the day first. And the font for figures. Pure but for the default locale.
#pragma once

#include <cstdint>

#include <QFont>
#include <QString>

#include "core/calendar/period.h"

namespace cohortist {

[[nodiscard]] QString countText(std::uint64_t count);     // 1,204
[[nodiscard]] QString rateText(double fraction);          // 0.2591: 25.9, in percent
[[nodiscard]] QString decimalText(double value);          // 1,204.3
[[nodiscard]] QString megabytesText(std::uint64_t bytes); // 11.2 MB, of a million bytes each
[[nodiscard]] QString durationText(double milliseconds);  // 4 ms, 1.2 s

// A row's heading: Mon 9 Nov; with the year where the table holds several.
[[nodiscard]] QString rowLabel(Period period, bool withYear);
// In a sentence: on 3 May 2026, in the week of 9 Nov 2026, in November 2026.
[[nodiscard]] QString whenText(Period period);
[[nodiscard]] QString dateText(Period period); // 3 May 2026, without "on"
// Column headings and choices: day, day before …
[[nodiscard]] QString unitName(Granularity granularity);
// "7 days later", "on the same day".
[[nodiscard]] QString laterText(int steps, Granularity granularity);
[[nodiscard]] QString stepsText(int steps, Granularity granularity); // 7 days

// The font given, or one of its size whose digits are all equally wide.
[[nodiscard]] QFont figureFont(const QFont& font);

} // namespace cohortist
