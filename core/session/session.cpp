// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session.h"

#include "core/catalog/key_scheme.h"
#include "core/session/evaluate.h"
#include "core/store/cache/caching_store.h"

namespace cohortist {

namespace {

std::string keyText(const BitmapKey& key, const EventCatalog& catalog, const StoreInfo& info) {
    return key.isEveryone() ? "everyone" : formatKey(info.prefix, catalog, key);
}

Message wayOut(KeyState state) {
    switch (state) {
    case KeyState::NoData:
        return message("core", "Open the source again.");
    case KeyState::Refused:
        return message("core", "Leave it out of the query, or have it allowed.");
    case KeyState::WrongType:
        return message("core", "Leave it out of the query: the key is none of bitmapist's.");
    case KeyState::Read:
    case KeyState::Damaged:
        break;
    }
    return message("core", "Leave it out of the query, or restore the source from a good copy.");
}

// A number that leaves out users it could not see would be wrong, so there is none.
Result<void> requireAllRead(const Evaluation& evaluation, const EventCatalog& catalog,
                            const StoreInfo& info) {
    if (evaluation.unreadable.empty()) {
        return {};
    }
    const auto& [key, failure] = *evaluation.unreadable.begin();
    return fail(Error{ErrorCode::Unreadable,
                      message("core", "cannot answer from %1", info.name),
                      message("core", "%1: %2 (%3)", printName(keyText(key, catalog, info)),
                              std::string(nameOf(failure.state)), failure.why),
                      wayOut(failure.state),
                      {},
                      {}});
}

void collectNodes(const ResolvedNode& node, std::vector<NodeId>& nodes) {
    nodes.push_back(node.node);
    for (const auto& child : node.children) {
        collectNodes(child, nodes);
    }
}

class Explainer {
public:
    Explainer(const Evaluation& evaluation, const EventCatalog& catalog, const StoreInfo& info)
        : m_evaluation(evaluation)
        , m_catalog(catalog)
        , m_info(info) {}

    // In the order of collectNodes. The population that a ~ is taken within is no child, so
    // whether a node can be counted is asked of the plan, not of the tree.
    ExplainNode explain(const ResolvedNode& node, const SetPlan& plan) {
        ExplainNode result;
        result.expr = node.expr;
        result.derivedFrom = node.derivedFrom;
        result.notes = node.notes;
        const std::uint64_t count = m_evaluation.answer.counts[m_next++];
        if (isReadable(node.node, plan)) {
            result.count = count;
        }
        for (const BitmapKey& key : node.keys) {
            result.keys.push_back(
                {keyText(key, m_catalog, m_info), m_evaluation.stateOf(key, m_catalog)});
        }
        for (const auto& child : node.children) {
            result.children.push_back(explain(child, plan));
        }
        return result;
    }

private:
    bool isReadable(NodeId id, const SetPlan& plan) {
        if (m_evaluation.unreadable.empty()) {
            return true;
        }
        if (m_readable.empty()) {
            m_readable.reserve(plan.nodes().size());
            for (const SetNode& node : plan.nodes()) {
                bool readable =
                    node.op != SetNode::Op::Key || !m_evaluation.unreadable.contains(node.key);
                for (const NodeId operand : node.operands) {
                    readable = readable && m_readable[operand];
                }
                m_readable.push_back(readable);
            }
        }
        return m_readable[id];
    }

    const Evaluation& m_evaluation;
    const EventCatalog& m_catalog;
    const StoreInfo& m_info;
    std::size_t m_next = 0;
    std::vector<bool> m_readable; // by node of the plan
};

} // namespace

Session::Session(std::shared_ptr<BitmapStore> store)
    : m_store(std::move(store))
    , m_catalog(m_store->catalog()) {}

Session::~Session() = default;

std::optional<MemoryUse> Session::inMemory() const {
    const auto* const caching = dynamic_cast<const CachingStore*>(m_store.get());
    if (caching == nullptr) {
        return std::nullopt;
    }
    const auto fill = caching->fill();
    return MemoryUse{fill.bytes, fill.budget, fill.bitmaps};
}

// Also where the query does not need its population, a wrong one is an error.
Result<ResolveContext> Session::contextFor(const QuerySettings& settings,
                                           std::optional<Period> period) const {
    ResolveContext context{
        *m_catalog, settings.asOf.value_or(info().asOf), settings.population, &settings.cohorts, {},
        {}};
    if (info().hasTextIds) {
        context.findTextId = [this](const std::string& text) { return m_store->findText(text); };
    }
    ResolveContext everyone = context;
    everyone.population = Expr::everyone();
    everyone.period = period;
    SetPlan unused;
    if (auto resolved = resolve(settings.population, everyone, unused); !resolved) {
        resolved.error().part = "population";
        return fail(std::move(resolved.error()));
    }
    return context;
}

Result<CountResult> Session::count(const Expr& query, const QuerySettings& settings,
                                   const JobContext& job) {
    const auto context = contextFor(settings);
    if (!context) {
        return fail(context.error());
    }
    Question question;
    auto resolved = resolve(query, *context, question.plan);
    if (!resolved) {
        return fail(std::move(resolved.error()));
    }
    question.counts = {resolved->node};
    auto evaluation = evaluate(question, *m_store, m_pool, job);
    if (!evaluation) {
        return fail(std::move(evaluation.error()));
    }
    if (auto complete = requireAllRead(*evaluation, *m_catalog, info()); !complete) {
        return fail(std::move(complete.error()));
    }
    return CountResult{query, context->asOf, settings.population, evaluation->answer.counts[0],
                       evaluation->cost};
}

Result<ExplainNode> Session::explain(const Expr& query, const QuerySettings& settings,
                                     const JobContext& job) {
    const auto context = contextFor(settings);
    if (!context) {
        return fail(context.error());
    }
    Question question;
    auto resolved = resolve(query, *context, question.plan);
    if (!resolved) {
        return fail(std::move(resolved.error()));
    }
    collectNodes(*resolved, question.counts);
    auto evaluation = evaluate(question, *m_store, m_pool, job);
    if (!evaluation) {
        return fail(std::move(evaluation.error()));
    }
    return Explainer(*evaluation, *m_catalog, info()).explain(*resolved, question.plan);
}

Result<UsersResult> Session::users(const Expr& query, const QuerySettings& settings,
                                   const JobContext& job) {
    const auto context = contextFor(settings);
    if (!context) {
        return fail(context.error());
    }
    Question question;
    auto resolved = resolve(query, *context, question.plan);
    if (!resolved) {
        return fail(std::move(resolved.error()));
    }
    question.sets = {resolved->node};
    auto evaluation = evaluate(question, *m_store, m_pool, job);
    if (!evaluation) {
        return fail(std::move(evaluation.error()));
    }
    if (auto complete = requireAllRead(*evaluation, *m_catalog, info()); !complete) {
        return fail(std::move(complete.error()));
    }
    return UsersResult{query, context->asOf, std::move(evaluation->answer.sets[0]),
                       evaluation->cost};
}

Result<RetentionAnswer> Session::retention(const RetentionQuestion& question,
                                           const QuerySettings& settings, const JobContext& job) {
    const auto context =
        contextFor(settings, currentPeriod(question.by, settings.asOf.value_or(info().asOf)));
    if (!context) {
        return fail(context.error());
    }
    auto plan = RetentionPlan::make(question, *context);
    if (!plan) {
        return fail(std::move(plan.error()));
    }
    auto evaluation = evaluate(plan->question(), *m_store, m_pool, job);
    if (!evaluation) {
        return fail(std::move(evaluation.error()));
    }
    return RetentionAnswer{
        plan->finish(evaluation->answer,
                     [&](const BitmapKey& key) { return evaluation->stateOf(key, *m_catalog); }),
        evaluation->cost};
}

} // namespace cohortist
