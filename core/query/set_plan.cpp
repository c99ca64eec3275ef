// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/set_plan.h"

#include <algorithm>

namespace cohortist {

namespace {

using Op = SetNode::Op;

std::size_t hashOf(const SetNode& node) {
    std::size_t seed = static_cast<std::size_t>(node.op);
    const auto mix = [&](std::size_t value) {
        seed ^= value + 0x9E3779B97F4A7C15U + (seed << 6U) + (seed >> 2U);
    };
    mix(node.key.event);
    mix(static_cast<std::size_t>(node.key.kind));
    mix(static_cast<std::size_t>(static_cast<std::uint32_t>(node.key.period)));
    mix(node.constant.count());
    mix(node.least);
    mix(node.most);
    for (const NodeId operand : node.operands) {
        mix(operand);
    }
    return seed;
}

bool isSame(const SetNode& a, const SetNode& b) {
    return a.op == b.op && a.key == b.key && a.least == b.least && a.most == b.most &&
           a.operands == b.operands && a.constant == b.constant;
}

void sortUnique(std::vector<NodeId>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

} // namespace

SetPlan::SetPlan() {
    intern({});
}

NodeId SetPlan::intern(SetNode node) {
    const std::size_t hash = hashOf(node);
    const auto [begin, end] = m_byHash.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
        if (isSame(m_nodes[it->second], node)) {
            return it->second;
        }
    }
    const auto id = static_cast<NodeId>(m_nodes.size());
    m_nodes.push_back(std::move(node));
    m_byHash.emplace(hash, id);
    return id;
}

NodeId SetPlan::key(const BitmapKey& key) {
    SetNode node;
    node.op = Op::Key;
    node.key = key;
    return intern(std::move(node));
}

NodeId SetPlan::constant(Bitmap set) {
    if (set.isEmpty()) {
        return empty();
    }
    SetNode node;
    node.op = Op::Constant;
    node.constant = std::move(set);
    return intern(std::move(node));
}

NodeId SetPlan::conjunction(std::vector<NodeId> operands) {
    sortUnique(operands);
    if (operands.front() == empty()) {
        return empty();
    }
    if (operands.size() == 1) {
        return operands.front();
    }
    SetNode node;
    node.op = Op::And;
    node.operands = std::move(operands);
    return intern(std::move(node));
}

NodeId SetPlan::disjunction(std::vector<NodeId> operands) {
    sortUnique(operands);
    if (!operands.empty() && operands.front() == empty()) {
        operands.erase(operands.begin());
    }
    if (operands.size() < 2) {
        return operands.empty() ? empty() : operands.front();
    }
    SetNode node;
    node.op = Op::Or;
    node.operands = std::move(operands);
    return intern(std::move(node));
}

NodeId SetPlan::parity(std::vector<NodeId> operands) {
    // A set that stands there twice cancels itself.
    std::sort(operands.begin(), operands.end());
    std::vector<NodeId> odd;
    for (const NodeId id : operands) {
        if (!odd.empty() && odd.back() == id) {
            odd.pop_back();
        } else if (id != empty()) {
            odd.push_back(id);
        }
    }
    if (odd.size() < 2) {
        return odd.empty() ? empty() : odd.front();
    }
    SetNode node;
    node.op = Op::Xor;
    node.operands = std::move(odd);
    return intern(std::move(node));
}

NodeId SetPlan::difference(NodeId from, std::vector<NodeId> taken) {
    sortUnique(taken);
    if (std::binary_search(taken.begin(), taken.end(), from)) {
        return empty();
    }
    std::erase(taken, empty());
    if (from == empty() || taken.empty()) {
        return from;
    }
    SetNode node;
    node.op = Op::Minus;
    node.operands = {from};
    node.operands.insert(node.operands.end(), taken.begin(), taken.end());
    return intern(std::move(node));
}

NodeId SetPlan::between(std::uint32_t least, std::uint32_t most, std::vector<NodeId> operands) {
    // Operands count as often as they stand there.
    std::erase(operands, empty());
    std::sort(operands.begin(), operands.end());
    if (least > most || least > operands.size()) {
        return empty();
    }
    most = std::min(most, static_cast<std::uint32_t>(operands.size()));
    if (most == operands.size() && least == 1) {
        return disjunction(std::move(operands));
    }
    if (least == operands.size()) {
        return conjunction(std::move(operands));
    }
    SetNode node;
    node.op = Op::Between;
    node.least = least;
    node.most = most;
    node.operands = std::move(operands);
    return intern(std::move(node));
}

} // namespace cohortist
