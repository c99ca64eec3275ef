// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "core/analysis/period_sets.h"
#include "core/analysis/retention.h"
#include "core/analysis/retention_data.h"
#include "core/analysis/window_unions.h"

namespace cohortist {

namespace {

using Kind = RetentionQuestion::Kind;

constexpr std::int64_t kMostCells = 4'000'000;

Error outOfBounds(Message why, Message advice) {
    return Error{ErrorCode::Usage,
                 message("core", "cannot make this table"),
                 std::move(why),
                 std::move(advice),
                 {},
                 {}};
}

Result<void> checkSizes(const RetentionQuestion& question) {
    if (question.rows < 1 || question.rows > kMaxRetentionRows || question.columns < 0 ||
        question.columns > kMaxRetentionColumns) {
        return fail(outOfBounds(message("core", "a table has 1 to %1 rows and columns up to %2",
                                        std::to_string(kMaxRetentionRows),
                                        std::to_string(kMaxRetentionColumns)),
                                message("core", "Ask for fewer.")));
    }
    if (std::int64_t{question.rows} * question.cellCount() > kMostCells) {
        return fail(outOfBounds(
            message("core", "it would have more than %1 cells", std::to_string(kMostCells)),
            message("core", "Ask for fewer rows or columns.")));
    }
    if (question.start && question.start->granularity != question.by) {
        return fail(
            outOfBounds(message("core", "its start is no %1", std::string(nameOf(question.by))),
                        message("core", "Start with a period of the table's own kind.")));
    }
    if (question.kind != Kind::Bracket) {
        return {};
    }
    if (question.brackets.empty()) {
        return fail(outOfBounds(message("core", "it has no brackets"),
                                message("core", "Write them like 0,1-3,4-7.")));
    }
    for (const auto& bracket : question.brackets) {
        if (bracket.first < 0 || bracket.last < bracket.first ||
            bracket.last > kMaxRetentionColumns) {
            return fail(
                outOfBounds(message("core", "%1-%2 is no bracket", std::to_string(bracket.first),
                                    std::to_string(bracket.last)),
                            message("core", "Write them like 0,1-3,4-7.")));
        }
    }
    return {};
}

Result<void> checkPeriod(const Expr& query, const std::string& part, const SavedCohorts* cohorts) {
    if (dependsOnPeriod(query, cohorts)) {
        return {};
    }
    const std::string text = printQuery(query);
    const Expr::Node& node = query.node();
    TextSpan place = node.place;
    if (query.op() == Expr::Op::Leaf && node.whenPlace.length > 0) {
        place.length = node.whenPlace.offset + node.whenPlace.length - place.offset;
    }
    const bool isBareLeaf =
        query.op() == Expr::Op::Leaf && std::holds_alternative<WhenEver>(query.node().when);
    return fail(Error{ErrorCode::Resolve, message("core", "cannot make this table"),
                      message("core",
                              "%1 does not depend on @period, so all its periods would be "
                              "the same",
                              text),
                      isBareLeaf ? message("core", "Write %1@period.", text)
                                 : message("core", "Write @period behind an event in it."),
                      place.length > 0 ? std::optional(place) : std::nullopt, part});
}

class Planner {
public:
    Planner(RetentionPlan::Data& data, const ResolveContext& context)
        : m_data(data)
        , m_asked(data.asked)
        , m_context(context)
        , m_current(currentPeriod(m_asked.by, context.asOf))
        , m_starts(m_asked.cohort, "cohort", context, data.question.plan)
        , m_returns(m_asked.returned, "return", context, data.question.plan) {
        for (const auto& bracket : m_asked.brackets) {
            m_windows.emplace_back(bracket.last - bracket.first + 1, data.question.plan);
        }
    }

    Result<void> run() {
        addRows();
        if (m_asked.isFirstTime) {
            if (auto done = lookBack(); !done) {
                return done;
            }
        }
        for (PlannedRow& row : m_data.rows) {
            if (auto done = planRow(row); !done) {
                return done;
            }
        }
        for (PlannedRow& row : m_data.rows) {
            if (auto done = planCells(row); !done) {
                return done;
            }
        }
        for (const SetNode& node : plan().nodes()) {
            m_data.keysAsked += node.op == SetNode::Op::Key ? 1U : 0U;
        }
        return {};
    }

private:
    SetPlan& plan() { return m_data.question.plan; }
    [[nodiscard]] bool hasBegun(std::int32_t index) const { return index <= m_current.index; }
    [[nodiscard]] bool hasEnded(std::int32_t index) const {
        return endOf({m_asked.by, index}) <= m_context.asOf;
    }
    Result<const PeriodSet*> returned(std::int32_t index) {
        return m_returns.at({m_asked.by, index});
    }

    void addRows() {
        const Period first = m_asked.start.value_or(shifted(m_current, 1 - m_asked.rows));
        for (int i = 0; i < m_asked.rows; ++i) {
            PlannedRow row;
            row.period = shifted(first, i);
            const bool isPastTheCalendar =
                !m_data.rows.empty() && row.period == m_data.rows.back().period;
            if (isPastTheCalendar || (!m_asked.start && row.period > m_current)) {
                break;
            }
            row.isFuture = !hasBegun(row.period.index);
            m_data.rows.push_back(std::move(row));
        }
    }

    // The union of all starts before the first row.
    Result<void> lookBack() {
        const auto first = m_starts.firstStored(m_asked.by);
        if (!first) {
            return fail(first.error());
        }
        m_data.knownSince = *first;
        if (!*first) {
            return {};
        }
        std::vector<NodeId> earlier;
        for (std::int32_t index = (*first)->index; index < m_data.rows.front().period.index;
             ++index) {
            const auto set = m_starts.at({m_asked.by, index});
            if (!set) {
                return fail(set.error());
            }
            earlier.push_back((*set)->node);
        }
        m_earlier = plan().disjunction(std::move(earlier));
        return {};
    }

    Result<void> planRow(PlannedRow& row) {
        if (row.isFuture) {
            return {};
        }
        const auto start = m_starts.at(row.period);
        if (!start) {
            return fail(start.error());
        }
        const PeriodSet& set = **start;
        if (set.isFuture) { // @period+1 of a row that has begun
            row.isFuture = true;
            return {};
        }
        row.node = set.node;
        row.isMissing = set.isMissing;
        addNotes(row.notes, set);
        if (m_asked.isFirstTime) {
            row.node = plan().difference(set.node, {m_earlier});
            m_earlier = plan().disjunction({m_earlier, set.node});
        }
        row.position = static_cast<std::uint32_t>(m_data.question.counts.size());
        m_data.question.counts.push_back(row.node);
        return {};
    }

    void addNotes(std::vector<Message>& notes, const PeriodSet& set) const {
        if (!set.missing.empty()) {
            notes.push_back(keysNote(set.missing, true, m_context.catalog));
        }
        if (!set.zero.empty()) {
            notes.push_back(keysNote(set.zero, false, m_context.catalog));
        }
    }

    Result<void> planCells(PlannedRow& row) {
        NodeId chain = row.node; // of a streak
        bool isBroken = false;
        for (int k = 0; k < m_asked.cellCount(); ++k) {
            PlannedCell cell;
            Result<void> done;
            if (m_asked.kind == Kind::Bracket) {
                done = planUnion(cell, row.period.index, static_cast<std::size_t>(k));
            } else if (m_asked.kind == Kind::Streak) {
                done = planStreak(cell, row, k, chain, isBroken);
            } else {
                done = planOne(cell, row.period.index + k);
            }
            if (!done) {
                return done;
            }
            if (!cell.isFuture && !row.isFuture) {
                cell.position = static_cast<std::uint32_t>(m_data.question.intersections.size());
                // A streak lies within its cohort.
                const bool isWithin = m_asked.kind == Kind::Streak;
                m_data.question.intersections.push_back(
                    {isWithin ? cell.node : row.node, cell.node});
            }
            row.cells.push_back(std::move(cell));
        }
        return {};
    }

    Result<void> planOne(PlannedCell& cell, std::int32_t index) {
        cell.isFuture = !hasBegun(index);
        cell.isRunning = !hasEnded(index);
        if (cell.isFuture) {
            return {};
        }
        if (m_asked.kind == Kind::After) {
            return planAfter(cell, index);
        }
        const auto set = returned(index);
        if (!set) {
            return fail(set.error());
        }
        cell.node = (*set)->node;
        cell.isMissing = (*set)->isMissing;
        addNotes(cell.notes, **set);
        return {};
    }

    Result<void> planUnion(PlannedCell& cell, std::int32_t start, std::size_t bracket) {
        const std::int32_t first = start + m_asked.brackets[bracket].first;
        const std::int32_t last = start + m_asked.brackets[bracket].last;
        cell.isFuture = !hasBegun(first);
        cell.isRunning = !hasEnded(last);
        cell.isMissing = true;
        PeriodSet all;
        std::vector<NodeId> nodes;
        for (std::int32_t index = first; index <= std::min(last, m_current.index); ++index) {
            const auto set = returned(index);
            if (!set) {
                return fail(set.error());
            }
            nodes.push_back((*set)->node);
            cell.isMissing = cell.isMissing && (*set)->isMissing;
            all.missing.insert(all.missing.end(), (*set)->missing.begin(), (*set)->missing.end());
            all.zero.insert(all.zero.end(), (*set)->zero.begin(), (*set)->zero.end());
        }
        cell.node = m_windows[bracket].of(first, nodes);
        addNotes(cell.notes, all);
        return {};
    }

    // Unions that grow from the current period backwards, each made of the one after it.
    Result<void> planAfter(PlannedCell& cell, std::int32_t index) {
        if (m_after.empty()) {
            m_afterFirst = m_data.rows.front().period.index;
            m_after.resize(static_cast<std::size_t>(m_current.index - m_afterFirst) + 1);
            After later;
            later.isMissing = true;
            for (std::size_t i = m_after.size(); i-- > 0;) {
                const auto set = returned(m_afterFirst + static_cast<std::int32_t>(i));
                if (!set) {
                    return fail(set.error());
                }
                later.node = plan().disjunction({later.node, (*set)->node});
                later.isMissing = later.isMissing && (*set)->isMissing;
                later.periodsMissing += (*set)->missing.empty() ? 0U : 1U;
                m_after[i] = later;
            }
        }
        const After& after = m_after[static_cast<std::size_t>(index - m_afterFirst)];
        cell.node = after.node;
        cell.isMissing = after.isMissing;
        if (after.periodsMissing > 0) {
            cell.notes.push_back(message("core", "no data in %1 of its %2s",
                                         std::to_string(after.periodsMissing),
                                         std::string(nameOf(m_asked.by))));
        }
        return {};
    }

    Result<void> planStreak(PlannedCell& cell, const PlannedRow& row, int k, NodeId& chain,
                            bool& isBroken) {
        const std::int32_t index = row.period.index + k;
        cell.isFuture = !hasBegun(index);
        cell.isRunning = !hasEnded(index);
        if (cell.isFuture) {
            return {};
        }
        if (k > 0) {
            const auto set = returned(index);
            if (!set) {
                return fail(set.error());
            }
            chain = plan().conjunction({chain, (*set)->node});
            isBroken = isBroken || (*set)->isMissing;
            addNotes(cell.notes, **set);
        }
        cell.node = chain;
        cell.isMissing = isBroken;
        return {};
    }

    struct After {
        NodeId node = 0;
        bool isMissing = false;
        unsigned periodsMissing = 0;
    };

    RetentionPlan::Data& m_data;
    const RetentionQuestion& m_asked;
    const ResolveContext& m_context;
    Period m_current;
    PeriodSets m_starts;
    PeriodSets m_returns;
    std::vector<WindowUnions> m_windows; // by bracket
    NodeId m_earlier = 0;                // everybody who started before the row at hand
    std::int32_t m_afterFirst = 0;
    std::vector<After> m_after; // by period from m_afterFirst on
};

} // namespace

RetentionPlan::RetentionPlan(std::unique_ptr<Data> data)
    : m_data(std::move(data)) {}
RetentionPlan::~RetentionPlan() = default;
RetentionPlan::RetentionPlan(RetentionPlan&&) noexcept = default;
RetentionPlan& RetentionPlan::operator=(RetentionPlan&&) noexcept = default;

const Question& RetentionPlan::question() const {
    return m_data->question;
}

Result<RetentionPlan> RetentionPlan::make(RetentionQuestion question,
                                          const ResolveContext& context) {
    auto checked = checkSizes(question);
    if (checked) {
        checked = checkPeriod(question.cohort, "cohort", context.cohorts);
    }
    if (checked) {
        checked = checkPeriod(question.returned, "return", context.cohorts);
    }
    auto data = std::make_unique<Data>();
    if (checked) {
        data->asked = std::move(question);
        data->asOf = context.asOf;
        checked = Planner(*data, context).run();
    }
    if (!checked) {
        return fail(std::move(checked.error()));
    }
    return RetentionPlan(std::move(data));
}

} // namespace cohortist
