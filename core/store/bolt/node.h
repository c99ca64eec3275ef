// SPDX-License-Identifier: GPL-3.0-or-later
// One node of a bbolt tree: a page with those that belong to it, or the page inside an inline
// bucket's value. Of a large node only the elements and keys are read. bbolt writes keys and values
// one behind the other, right behind the elements, in their order; whatever deviates from that is
// damage, so that no change to a count, a place or a size goes unnoticed.
#pragma once

#include <string>
#include <vector>

#include "core/store/bolt/bolt_file.h"

namespace cohortist::bolt {

struct NodeElement {
    std::string key;
    std::uint64_t child = 0;  // of a branch: a page
    std::uint64_t offset = 0; // of a leaf: of the value, in the file
    std::uint64_t size = 0;
    bool isBucket = false;
    bool isLast = false; // of its node
};

struct Node {
    PageHeader header;
    bool isBranch = false;
    std::vector<NodeElement> elements; // by ascending key
};

// Where a node lies: `size` bytes at `offset`. Of a page, its first pageBytes, of which the rest is
// told by its header.
struct NodePlace {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t id = 0; // page; 0: inline
};

// Error codes Damaged, AccessDenied, Changed.
[[nodiscard]] Result<Node> readNode(const BoltFile& file, NodePlace place);

} // namespace cohortist::bolt
