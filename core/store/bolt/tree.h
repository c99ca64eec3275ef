// SPDX-License-Identifier: GPL-3.0-or-later
// Walks the trees of a bbolt file, each page at most once over all walks with one TreeWalker: a
// forged file may loop, and two trees may not share a page. For one thread.
#pragma once

#include <functional>
#include <vector>

#include "core/base/job_context.h"
#include "core/store/bolt/node.h"

namespace cohortist::bolt {

// element: may be moved from.
using ElementSink = std::function<Result<void>(NodeElement&& element)>;

class TreeWalker {
public:
    TreeWalker(const BoltFile& file, const JobContext& job);

    // The elements of the leaves, by ascending key.
    [[nodiscard]] Result<void> walk(std::uint64_t rootPage, const ElementSink& sink);
    // Of the bucket that an element stands for: a tree of its own, or one leaf in the value.
    [[nodiscard]] Result<void> walkBucket(const NodeElement& bucket, const ElementSink& sink);

private:
    struct Visit {
        std::uint64_t page = 0;
        std::string lowest;  // no key is less
        std::string highest; // every key is less, unless it is empty
        int depth = 0;
    };
    [[nodiscard]] Result<Node> visit(const Visit& visit);
    [[nodiscard]] Result<void> claim(std::uint64_t page, std::uint64_t pages);

    const BoltFile& m_file;
    const JobContext& m_job;
    std::vector<bool> m_isClaimed;
    std::uint64_t m_claimed = 0;
};

} // namespace cohortist::bolt
