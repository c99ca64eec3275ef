// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/retention_users.h"

#include <algorithm>

namespace cohortist {

namespace {

using Op = Expr::Op;
using Kind = RetentionQuestion::Kind;
using State = RetentionCell::State;

PeriodPoint fixed(const PeriodPoint& point, Period period) {
    const auto* relative = std::get_if<RelativePoint>(&point);
    return relative != nullptr && relative->unit == RelativeUnit::Period
               ? PeriodPoint(shifted(period, relative->offset))
               : point;
}

When fixed(const When& when, Period period) {
    if (const auto* at = std::get_if<WhenPoint>(&when)) {
        return WhenPoint{fixed(at->point, period)};
    }
    if (const auto* range = std::get_if<WhenRange>(&when)) {
        return WhenRange{fixed(range->first, period), fixed(range->last, period)};
    }
    return when;
}

bool namesCohort(const Expr& query) {
    return query.op() == Op::Cohort ||
           std::any_of(query.children().begin(), query.children().end(), namesCohort);
}

// How far from @period a leaf of one period lies; nothing for all else.
std::optional<std::int32_t> solePeriodOffset(const Expr& query) {
    const auto* at = std::get_if<WhenPoint>(&query.node().when);
    if (query.op() != Op::Leaf || at == nullptr) {
        return std::nullopt;
    }
    const auto* relative = std::get_if<RelativePoint>(&at->point);
    return relative != nullptr && relative->unit == RelativeUnit::Period
               ? std::optional(relative->offset)
               : std::nullopt;
}

// In any of the periods from first to last.
std::optional<Expr> inAnyPeriod(const Expr& query, Period first, Period last) {
    if (first == last) {
        return atPeriod(query, first);
    }
    if (const auto offset = solePeriodOffset(query)) {
        return Expr::leaf(query.node().name,
                          WhenRange{shifted(first, *offset), shifted(last, *offset)});
    }
    if (last.index - first.index >= kMostPeriods) {
        return std::nullopt;
    }
    std::vector<Expr> periods;
    for (Period at = first; at <= last; at = shifted(at, 1)) {
        periods.push_back(atPeriod(query, at));
    }
    return Expr::group(Op::Or, std::move(periods));
}

std::optional<Expr> startersOf(const RetentionResult& table, Period period) {
    const Expr& cohort = table.question.cohort;
    Expr starters = atPeriod(cohort, period);
    if (!table.question.isFirstTime || !table.knownSince || *table.knownSince >= period) {
        return starters;
    }
    if (solePeriodOffset(cohort) == 0) {
        return Expr::first(std::move(starters));
    }
    auto earlier = inAnyPeriod(cohort, *table.knownSince, shifted(period, -1));
    return earlier ? std::optional(Expr::group(Op::Minus, {std::move(starters), *earlier}))
                   : std::nullopt;
}

// What those in the cell came back to.
std::optional<Expr> returnsOf(const RetentionResult& table, Period row, int column) {
    const RetentionQuestion& question = table.question;
    const Period current = currentPeriod(question.by, table.asOf);
    switch (question.kind) {
    case Kind::On:
        return atPeriod(question.returned, shifted(row, column));
    case Kind::After:
        return inAnyPeriod(question.returned, shifted(row, column), current);
    case Kind::Bracket: {
        const auto& bracket = question.brackets[static_cast<std::size_t>(column)];
        return inAnyPeriod(question.returned, shifted(row, bracket.first),
                           std::min(shifted(row, bracket.last), current));
    }
    case Kind::Streak:
        break;
    }
    if (column == 0) {
        return Expr::everyone();
    }
    if (column > kMostPeriods) {
        return std::nullopt;
    }
    std::vector<Expr> links;
    for (int k = 1; k <= column; ++k) {
        links.push_back(atPeriod(question.returned, shifted(row, k)));
    }
    return Expr::group(Op::And, std::move(links));
}

// One group, where a part is a conjunction itself.
Expr both(const Expr& starters, const Expr& returns) {
    if (returns.op() == Op::Everyone) {
        return starters;
    }
    std::vector<Expr> parts;
    for (const Expr& part : {starters, returns}) {
        if (part.op() == Op::And) {
            parts.insert(parts.end(), part.children().begin(), part.children().end());
        } else if (std::find(parts.begin(), parts.end(), part) == parts.end()) {
            parts.push_back(part);
        }
    }
    return Expr::group(Op::And, std::move(parts));
}

} // namespace

Expr atPeriod(const Expr& query, Period period) {
    Expr::Node node = query.node();
    node.when = fixed(node.when, period);
    for (Expr& child : node.children) {
        child = atPeriod(child, period);
    }
    return Expr(std::move(node));
}

std::optional<Expr> usersOfRow(const RetentionResult& table, std::size_t row) {
    const RetentionRow& asked = table.rows[row];
    return asked.size && !namesCohort(table.question.cohort) ? startersOf(table, asked.period)
                                                             : std::nullopt;
}

std::optional<Expr> usersOfCell(const RetentionResult& table, std::size_t row, std::size_t column) {
    const State state = table.rows[row].cells[column].state;
    auto starters = usersOfRow(table, row);
    if ((state != State::Value && state != State::Partial) || !starters ||
        namesCohort(table.question.returned)) {
        return std::nullopt;
    }
    auto returns = returnsOf(table, table.rows[row].period, static_cast<int>(column));
    return returns ? std::optional(both(*starters, *returns)) : std::nullopt;
}

} // namespace cohortist
