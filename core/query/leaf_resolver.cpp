// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/leaf_resolver.h"

#include "core/query/leaf_keys.h"

namespace cohortist {

namespace {

bool isPeriodRelative(const PeriodPoint& point) {
    const auto* relative = std::get_if<RelativePoint>(&point);
    return relative != nullptr && relative->unit == RelativeUnit::Period;
}

bool asksForPeriod(const When& when) {
    if (const auto* point = std::get_if<WhenPoint>(&when)) {
        return isPeriodRelative(point->point);
    }
    const auto* range = std::get_if<WhenRange>(&when);
    return range != nullptr && (isPeriodRelative(range->first) || isPeriodRelative(range->last));
}

// Whole periods of `unit` make up one of `of`.
bool divides(Granularity unit, Granularity of) {
    return unit == of || (unit < of && unit != Granularity::Week);
}

} // namespace

NodeId LeafResolver::unionOf(const std::vector<BitmapKey>& keys) const {
    std::vector<NodeId> nodes;
    nodes.reserve(keys.size());
    for (const BitmapKey& key : keys) {
        nodes.push_back(m_plan.key(key));
    }
    return m_plan.disjunction(std::move(nodes));
}

Result<EventId> LeafResolver::find(const Expr& expr) const {
    if (const auto id = m_context.catalog.find(expr.node().name)) {
        return *id;
    }
    std::string nearest;
    for (const std::string& name : m_context.catalog.nearest(expr.node().name)) {
        nearest += (nearest.empty() ? "" : ", ") + printName(name);
    }
    return fail(resolveError(message("core", "there is no event %1", printName(expr.node().name)),
                             nearest.empty()
                                 ? message("core", "The source's events are listed by name.")
                                 : message("core", "Did you mean %1?", nearest),
                             expr.node().place));
}

Result<ResolvedNode> LeafResolver::leaf(const Expr& expr) const {
    const auto event = find(expr);
    if (!event) {
        return fail(event.error());
    }
    ResolvedNode result;
    result.expr = expr;
    result.asksForPeriod = asksForPeriod(expr.node().when);
    const auto periods = periodsOf(expr.node().when, expr.node().whenPlace, m_context);
    if (!periods) {
        return fail(periods.error());
    }
    const EventEntry& entry = m_context.catalog.entry(*event);
    if (*periods) {
        const auto range = keysOf(*event, **periods, m_context.catalog, expr.node().whenPlace);
        if (!range) {
            return fail(range.error());
        }
        result.keys = askedKeys(*range, m_context.catalog, result.notes);
        result.node = unionOf(range->stored(m_context.catalog));
        if (range->isDerived) {
            result.derivedFrom = range->kind;
        }
        return result;
    }
    if (std::holds_alternative<WhenUnique>(expr.node().when) && !entry.hasKind(Kind::Unique)) {
        return fail(resolveError(message("core", "%1 has no unique key; stored are %2",
                                         printName(entry.name), storedKinds(entry)),
                                 message("core", "Leave @unique out to ask for all of them."),
                                 expr.node().whenPlace));
    }
    result.keys = everKeys(*event, result.notes);
    result.node = unionOf(result.keys);
    return result;
}

// The unique key where there is one, else all of the coarsest kind.
std::vector<BitmapKey> LeafResolver::everKeys(EventId event, std::vector<Message>& notes) const {
    const EventEntry& entry = m_context.catalog.entry(event);
    if (entry.hasKind(Kind::Unique)) {
        if (entry.hasBothUniqueForms) {
            notes.push_back(message("core", "a key of the older form, without _u, exists too "
                                            "and is not read"));
        }
        return {{event, Kind::Unique, 0}};
    }
    std::vector<BitmapKey> keys;
    if (const auto kind = entry.coarsestKind()) {
        for (const std::int32_t period : entry.of(*kind).indices()) {
            keys.push_back({event, *kind, period});
        }
        notes.push_back(message("core", "ever: all its %1s together", std::string(nameOf(*kind))));
    }
    return keys;
}

// One node for each period of the leaf, or of `by`, that has data.
Result<std::vector<NodeId>> LeafResolver::eachPeriod(const Expr& leaf,
                                                     std::optional<Granularity> by) const {
    const auto event = find(leaf);
    const auto periods = periodsOf(leaf.node().when, leaf.node().whenPlace, m_context);
    if (!event || !periods) {
        return fail(event ? periods.error() : event.error());
    }
    if (!*periods) {
        return fail(resolveError(
            message("core", "what is counted by %1s needs dates", std::string(nameOf(*by))),
            message("core", "Write atleast(3, login@last 7 days)."), leaf.node().place));
    }
    PeriodRange range = **periods;
    if (by && !divides(*by, range.granularity)) {
        return fail(
            resolveError(message("core", "%1s are not made up of whole %2s",
                                 std::string(nameOf(range.granularity)), std::string(nameOf(*by))),
                         message("core", "Count by something finer."), leaf.node().whenPlace));
    }
    if (by) {
        range = {*by, partsOf({range.granularity, range.first}, *by).first,
                 partsOf({range.granularity, range.last - 1}, *by).last};
    }
    const auto keys = keysOf(*event, range, m_context.catalog, leaf.node().whenPlace);
    if (!keys) {
        return fail(keys.error());
    }
    std::vector<NodeId> nodes;
    std::vector<BitmapKey> part;
    std::int32_t partIndex = 0;
    for (const BitmapKey& key : keys->stored(m_context.catalog)) {
        const auto index =
            periodAt(range.granularity, startOf({granularityOf(key.kind), key.period})).index;
        if (!part.empty() && index != partIndex) {
            nodes.push_back(unionOf(part));
            part.clear();
        }
        partIndex = index;
        part.push_back(key);
    }
    if (!part.empty()) {
        nodes.push_back(unionOf(part));
    }
    return nodes;
}

Result<ResolvedNode> LeafResolver::first(const Expr& expr) const {
    const Expr& child = expr.children().front();
    auto inner = leaf(child);
    if (!inner) {
        return inner;
    }
    const auto periods = periodsOf(child.node().when, child.node().whenPlace, m_context);
    if (!periods) {
        return fail(periods.error());
    }
    if (!*periods) {
        return fail(
            resolveError(message("core", "first needs a dated period"),
                         message("core", "Write first(%1@2020-01).", printName(child.node().name)),
                         child.node().place));
    }
    auto range = keysOf(*m_context.catalog.find(child.node().name), **periods, m_context.catalog,
                        child.node().whenPlace);
    if (!range) {
        return fail(range.error());
    }
    ResolvedNode result;
    result.expr = expr;
    const NodeId during = inner->node;
    range->last = range->first;
    range->first = INT32_MIN;
    result.keys = range->stored(m_context.catalog);
    result.notes.push_back(message("core", "its own keys are the earlier periods, which are "
                                           "taken away"));
    result.node = m_plan.difference(during, {unionOf(result.keys)});
    result.children.push_back(std::move(*inner));
    return result;
}

} // namespace cohortist
