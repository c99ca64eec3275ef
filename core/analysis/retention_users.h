// SPDX-License-Identifier: GPL-3.0-or-later
// Whom a retention table counts, as queries: each number can be asked for again as a list of users.
// Pure functions.
#pragma once

#include <optional>

#include "core/analysis/retention.h"

namespace cohortist {

// Nothing where the table shows no number, or where the query would name more than kMostPeriods
// periods one by one. Saved cohorts in the question are looked through by nobody: those that depend
// on @period give nothing useful, so a question with one gives nothing.
[[nodiscard]] std::optional<Expr> usersOfRow(const RetentionResult& table, std::size_t row);
[[nodiscard]] std::optional<Expr> usersOfCell(const RetentionResult& table, std::size_t row,
                                              std::size_t column);
inline constexpr int kMostPeriods = 400;

// The query with the period in the place of @period.
[[nodiscard]] Expr atPeriod(const Expr& query, Period period);

} // namespace cohortist
