// SPDX-License-Identifier: GPL-3.0-or-later
// A retention table as CSV. Always the C locale. Only cells that hold a number (value and partial)
// are filled in the wide form; the long form has every cell with its state. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/analysis/retention.h"

namespace cohortist {

enum class RetentionUnit { Percent, Users };
enum class RetentionMean { Weighted, Simple };

// Headings of the columns: 0, 1, 2 … or, for brackets, 0, 1-3, 4-7.
[[nodiscard]] std::vector<std::string> retentionHeadings(const RetentionQuestion& question);
// The words of JSON and CSV: value, partial, future, missing, unreadable, empty.
[[nodiscard]] const char* nameOf(RetentionCell::State state);
// By column: the mean rate, or with Users the mean number of users of the complete cells.
[[nodiscard]] std::vector<std::optional<double>>
retentionMeans(const RetentionResult& table, RetentionUnit unit, RetentionMean mean);

// period,size,0,1,… a line a row, then the line `mean`. Percent with one decimal.
[[nodiscard]] std::string retentionCsv(const RetentionResult& table, RetentionUnit unit,
                                       RetentionMean mean);
// period,size,k,state,count,rate,low,high: a line a cell; rates are fractions.
[[nodiscard]] std::string retentionLongCsv(const RetentionResult& table);

} // namespace cohortist
