// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/resolver.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/query/leaf_keys.h"

namespace cohortist {

namespace {

using Op = Expr::Op;

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

bool holdsSeveralPeriods(const When& when) {
    return std::holds_alternative<WhenRange>(when) || std::holds_alternative<WhenRolling>(when);
}

// Whole periods of `unit` make up one of `of`.
bool divides(Granularity unit, Granularity of) {
    return unit == of || (unit < of && unit != Granularity::Week);
}

class Resolver {
public:
    Resolver(const ResolveContext& context, SetPlan& plan)
        : m_context(context)
        , m_plan(plan) {}

    Result<ResolvedNode> resolve(const Expr& expr) {
        switch (expr.op()) {
        case Op::Leaf:
            return leaf(expr);
        case Op::Cohort:
            return cohort(expr);
        case Op::Ids:
            return ids(expr);
        case Op::Everyone:
            return everyone(expr);
        case Op::Not:
            return negation(expr);
        case Op::And:
        case Op::Or:
        case Op::Xor:
        case Op::Minus:
            return group(expr);
        case Op::AtLeast:
        case Op::AtMost:
        case Op::Exactly:
            return counted(expr);
        case Op::First:
            break;
        }
        return first(expr);
    }

private:
    [[nodiscard]] const EventCatalog& catalog() const { return m_context.catalog; }

    NodeId unionOf(const std::vector<BitmapKey>& keys) {
        std::vector<NodeId> nodes;
        nodes.reserve(keys.size());
        for (const BitmapKey& key : keys) {
            nodes.push_back(m_plan.key(key));
        }
        return m_plan.disjunction(std::move(nodes));
    }

    Result<EventId> find(const Expr& expr) const {
        if (const auto id = catalog().find(expr.node().name)) {
            return *id;
        }
        std::string nearest;
        for (const std::string& name : catalog().nearest(expr.node().name)) {
            nearest += (nearest.empty() ? "" : ", ") + printName(name);
        }
        return fail(resolveError(
            message("core", "there is no event %1", printName(expr.node().name)),
            nearest.empty() ? message("core", "The source's events are listed by name.")
                            : message("core", "Did you mean %1?", nearest),
            expr.node().place));
    }

    Result<ResolvedNode> leaf(const Expr& expr) {
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
        const EventEntry& entry = catalog().entry(*event);
        if (*periods) {
            const auto range = keysOf(*event, **periods, catalog(), expr.node().whenPlace);
            if (!range) {
                return fail(range.error());
            }
            result.keys = askedKeys(*range, catalog(), result.notes);
            result.node = unionOf(range->stored(catalog()));
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
    std::vector<BitmapKey> everKeys(EventId event, std::vector<Message>& notes) const {
        const EventEntry& entry = catalog().entry(event);
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
            notes.push_back(
                message("core", "ever: all its %1s together", std::string(nameOf(*kind))));
        }
        return keys;
    }

    Result<ResolvedNode> everyone(const Expr& expr) {
        ResolvedNode result;
        result.expr = expr;
        result.keys = {BitmapKey::everyone()};
        result.node = m_plan.key(BitmapKey::everyone());
        return result;
    }

    Result<NodeId> population() {
        if (m_isInPopulation) {
            return m_plan.key(BitmapKey::everyone());
        }
        if (!m_population) {
            // Its saved cohorts are no part of the one that asks for it.
            const auto inside = std::exchange(m_inside, {});
            m_isInPopulation = true;
            auto resolved = resolve(m_context.population);
            m_isInPopulation = false;
            m_inside = inside;
            if (!resolved) {
                resolved.error().part = "population";
                return fail(std::move(resolved.error()));
            }
            m_population = resolved->node;
        }
        return *m_population;
    }

    Result<ResolvedNode> ids(const Expr& expr) {
        std::vector<std::uint32_t> numbers;
        for (std::size_t i = 0; i < expr.node().ids.size(); ++i) {
            const Expr::UserId& id = expr.node().ids[i];
            const TextSpan place =
                expr.node().idPlaces.empty() ? expr.node().place : expr.node().idPlaces[i];
            if (const auto* number = std::get_if<std::uint32_t>(&id)) {
                numbers.push_back(*number);
                continue;
            }
            const std::string& text = std::get<std::string>(id);
            if (!m_context.findTextId) {
                return fail(resolveError(message("core",
                                                 "the source has no text ids, so it has no "
                                                 "user \"%1\"",
                                                 text),
                                         message("core", "Write ids as whole numbers."), place));
            }
            const auto found = m_context.findTextId(text);
            if (!found) {
                return fail(found.error());
            }
            if (!*found) {
                return fail(resolveError(message("core", "there is no user \"%1\"", text),
                                         message("core", "Text ids must match to the letter."),
                                         place));
            }
            numbers.push_back(**found);
        }
        ResolvedNode result;
        result.expr = expr;
        result.node = m_plan.constant(Bitmap::fromIds(numbers));
        return result;
    }

    Result<ResolvedNode> cohort(const Expr& expr) {
        const std::string& name = expr.node().name;
        const auto inCircle = std::find(m_inside.begin(), m_inside.end(), name);
        if (inCircle != m_inside.end()) {
            std::string circle;
            for (auto it = inCircle; it != m_inside.end(); ++it) {
                circle += "$" + printName(*it) + " → ";
            }
            return fail(resolveError(message("core",
                                             "saved cohorts refer to each other in a circle: "
                                             "%1$%2",
                                             circle, printName(name)),
                                     message("core", "Take one of them out of the circle."),
                                     expr.node().place));
        }
        const Result<Expr>* saved = nullptr;
        if (m_context.cohorts != nullptr) {
            const auto found = m_context.cohorts->find(name);
            saved = found != m_context.cohorts->end() ? &found->second : nullptr;
        }
        if (saved == nullptr) {
            return fail(resolveError(
                message("core", "there is no saved cohort %1", printName(name)),
                message("core", "Save it first, or check its name."), expr.node().place));
        }
        if (!*saved) {
            return fail(resolveError(message("core", "the saved cohort %1 is no query: %2",
                                             printName(name), saved->error().why.english()),
                                     message("core", "Mend it where it is saved."),
                                     expr.node().place));
        }
        m_inside.push_back(name);
        auto inner = resolve(**saved);
        m_inside.pop_back();
        if (!inner) {
            Error error = std::move(inner.error());
            if (error.part.empty()) { // the place lies in the saved text, which is not at hand
                error.why = message("core", "in $%1: %2", printName(name), error.why.english());
                error.place = expr.node().place;
            }
            return fail(std::move(error));
        }
        ResolvedNode result;
        result.expr = expr;
        result.node = inner->node;
        result.children.push_back(std::move(*inner));
        return result;
    }

    Result<void> resolveChildren(const Expr& expr, ResolvedNode& result,
                                 std::vector<NodeId>& nodes) {
        for (const Expr& child : expr.children()) {
            auto resolved = resolve(child);
            if (!resolved) {
                return fail(std::move(resolved.error()));
            }
            nodes.push_back(resolved->node);
            result.children.push_back(std::move(*resolved));
        }
        return {};
    }

    Result<ResolvedNode> negation(const Expr& expr) {
        ResolvedNode result;
        result.expr = expr;
        std::vector<NodeId> nodes;
        if (auto done = resolveChildren(expr, result, nodes); !done) {
            return fail(std::move(done.error()));
        }
        const auto all = population();
        if (!all) {
            return fail(all.error());
        }
        result.node = m_plan.difference(*all, std::move(nodes));
        return result;
    }

    Result<ResolvedNode> group(const Expr& expr) {
        ResolvedNode result;
        result.expr = expr;
        std::vector<NodeId> nodes;
        if (auto done = resolveChildren(expr, result, nodes); !done) {
            return fail(std::move(done.error()));
        }
        if (expr.op() == Op::And) {
            result.node = m_plan.conjunction(std::move(nodes));
        } else if (expr.op() == Op::Or) {
            result.node = m_plan.disjunction(std::move(nodes));
        } else if (expr.op() == Op::Xor) {
            result.node = m_plan.parity(std::move(nodes));
        } else {
            const NodeId from = nodes.front();
            nodes.erase(nodes.begin());
            result.node = m_plan.difference(from, std::move(nodes));
        }
        return result;
    }

    Result<ResolvedNode> counted(const Expr& expr) {
        ResolvedNode result;
        result.expr = expr;
        std::vector<NodeId> nodes;
        if (auto done = resolveChildren(expr, result, nodes); !done) {
            return fail(std::move(done.error()));
        }
        const Expr& only = expr.children().front();
        const bool countsPeriods = expr.children().size() == 1 && only.op() == Op::Leaf &&
                                   (expr.node().by || holdsSeveralPeriods(only.node().when));
        if (countsPeriods) {
            auto periods = periodNodes(only, expr.node().by);
            if (!periods) {
                return fail(std::move(periods.error()));
            }
            nodes = std::move(*periods);
        }
        auto node = within(expr.op(), expr.node().number, std::move(nodes));
        if (!node) {
            return fail(std::move(node.error()));
        }
        result.node = *node;
        return result;
    }

    Result<NodeId> within(Op op, std::uint32_t number, std::vector<NodeId> nodes) {
        if (op == Op::AtLeast && number > 0) {
            return m_plan.between(number, UINT32_MAX, std::move(nodes));
        }
        if (op == Op::Exactly && number > 0) {
            return m_plan.between(number, number, std::move(nodes));
        }
        auto all = population();
        if (!all || op == Op::AtLeast) {
            return all;
        }
        const NodeId more = number == UINT32_MAX
                                ? m_plan.empty()
                                : m_plan.between(number + 1, UINT32_MAX, std::move(nodes));
        return m_plan.difference(*all, {more});
    }

    // One node for each period of the leaf, or of `by`, that has data.
    Result<std::vector<NodeId>> periodNodes(const Expr& leaf, std::optional<Granularity> by) {
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
            return fail(resolveError(
                message("core", "%1s are not made up of whole %2s",
                        std::string(nameOf(range.granularity)), std::string(nameOf(*by))),
                message("core", "Count by something finer."), leaf.node().whenPlace));
        }
        if (by) {
            range = {*by, partsOf({range.granularity, range.first}, *by).first,
                     partsOf({range.granularity, range.last - 1}, *by).last};
        }
        const auto keys = keysOf(*event, range, catalog(), leaf.node().whenPlace);
        if (!keys) {
            return fail(keys.error());
        }
        std::vector<NodeId> nodes;
        std::vector<BitmapKey> part;
        std::int32_t partIndex = 0;
        for (const BitmapKey& key : keys->stored(catalog())) {
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

    Result<ResolvedNode> first(const Expr& expr) {
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
            return fail(resolveError(
                message("core", "first needs a dated period"),
                message("core", "Write first(%1@2020-01).", printName(child.node().name)),
                child.node().place));
        }
        auto range = keysOf(*catalog().find(child.node().name), **periods, catalog(),
                            child.node().whenPlace);
        if (!range) {
            return fail(range.error());
        }
        ResolvedNode result;
        result.expr = expr;
        const NodeId during = inner->node;
        range->last = range->first;
        range->first = INT32_MIN;
        result.keys = range->stored(catalog());
        result.notes.push_back(message("core", "its own keys are the earlier periods, which are "
                                               "taken away"));
        result.node = m_plan.difference(during, {unionOf(result.keys)});
        result.children.push_back(std::move(*inner));
        return result;
    }

    const ResolveContext& m_context;
    SetPlan& m_plan;
    std::optional<NodeId> m_population;
    bool m_isInPopulation = false;
    std::vector<std::string> m_inside; // saved cohorts being filled in, outermost first
};

bool dependsOnPeriod(const Expr& expr, const SavedCohorts* cohorts, std::set<std::string>& seen) {
    if (expr.op() == Op::Leaf) {
        return expr.dependsOnPeriod();
    }
    if (expr.op() == Op::Cohort && cohorts != nullptr && seen.insert(expr.node().name).second) {
        const auto saved = cohorts->find(expr.node().name);
        // One that is no query may have it: resolving it says what is wrong.
        return saved != cohorts->end() &&
               (!saved->second || dependsOnPeriod(*saved->second, cohorts, seen));
    }
    return std::any_of(expr.children().begin(), expr.children().end(),
                       [&](const Expr& child) { return dependsOnPeriod(child, cohorts, seen); });
}

} // namespace

Result<ResolvedNode> resolve(const Expr& expr, const ResolveContext& context, SetPlan& plan) {
    return Resolver(context, plan).resolve(expr);
}

bool dependsOnPeriod(const Expr& expr, const SavedCohorts* cohorts) {
    std::set<std::string> seen;
    return dependsOnPeriod(expr, cohorts, seen);
}

} // namespace cohortist
