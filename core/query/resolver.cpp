// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/resolver.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/query/leaf_keys.h"
#include "core/query/leaf_resolver.h"

namespace cohortist {

namespace {

using Op = Expr::Op;

bool holdsSeveralPeriods(const When& when) {
    return std::holds_alternative<WhenRange>(when) || std::holds_alternative<WhenRolling>(when);
}

class Resolver {
public:
    Resolver(const ResolveContext& context, SetPlan& plan)
        : m_context(context)
        , m_plan(plan)
        , m_leaves(context, plan) {}

    Result<ResolvedNode> resolve(const Expr& expr) {
        switch (expr.op()) {
        case Op::Leaf:
            return m_leaves.leaf(expr);
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
        return m_leaves.first(expr);
    }

private:
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
            auto periods = m_leaves.eachPeriod(only, expr.node().by);
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

    const ResolveContext& m_context;
    SetPlan& m_plan;
    LeafResolver m_leaves;
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
