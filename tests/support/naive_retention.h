// SPDX-License-Identifier: GPL-3.0-or-later
// Retention by its definitions, cell by cell over sets of users: what tables are compared with. The
// cohort of its questions is one leaf with @period, alone or and-ed with another query.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/analysis/retention.h"
#include "tests/support/naive_eval.h"

namespace cohortist::test {

class NaiveTable {
public:
    NaiveTable(const NaiveSource& source, const RetentionQuestion& question, Expr population)
        : m_source(source)
        , m_question(question)
        , m_population(std::move(population))
        , m_now(periodAt(question.by, source.asOf - std::chrono::seconds(1))) {}

    struct Cell {
        std::string state;
        std::uint64_t count = 0;
        std::uint64_t base = 0;
        std::optional<double> rate;
        std::optional<double> low;
        std::optional<double> high;
    };
    struct Row {
        Period period;
        std::optional<std::uint64_t> size;
        std::vector<Cell> cells;
    };

    [[nodiscard]] std::vector<Row> rows() const;

private:
    [[nodiscard]] NaiveQuestion at(Period period) const;
    [[nodiscard]] bool isMissing(const Expr& query, Period period) const;
    [[nodiscard]] Users cohort(Period period) const;
    [[nodiscard]] std::optional<Period> firstStored() const;
    // The periods whose return sets a cell takes together.
    [[nodiscard]] std::vector<Period> periodsOf(Period row, int k) const;
    [[nodiscard]] std::uint64_t counted(Period row, int k) const;
    [[nodiscard]] bool isCellMissing(Period row, int k) const;
    [[nodiscard]] Cell cell(Period row, int k) const;

    const NaiveSource& m_source;
    const RetentionQuestion& m_question;
    Expr m_population;
    Period m_now;
};

} // namespace cohortist::test
