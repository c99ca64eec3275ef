// SPDX-License-Identifier: GPL-3.0-or-later
// From what is asked to which stored bitmaps answer it: names are looked up, relative periods
// become dated ones, kinds that an event does not have are derived from finer ones, ~ is taken
// within the population, saved cohorts are filled in. Reads the catalogue alone, no bitmap. Pure
// functions; the context's references must outlive the call.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/query/expr.h"
#include "core/query/set_plan.h"

namespace cohortist {

// A text that does not parse is an error of those queries alone that use it.
using SavedCohorts = std::map<std::string, Result<Expr>, std::less<>>;

struct ResolveContext {
    const EventCatalog& catalog;
    Instant asOf; // first instant after the data that is looked at; @day holds the moment before
    Expr population = Expr::everyone();
    const SavedCohorts* cohorts = nullptr;
    std::optional<Period> period; // what @period stands for; without it @period is an error
    // The id of a text id; nothing when the source has no such user. Null: it has no text ids.
    std::function<Result<std::optional<std::uint32_t>>(const std::string&)> findTextId;
};

// The tree that Explain shows, in step with the Expr; a saved cohort has its own tree as only
// child.
struct ResolvedNode {
    Expr expr;
    NodeId node = 0;
    // A leaf's keys, each that was asked for whether stored or not, ascending.
    std::vector<BitmapKey> keys;
    std::optional<Kind> derivedFrom; // the keys are of a finer kind than what was asked
    bool asksForPeriod = false;      // a leaf with @period
    // What a reader should know: another unique form exists, ever is a union of months, ….
    std::vector<Message> notes;
    std::vector<ResolvedNode> children;
};

// Adds the query's nodes to the plan. Errors have code Resolve, and place where one text is at
// fault: unknown events (with the nearest names), kinds that are not stored, @period without a
// period, circles of saved cohorts. Where the population's text is at fault, Error::part says so.
[[nodiscard]] Result<ResolvedNode> resolve(const Expr& expr, const ResolveContext& context,
                                           SetPlan& plan);
// Is there @period in it, saved cohorts looked through?
[[nodiscard]] bool dependsOnPeriod(const Expr& expr, const SavedCohorts* cohorts);

} // namespace cohortist
