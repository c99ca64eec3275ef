// SPDX-License-Identifier: GPL-3.0-or-later
// Random queries of every form, over given event names or over names of any bytes.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/query/expr.h"

namespace cohortist::test {

struct ExprShape {
    std::vector<std::string> events;  // empty: any bytes
    std::vector<std::string> cohorts; // empty: none
    bool hasPeriod = false;           // @period may stand there
    bool hasTextIds = true;
    Instant around{}; // dated periods lie near it
};

[[nodiscard]] Expr randomExpr(std::mt19937_64& random, const ExprShape& shape, int depth);
[[nodiscard]] When randomWhen(std::mt19937_64& random, const ExprShape& shape);

} // namespace cohortist::test
