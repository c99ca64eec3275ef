// SPDX-License-Identifier: GPL-3.0-or-later
// The language's meaning, word by word and slow, over NaiveSource. Knows nothing of the resolver,
// the plan or the engine.
#pragma once

#include <optional>
#include <vector>

#include "core/query/resolver.h"
#include "tests/support/naive_source.h"

namespace cohortist::test {

struct NaiveKey {
    std::string event;
    Kind kind = Kind::Day;
    std::int32_t period = 0;
};

struct NaiveQuestion {
    const NaiveSource& source;
    Expr population = Expr::everyone();
    SavedCohorts cohorts{};
    std::optional<Period> period{};
    bool isInPopulation = false;
};

// Nothing where the query is an error by the language's rules.
[[nodiscard]] std::optional<Users> evaluate(const Expr& expr, const NaiveQuestion& question);

// The users of one event in one period, derived where the event lacks the kind; the keys that this
// asks for are added to asked.
[[nodiscard]] std::optional<Users> usersIn(const NaiveSource& source, const std::string& event,
                                           Period period, std::vector<NaiveKey>* asked = nullptr);
// The keys that the @period leaves of the query ask for.
[[nodiscard]] std::vector<NaiveKey> periodKeys(const Expr& expr, const NaiveQuestion& question);

} // namespace cohortist::test
