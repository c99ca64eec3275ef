// SPDX-License-Identifier: GPL-3.0-or-later
// One query resolved for many periods, each once: the rows' or the columns' sets of a table, with
// what is known of their data. Not thread-safe; used while a table is planned. Private to this
// room.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/query/resolver.h"

namespace cohortist {

struct PeriodSet {
    NodeId node = 0;
    bool isFuture = false;          // no key that its @period leaves ask for has begun
    bool isMissing = false;         // every key that its @period leaves ask for is missing
    std::vector<BitmapKey> missing; // those that are missing
    std::vector<BitmapKey> zero;    // those that are absent and mean nobody
};

class PeriodSets {
public:
    // part: for errors. The context and plan must outlive this.
    PeriodSets(Expr query, std::string part, const ResolveContext& context, SetPlan& plan)
        : m_query(std::move(query))
        , m_part(std::move(part))
        , m_context(context)
        , m_plan(plan) {}

    // References stay valid.
    Result<const PeriodSet*> at(Period period);
    // The first period, of this granularity, in which an @period leaf can find data.
    Result<std::optional<Period>> firstStored(Granularity granularity);

private:
    Result<ResolvedNode> resolveAt(Period period);

    Expr m_query;
    std::string m_part;
    const ResolveContext& m_context;
    SetPlan& m_plan;
    std::map<std::int32_t, PeriodSet> m_sets;
};

// "no data for signup@2026-03-01, … and 3 more": names at most a handful.
[[nodiscard]] Message keysNote(const std::vector<BitmapKey>& keys, bool isMissing,
                               const EventCatalog& catalog);

} // namespace cohortist
