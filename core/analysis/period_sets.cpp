// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/period_sets.h"

#include <algorithm>

#include <fmt/format.h>

namespace cohortist {

namespace {

constexpr std::size_t kMostNamed = 3;

template <typename Visit>
void visitPeriodLeaves(const ResolvedNode& node, const Visit& visit) {
    if (node.asksForPeriod) {
        visit(node);
    }
    for (const ResolvedNode& child : node.children) {
        visitPeriodLeaves(child, visit);
    }
}

std::int32_t largestOffset(const When& when) {
    const auto offset = [](const PeriodPoint& point) {
        const auto* relative = std::get_if<RelativePoint>(&point);
        return relative != nullptr ? relative->offset : 0;
    };
    if (const auto* range = std::get_if<WhenRange>(&when)) {
        return std::max(offset(range->first), offset(range->last));
    }
    const auto* point = std::get_if<WhenPoint>(&when);
    return point != nullptr ? offset(point->point) : 0;
}

} // namespace

Result<ResolvedNode> PeriodSets::resolveAt(Period period) {
    ResolveContext context = m_context;
    context.period = period;
    auto resolved = resolve(m_query, context, m_plan);
    if (!resolved && resolved.error().part.empty()) {
        resolved.error().part = m_part;
    }
    return resolved;
}

Result<const PeriodSet*> PeriodSets::at(Period period) {
    if (const auto found = m_sets.find(period.index); found != m_sets.end()) {
        return &found->second;
    }
    const auto resolved = resolveAt(period);
    if (!resolved) {
        return fail(resolved.error());
    }
    PeriodSet set;
    set.node = resolved->node;
    std::size_t asked = 0;
    std::size_t future = 0;
    visitPeriodLeaves(*resolved, [&](const ResolvedNode& leaf) {
        asked += leaf.keys.size();
        for (const BitmapKey& key : leaf.keys) {
            const Presence presence = presenceOf(m_context.catalog, key, m_context.asOf);
            if (presence == Presence::Missing) {
                set.missing.push_back(key);
            } else if (presence == Presence::Zero) {
                set.zero.push_back(key);
            } else if (presence == Presence::Future) {
                ++future;
            }
        }
    });
    set.isFuture = asked > 0 && future == asked;
    set.isMissing = asked > 0 && set.missing.size() == asked;
    return &m_sets.emplace(period.index, std::move(set)).first->second;
}

Result<std::optional<Period>> PeriodSets::firstStored(Granularity granularity) {
    const auto resolved = resolveAt(currentPeriod(granularity, m_context.asOf));
    if (!resolved) {
        return fail(resolved.error());
    }
    std::optional<Period> first;
    visitPeriodLeaves(*resolved, [&](const ResolvedNode& leaf) {
        if (leaf.keys.empty()) {
            return;
        }
        const BitmapKey& key = leaf.keys.front();
        const Coverage& coverage = m_context.catalog.entry(key.event).of(key.kind);
        const Period stored =
            periodAt(granularity, startOf({granularityOf(key.kind), coverage.first()}));
        const Period reached = shifted(stored, -std::max(0, largestOffset(leaf.expr.node().when)));
        first = first ? std::min(*first, reached) : reached;
    });
    return first;
}

Message keysNote(const std::vector<BitmapKey>& keys, bool isMissing, const EventCatalog& catalog) {
    std::string names;
    for (std::size_t i = 0; i < std::min(keys.size(), kMostNamed); ++i) {
        names +=
            fmt::format("{}{}@{}", i == 0 ? "" : ", ", printName(catalog.entry(keys[i].event).name),
                        toText({granularityOf(keys[i].kind), keys[i].period}));
    }
    if (keys.size() > kMostNamed) {
        names += fmt::format(", … ({})", keys.size());
    }
    return isMissing ? message("core", "no data: %1", names) : message("core", "no key: %1", names);
}

} // namespace cohortist
