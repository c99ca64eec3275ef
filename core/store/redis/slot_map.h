// SPDX-License-Identifier: GPL-3.0-or-later
// Which node of a Redis Cluster holds which keys. A key's slot is the CRC16 (XMODEM) of the key, or
// of what lies between its first { and the next }, modulo 16,384; source: the Redis Cluster
// specification. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/redis/reply.h"

namespace cohortist {

inline constexpr std::uint32_t kSlotCount = 16384;

[[nodiscard]] std::uint16_t slotOf(std::string_view key);

struct NodeAddress {
    std::string host;
    std::uint16_t port = 0;
    auto operator<=>(const NodeAddress&) const = default;
};

class SlotMap {
public:
    // From the reply to CLUSTER SLOTS. asked: the host that was asked, which a node that does not
    // know its own name means. Nothing where the reply is none, or tells of no node.
    [[nodiscard]] static std::optional<SlotMap> fromReply(const Reply& reply,
                                                          const std::string& asked);

    // Of each slot its primary, or a replica of it where there is one.
    enum class Role : std::uint8_t { Primary, Replica };

    [[nodiscard]] const std::vector<NodeAddress>& nodes(Role role = Role::Primary) const {
        return sideOf(role).nodes;
    }
    // Nothing where no node serves the slot.
    [[nodiscard]] std::optional<NodeAddress> nodeOf(std::uint16_t slot,
                                                    Role role = Role::Primary) const;
    [[nodiscard]] bool isWhole() const; // every slot is served

private:
    struct Side {
        std::vector<NodeAddress> nodes;
        std::vector<std::uint16_t> bySlot; // position in the nodes, or kNobody
        Side();
        void set(std::int64_t first, std::int64_t last, const NodeAddress& node); // closed
    };
    [[nodiscard]] const Side& sideOf(Role role) const {
        return role == Role::Primary ? m_primaries : m_replicas;
    }
    Side m_primaries;
    Side m_replicas;
};

// Where "MOVED 3999 host:port" or "ASK 3999 host:port" points to.
[[nodiscard]] std::optional<NodeAddress> targetOf(std::string_view redirection,
                                                  const std::string& asked);

} // namespace cohortist
