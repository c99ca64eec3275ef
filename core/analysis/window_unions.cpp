// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/window_unions.h"

#include <vector>

namespace cohortist {

NodeId WindowUnions::of(std::int32_t first, std::span<const NodeId> nodes) {
    const std::int32_t offset = ((first % m_length) + m_length) % m_length;
    const std::int32_t next = first + m_length - offset; // where the next block begins
    const std::int32_t end = first + static_cast<std::int32_t>(nodes.size());
    if (end < next || nodes.empty()) { // a window that the present cuts off
        return m_plan.disjunction({nodes.begin(), nodes.end()});
    }
    const auto nodeOf = [&](std::int32_t period) {
        return nodes[static_cast<std::size_t>(period - first)];
    };
    NodeId rest = m_plan.empty();
    for (std::int32_t period = next; period-- > first;) {
        const auto [known, isNew] = m_rests.try_emplace(period);
        if (isNew) {
            known->second = m_plan.disjunction({nodeOf(period), rest});
        }
        rest = known->second;
    }
    NodeId beginning = m_plan.empty();
    for (std::int32_t period = next; period < end; ++period) {
        const auto [known, isNew] = m_beginnings.try_emplace(period);
        if (isNew) {
            known->second = m_plan.disjunction({beginning, nodeOf(period)});
        }
        beginning = known->second;
    }
    return m_plan.disjunction({rest, beginning});
}

} // namespace cohortist
