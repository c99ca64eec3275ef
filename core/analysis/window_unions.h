// SPDX-License-Identifier: GPL-3.0-or-later
// Unions of windows of one length that slide over periods, with about three operands a window
// however long it is: the periods are cut into blocks of that length, so that each window is the
// rest of one block and the beginning of the next, and both grow by one period at a time.
// Not thread-safe; used while a table is planned. Private to this room.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "core/query/set_plan.h"

namespace cohortist {

class WindowUnions {
public:
    WindowUnions(std::int32_t length, SetPlan& plan)
        : m_length(length)
        , m_plan(plan) {}

    // nodes: of the periods from first on, no more than the length. A period has the same node in
    // every window.
    NodeId of(std::int32_t first, std::span<const NodeId> nodes);

private:
    std::int32_t m_length;
    SetPlan& m_plan;
    std::map<std::int32_t, NodeId> m_rests;      // by first period: to the end of its block
    std::map<std::int32_t, NodeId> m_beginnings; // by last period: from the beginning of its block
};

} // namespace cohortist
