// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/tables.h"

#include "core/query/expr.h"
#include "tests/bench/bench_data.h"
#include "tests/bench/need.h"

namespace cohortist::bench {

RetentionQuestion tableOf(const std::string& cohort, int rows, int columns) {
    RetentionQuestion question;
    question.cohort = need(parseQuery(cohort + "@period"));
    question.returned = need(parseQuery(cohort == "signup" ? "active@period" : cohort + "@period"));
    question.rows = rows;
    question.columns = columns;
    question.start = Period{Granularity::Day, kLastDay - columns - rows + 1};
    return question;
}

std::vector<std::uint64_t> cellsOf(const RetentionResult& table) {
    std::vector<std::uint64_t> cells;
    for (const RetentionRow& row : table.rows) {
        cells.push_back(row.size.value_or(0));
        for (const RetentionCell& cell : row.cells) {
            cells.push_back(cell.count);
        }
    }
    return cells;
}

} // namespace cohortist::bench
