// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/random_retention.h"

#include "tests/support/random_expr.h"
#include "tests/support/random_sets.h"

namespace cohortist::test {

RetentionQuestion randomRetention(std::mt19937_64& random, const NaiveSource& source) {
    std::vector<std::string> events;
    for (const auto& [name, event] : source.events) {
        events.push_back(name);
    }
    ExprShape shape;
    shape.events = events;
    shape.around = source.asOf;
    shape.hasTextIds = false;
    shape.hasPeriod = true;
    const auto leaf = [&] {
        return Expr::leaf(events[below(random, events.size())],
                          WhenPoint{RelativePoint{RelativeUnit::Period, 0}});
    };
    RetentionQuestion question;
    question.cohort = leaf();
    if (below(random, 4) == 0) {
        ExprShape plain = shape;
        plain.hasPeriod = false;
        question.cohort =
            Expr::group(Expr::Op::And, {question.cohort, randomExpr(random, plain, 1)});
    }
    question.returned = leaf();
    if (below(random, 4) == 0) {
        question.returned = Expr::group(below(random, 2) == 0 ? Expr::Op::Or : Expr::Op::Minus,
                                        {question.returned, randomExpr(random, shape, 1)});
    }
    question.by =
        static_cast<Granularity>(below(random, 12) == 0 ? below(random, 5) : 1 + below(random, 2));
    question.rows = static_cast<int>(below(random, 12)) + 1;
    question.columns = static_cast<int>(below(random, 8));
    question.kind = static_cast<RetentionQuestion::Kind>(below(random, 4));
    question.base =
        below(random, 3) == 0 ? RetentionQuestion::Base::Previous : RetentionQuestion::Base::Cohort;
    question.isChurn = below(random, 3) == 0;
    question.isFirstTime = below(random, 3) == 0;
    if (below(random, 3) == 0) {
        question.start = shifted(periodAt(question.by, source.asOf),
                                 static_cast<std::int64_t>(below(random, 20)) - 18);
    }
    if (below(random, 2) == 0) {
        question.brackets.clear();
        for (std::uint64_t i = 0, n = below(random, 4) + 1; i < n; ++i) {
            const int first = static_cast<int>(below(random, 6));
            question.brackets.push_back({first, first + static_cast<int>(below(random, 4))});
        }
    }
    return question;
}

} // namespace cohortist::test
