// SPDX-License-Identifier: GPL-3.0-or-later
// The nodes of a cluster at work: all at once, and what is told of those that fail. Which cluster
// it was and which of its nodes are always told; a node that is gone goes before others that only
// cannot answer because of it. Pure functions, and one that starts threads and waits for them.
#pragma once

#include <functional>
#include <future>
#include <vector>

#include "core/store/redis/server_address.h"
#include "core/store/redis/slot_map.h"

namespace cohortist {

// An error of a node, as one of the cluster; of the very node that the address names, only so.
[[nodiscard]] Error errorOfNode(Error error, const ServerAddress& cluster, const NodeAddress& node);
// The failure to tell of a number of them.
[[nodiscard]] Result<void> mostTelling(const std::vector<Result<void>>& all);
// The first slots that no node serves, as "5461-10922"; empty where each is served.
[[nodiscard]] std::string unservedSlots(const SlotMap& map);

// Does the work for each node at the same time.
template <typename Nodes, typename Work>
Result<void> forEachNode(const Nodes& nodes, const Work& work) {
    std::vector<std::future<Result<void>>> running;
    running.reserve(nodes.size());
    for (const auto& node : nodes) {
        running.push_back(std::async(std::launch::async, [&] { return work(node); }));
    }
    std::vector<Result<void>> all;
    all.reserve(nodes.size());
    for (auto& each : running) {
        all.push_back(each.get());
    }
    return mostTelling(all);
}

} // namespace cohortist
