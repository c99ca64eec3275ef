// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/retention.h"

#include <algorithm>
#include <cmath>

#include "core/analysis/retention_data.h"

namespace cohortist {

namespace {

using State = RetentionCell::State;

// By node of the plan: can its value be trusted?
std::vector<bool> readableNodes(const SetPlan& plan,
                                const std::function<KeyState(const BitmapKey&)>& stateOf) {
    std::vector<bool> readable;
    readable.reserve(plan.nodes().size());
    for (const SetNode& node : plan.nodes()) {
        // Planned keys are stored ones: one that has no data after all is gone, not empty.
        bool isReadable = node.op != SetNode::Op::Key || stateOf(node.key) == KeyState::Read;
        for (const NodeId operand : node.operands) {
            isReadable = isReadable && readable[operand];
        }
        readable.push_back(isReadable);
    }
    return readable;
}

class Finisher {
public:
    Finisher(const RetentionPlan::Data& data, const Answer& answer,
             const std::function<KeyState(const BitmapKey&)>& stateOf)
        : m_data(data)
        , m_answer(answer)
        , m_readable(readableNodes(data.question.plan, stateOf)) {}

    RetentionResult run() {
        RetentionResult result;
        result.question = m_data.asked;
        result.asOf = m_data.asOf;
        result.knownSince = m_data.knownSince;
        result.keysAsked = m_data.keysAsked;
        for (const PlannedRow& planned : m_data.rows) {
            result.rows.push_back(row(planned));
            result.meanSize += result.rows.back().size.value_or(0);
        }
        addMeans(result);
        return result;
    }

private:
    RetentionRow row(const PlannedRow& planned) const {
        RetentionRow row;
        row.period = planned.period;
        row.notes = planned.notes;
        const bool isKnown = !planned.isFuture && !planned.isMissing && m_readable[planned.node];
        if (isKnown) {
            row.size = m_answer.counts[planned.position];
        }
        for (std::size_t k = 0; k < planned.cells.size(); ++k) {
            row.cells.push_back(cell(planned, k, row.size.value_or(0)));
        }
        return row;
    }

    [[nodiscard]] bool usesPrevious(std::size_t k) const {
        return m_data.asked.base == RetentionQuestion::Base::Previous && k > 0;
    }

    [[nodiscard]] State stateOf(const PlannedRow& row, std::size_t k, std::uint64_t size) const {
        const PlannedCell& cell = row.cells[k];
        const PlannedCell* previous = usesPrevious(k) ? &row.cells[k - 1] : nullptr;
        if (cell.isFuture || row.isFuture) {
            return State::Future;
        }
        const bool isReadable = m_readable[row.node] && m_readable[cell.node] &&
                                (previous == nullptr || m_readable[previous->node]);
        if (!isReadable) {
            return State::Unreadable;
        }
        if (row.isMissing || cell.isMissing || (previous != nullptr && previous->isMissing)) {
            return State::Missing;
        }
        if (size == 0) {
            return State::Empty;
        }
        return cell.isRunning ? State::Partial : State::Value;
    }

    RetentionCell cell(const PlannedRow& row, std::size_t k, std::uint64_t size) const {
        const PlannedCell& planned = row.cells[k];
        RetentionCell cell;
        cell.state = stateOf(row, k, size);
        cell.notes = planned.notes;
        if (cell.state != State::Value && cell.state != State::Partial) {
            return cell;
        }
        cell.count = m_answer.intersections[planned.position];
        cell.base = usesPrevious(k) ? m_answer.intersections[row.cells[k - 1].position] : size;
        if (cell.base == 0) {
            return cell;
        }
        const double rate = static_cast<double>(cell.count) / static_cast<double>(cell.base);
        cell.rate = m_data.asked.isChurn ? 1 - rate : rate;
        if (cell.count <= cell.base) {
            const Interval interval = wilsonInterval(cell.count, cell.base);
            cell.low = m_data.asked.isChurn ? 1 - interval.high : interval.low;
            cell.high = m_data.asked.isChurn ? 1 - interval.low : interval.high;
        }
        return cell;
    }

    void addMeans(RetentionResult& result) const {
        const auto columns = static_cast<std::size_t>(m_data.asked.cellCount());
        result.weightedMean.resize(columns);
        result.simpleMean.resize(columns);
        result.rowsUsed.resize(columns);
        for (std::size_t k = 0; k < columns; ++k) {
            double counts = 0;
            double bases = 0;
            double rates = 0;
            int used = 0;
            for (const RetentionRow& row : result.rows) {
                const RetentionCell& cell = row.cells[k];
                if (cell.state == State::Value && cell.rate) {
                    counts += static_cast<double>(cell.count);
                    bases += static_cast<double>(cell.base);
                    rates += *cell.rate;
                    ++used;
                }
            }
            result.rowsUsed[k] = used;
            if (used > 0) {
                const double weighted = counts / bases;
                result.weightedMean[k] = m_data.asked.isChurn ? 1 - weighted : weighted;
                result.simpleMean[k] = rates / used;
            }
        }
    }

    const RetentionPlan::Data& m_data;
    const Answer& m_answer;
    std::vector<bool> m_readable;
};

} // namespace

Interval wilsonInterval(std::uint64_t count, std::uint64_t base) {
    constexpr double kZ = 1.96;
    const double n = static_cast<double>(base);
    const double p = static_cast<double>(count) / n;
    const double z2 = kZ * kZ / n;
    const double middle = p + z2 / 2;
    const double half = kZ * std::sqrt(p * (1 - p) / n + z2 / (4 * n));
    // Rounding must not keep nobody and everybody from the ends.
    return {count == 0 ? 0.0 : std::max(0.0, (middle - half) / (1 + z2)),
            count == base ? 1.0 : std::min(1.0, (middle + half) / (1 + z2))};
}

RetentionResult
RetentionPlan::finish(const Answer& answer,
                      const std::function<KeyState(const BitmapKey&)>& stateOf) const {
    return Finisher(*m_data, answer, stateOf).run();
}

} // namespace cohortist
