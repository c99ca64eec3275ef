// SPDX-License-Identifier: GPL-3.0-or-later
// One or many questions brought down to stored bitmaps and set operations: a graph without circles
// in which equal parts are one node, so that what two questions share is read and computed once.
// Operands always have smaller ids than their node. Not thread-safe while being built; a value
// after.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/catalog/event_catalog.h"
#include "core/sets/bitmap.h"

namespace cohortist {

using NodeId = std::uint32_t;

struct SetNode {
    enum class Op : std::uint8_t {
        Empty,
        Key,      // key
        Constant, // constant
        And,      // of two or more operands, as are Or and Xor
        Or,
        Xor,
        Minus,  // the first operand without all others
        Between // users in at least `least` and at most `most` of the operands; least >= 1
    };
    Op op = Op::Empty;
    BitmapKey key;
    Bitmap constant;
    std::uint32_t least = 0;
    std::uint32_t most = 0;
    std::vector<NodeId> operands;
};

class SetPlan {
public:
    SetPlan(); // node 0 is the empty set
    [[nodiscard]] NodeId empty() const { return 0; }
    NodeId key(const BitmapKey& key);
    NodeId constant(Bitmap set);
    // And, Or, Xor: equal operands and empty sets are simplified away, order does not matter.
    NodeId conjunction(std::vector<NodeId> operands); // not for none
    NodeId disjunction(std::vector<NodeId> operands); // of none: empty
    NodeId parity(std::vector<NodeId> operands);
    NodeId difference(NodeId from, std::vector<NodeId> taken);
    NodeId between(std::uint32_t least, std::uint32_t most, std::vector<NodeId> operands);

    [[nodiscard]] std::span<const SetNode> nodes() const { return m_nodes; }
    [[nodiscard]] const SetNode& node(NodeId id) const { return m_nodes[id]; }

private:
    NodeId intern(SetNode node);
    std::vector<SetNode> m_nodes;
    std::unordered_multimap<std::size_t, NodeId> m_byHash;
};

} // namespace cohortist
