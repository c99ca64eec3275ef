// SPDX-License-Identifier: GPL-3.0-or-later
// How the leaves of a query, an event with a time, become keys and nodes of a plan: in its time, in
// each period of it, for the first time. For resolver.h alone; one thread at a time.
#pragma once

#include <optional>
#include <vector>

#include "core/query/resolver.h"

namespace cohortist {

class LeafResolver {
public:
    // Both outlive it.
    LeafResolver(const ResolveContext& context, SetPlan& plan)
        : m_context(context)
        , m_plan(plan) {}

    [[nodiscard]] Result<ResolvedNode> leaf(const Expr& expr) const;
    // One node for each period of the leaf, or of `by`, that has data.
    [[nodiscard]] Result<std::vector<NodeId>> eachPeriod(const Expr& leaf,
                                                         std::optional<Granularity> by) const;
    // expr: First, with a leaf.
    [[nodiscard]] Result<ResolvedNode> first(const Expr& expr) const;

private:
    [[nodiscard]] Result<EventId> find(const Expr& expr) const;
    [[nodiscard]] NodeId unionOf(const std::vector<BitmapKey>& keys) const;
    [[nodiscard]] std::vector<BitmapKey> everKeys(EventId event, std::vector<Message>& notes) const;

    const ResolveContext& m_context;
    SetPlan& m_plan;
};

} // namespace cohortist
