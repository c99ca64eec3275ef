// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/naive_eval.h"

#include <algorithm>

namespace cohortist::test {

namespace {

using Op = Expr::Op;

std::optional<Period> pointIn(const PeriodPoint& point, const NaiveQuestion& question) {
    if (const auto* period = std::get_if<Period>(&point)) {
        return *period;
    }
    const auto& relative = std::get<RelativePoint>(point);
    if (relative.unit == RelativeUnit::Period) {
        return question.period ? std::optional(shifted(*question.period, relative.offset))
                               : std::nullopt;
    }
    const auto granularity = static_cast<Granularity>(relative.unit);
    return shifted(periodAt(granularity, question.source.asOf - std::chrono::seconds(1)),
                   relative.offset);
}

struct Dated {
    bool isDated = false;
    std::vector<Period> periods;
};

std::optional<Dated> periodsIn(const When& when, const NaiveQuestion& question) {
    Dated dated;
    if (const auto* rolling = std::get_if<WhenRolling>(&when)) {
        const Period now = periodAt(rolling->unit, question.source.asOf - std::chrono::seconds(1));
        for (int i = 0; i < rolling->count; ++i) {
            dated.periods.push_back(shifted(now, -i - (rolling->isPrevious ? rolling->count : 0)));
        }
    } else if (const auto* point = std::get_if<WhenPoint>(&when)) {
        const auto period = pointIn(point->point, question);
        if (!period) {
            return std::nullopt;
        }
        dated.periods.push_back(*period);
    } else if (const auto* range = std::get_if<WhenRange>(&when)) {
        const auto first = pointIn(range->first, question);
        const auto last = pointIn(range->last, question);
        if (!first || !last || *last < *first) {
            return std::nullopt;
        }
        for (Period p = *first; p <= *last; p = shifted(p, 1)) {
            dated.periods.push_back(p);
        }
    } else {
        return dated;
    }
    dated.isDated = true;
    return dated;
}

std::vector<Period> parts(Period period, Granularity finer) {
    std::vector<Period> all;
    for (Period p = periodAt(finer, startOf(period)); startOf(p) < endOf(period);
         p = shifted(p, 1)) {
        all.push_back(p);
    }
    return all;
}

std::optional<Users> uniteAll(const NaiveSource& source, const std::string& event,
                              const std::vector<Period>& periods, std::vector<NaiveKey>* asked) {
    Users all;
    for (const Period period : periods) {
        const auto users = usersIn(source, event, period, asked);
        if (!users) {
            return std::nullopt;
        }
        all.insert(users->begin(), users->end());
    }
    return all;
}

std::optional<Users> leaf(const Expr& expr, const NaiveQuestion& question) {
    const auto& node = expr.node();
    const auto event = question.source.events.find(node.name);
    const auto dated = periodsIn(node.when, question);
    if (event == question.source.events.end() || !dated) {
        return std::nullopt;
    }
    if (dated->isDated) {
        return uniteAll(question.source, node.name, dated->periods, nullptr);
    }
    if (event->second.has(Kind::Unique)) {
        return event->second.of(Kind::Unique).at(0);
    }
    if (std::holds_alternative<WhenUnique>(node.when)) {
        return std::nullopt;
    }
    Users all;
    for (const Kind kind : {Kind::Month, Kind::Week, Kind::Day, Kind::Hour}) {
        if (event->second.has(kind)) {
            for (const auto& [period, users] : event->second.of(kind)) {
                all.insert(users.begin(), users.end());
            }
            break;
        }
    }
    return all;
}

std::optional<Users> populationOf(const NaiveQuestion& question) {
    if (question.isInPopulation) {
        return question.source.everyone();
    }
    NaiveQuestion inside = question;
    inside.isInPopulation = true;
    return evaluate(question.population, inside);
}

// The sets that a counted call counts.
std::optional<std::vector<Users>> countedSets(const Expr& expr, const NaiveQuestion& question) {
    const auto& node = expr.node();
    std::vector<Users> sets;
    for (const Expr& child : node.children) {
        const auto users = evaluate(child, question);
        if (!users) {
            return std::nullopt;
        }
        sets.push_back(*users);
    }
    const Expr& only = node.children.front();
    if (node.children.size() > 1 || only.op() != Op::Leaf) {
        return sets;
    }
    const auto dated = periodsIn(only.node().when, question);
    const bool isSeveral = std::holds_alternative<WhenRange>(only.node().when) ||
                           std::holds_alternative<WhenRolling>(only.node().when);
    if (!node.by && !isSeveral) {
        return sets;
    }
    if (!dated->isDated) {
        return std::nullopt;
    }
    sets.clear();
    for (const Period period : dated->periods) {
        std::vector<Period> counted = {period};
        if (node.by && *node.by != period.granularity) {
            const bool isFiner = *node.by < period.granularity && (*node.by != Granularity::Week);
            if (!isFiner) {
                return std::nullopt;
            }
            counted = parts(period, *node.by);
        }
        for (const Period p : counted) {
            const auto users = usersIn(question.source, only.node().name, p);
            if (!users) {
                return std::nullopt;
            }
            sets.push_back(*users);
        }
    }
    return sets;
}

std::optional<Users> counted(const Expr& expr, const NaiveQuestion& question) {
    const auto sets = countedSets(expr, question);
    const auto population = populationOf(question);
    const std::uint32_t number = expr.node().number;
    const bool needsPopulation = expr.op() == Op::AtMost || number == 0;
    if (!sets || (needsPopulation && !population)) {
        return std::nullopt;
    }
    Users candidates = needsPopulation ? *population : Users();
    if (!needsPopulation) {
        for (const Users& set : *sets) {
            candidates.insert(set.begin(), set.end());
        }
    }
    Users result;
    for (const std::uint32_t user : candidates) {
        const auto times = std::count_if(sets->begin(), sets->end(),
                                         [&](const Users& set) { return set.count(user) > 0; });
        const bool fits = expr.op() == Op::AtLeast  ? times >= number
                          : expr.op() == Op::AtMost ? times <= number
                                                    : times == number;
        if (fits) {
            result.insert(user);
        }
    }
    return result;
}

std::optional<Users> first(const Expr& expr, const NaiveQuestion& question) {
    const Expr& child = expr.children().front();
    auto users = evaluate(child, question);
    const auto dated = periodsIn(child.node().when, question);
    if (!users || !dated || !dated->isDated) {
        return std::nullopt;
    }
    // Back to well before any data of these tests.
    const Period begin = *std::min_element(dated->periods.begin(), dated->periods.end());
    const Period far =
        periodAt(begin.granularity, std::chrono::sys_days(std::chrono::year(2025) / 10 / 1));
    for (Period p = far; p < begin; p = shifted(p, 1)) {
        const auto earlier = usersIn(question.source, child.node().name, p);
        for (const std::uint32_t user : *earlier) {
            users->erase(user);
        }
    }
    return users;
}

Users combine(Op op, const std::vector<Users>& sets) {
    std::map<std::uint32_t, std::size_t> times;
    for (const Users& set : sets) {
        for (const std::uint32_t user : set) {
            ++times[user];
        }
    }
    Users result;
    for (const auto& [user, n] : times) {
        const bool isIn = op == Op::And   ? n == sets.size()
                          : op == Op::Or  ? n > 0
                          : op == Op::Xor ? n % 2 == 1
                                          : n == 1 && sets.front().count(user) > 0;
        if (isIn) {
            result.insert(user);
        }
    }
    return result;
}

} // namespace

std::optional<Users> usersIn(const NaiveSource& source, const std::string& event, Period period,
                             std::vector<NaiveKey>* asked) {
    const NaiveEvent& data = source.events.at(event);
    const auto kind = kindOf(period.granularity);
    if (kind && data.has(*kind)) {
        if (asked != nullptr) {
            asked->push_back({event, *kind, period.index});
        }
        const auto found = data.of(*kind).find(period.index);
        return found == data.of(*kind).end() ? Users() : found->second;
    }
    switch (period.granularity) {
    case Granularity::Hour:
        return std::nullopt;
    case Granularity::Day:
        return uniteAll(source, event, parts(period, Granularity::Hour), asked);
    case Granularity::Week:
    case Granularity::Month:
        return uniteAll(source, event, parts(period, Granularity::Day), asked);
    case Granularity::Year:
        break;
    }
    return uniteAll(source, event, parts(period, Granularity::Month), asked);
}

std::vector<NaiveKey> periodKeys(const Expr& expr, const NaiveQuestion& question) {
    std::vector<NaiveKey> keys;
    if (expr.op() == Op::Leaf && expr.dependsOnPeriod()) {
        const auto dated = periodsIn(expr.node().when, question);
        for (const Period period : dated->periods) {
            static_cast<void>(usersIn(question.source, expr.node().name, period, &keys));
        }
    }
    for (const Expr& child : expr.children()) {
        const auto more = periodKeys(child, question);
        keys.insert(keys.end(), more.begin(), more.end());
    }
    return keys;
}

std::optional<Users> evaluate(const Expr& expr, const NaiveQuestion& question) {
    std::vector<Users> sets;
    switch (expr.op()) {
    case Op::Leaf:
        return leaf(expr, question);
    case Op::Cohort: {
        const auto saved = question.cohorts.find(expr.node().name);
        return saved == question.cohorts.end() ? std::nullopt : evaluate(*saved->second, question);
    }
    case Op::Ids: {
        Users users;
        for (const auto& id : expr.node().ids) {
            if (!std::holds_alternative<std::uint32_t>(id)) {
                return std::nullopt;
            }
            users.insert(std::get<std::uint32_t>(id));
        }
        return users;
    }
    case Op::Everyone:
        return question.source.everyone();
    case Op::AtLeast:
    case Op::AtMost:
    case Op::Exactly:
        return counted(expr, question);
    case Op::First:
        return first(expr, question);
    case Op::Not:
        if (auto population = populationOf(question)) {
            sets.push_back(std::move(*population));
        } else {
            return std::nullopt;
        }
        break;
    case Op::And:
    case Op::Or:
    case Op::Xor:
    case Op::Minus:
        break;
    }
    for (const Expr& child : expr.children()) {
        auto users = evaluate(child, question);
        if (!users) {
            return std::nullopt;
        }
        sets.push_back(std::move(*users));
    }
    return combine(expr.op() == Op::Not ? Op::Minus : expr.op(), sets);
}

} // namespace cohortist::test
