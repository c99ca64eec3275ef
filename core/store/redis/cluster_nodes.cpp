// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/cluster_nodes.h"

#include <algorithm>

#include <fmt/format.h>

namespace cohortist {

namespace {

constexpr std::uint16_t kLastSlot = 16383;

// Nodes that stay say CLUSTERDOWN, or that they are busy, for as long as one is gone.
bool isOfOthers(const Result<void>& done) {
    return !done && done.error().code == ErrorCode::Busy;
}

} // namespace

Error errorOfNode(Error error, const ServerAddress& cluster, const NodeAddress& node) {
    if (error.code == ErrorCode::Cancelled || node == NodeAddress{cluster.host, cluster.port}) {
        return error;
    }
    const bool isIpv6 = node.host.find(':') != std::string::npos;
    error.what =
        message("core", "cannot read from %1 for its node %2", cluster.name(),
                (isIpv6 ? "[" + node.host + "]" : node.host) + fmt::format(":{}", node.port));
    if (error.code == ErrorCode::NotFound || error.code == ErrorCode::TimedOut ||
        error.code == ErrorCode::Lost) {
        error.advice = message("core", "Check that the node runs, and that the address by which "
                                       "the cluster knows it can be reached from here.");
        error.part.clear(); // no part of the cluster's own address is at fault
    }
    return error;
}

Result<void> mostTelling(const std::vector<Result<void>>& all) {
    const auto isFailed = [](const Result<void>& done) { return !done && !isOfOthers(done); };
    auto found = std::find_if(all.begin(), all.end(), isFailed);
    if (found == all.end()) {
        found = std::find_if(all.begin(), all.end(), isOfOthers);
    }
    return found == all.end() ? Result<void>() : *found;
}

std::string unservedSlots(const SlotMap& map) {
    std::uint16_t first = 0;
    while (first <= kLastSlot && map.nodeOf(first)) {
        ++first;
    }
    std::uint16_t end = first;
    while (end <= kLastSlot && !map.nodeOf(end)) {
        ++end;
    }
    return first > kLastSlot ? std::string() : fmt::format("{}-{}", first, end - 1);
}

} // namespace cohortist
