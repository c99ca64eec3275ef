// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/slot_map.h"

#include <algorithm>
#include <charconv>

namespace cohortist {

namespace {

constexpr std::uint16_t kNobody = UINT16_MAX;

std::uint16_t crc16(std::string_view bytes) {
    constexpr unsigned kPolynomial = 0x1021;
    unsigned crc = 0;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned>(static_cast<unsigned char>(byte)) << 8U;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc & 0x8000U) != 0 ? crc << 1U ^ kPolynomial : crc << 1U;
        }
    }
    return static_cast<std::uint16_t>(crc & 0xFFFFU);
}

std::optional<std::uint16_t> portOf(std::int64_t number) {
    return number > 0 && number <= UINT16_MAX ? std::optional(static_cast<std::uint16_t>(number))
                                              : std::nullopt;
}

bool isSlot(const Reply& reply) {
    return reply.type == Reply::Type::Integer && reply.integer >= 0 && reply.integer < kSlotCount;
}

// A node of the reply: [host, port, …]. No host, or "?", is the one that was asked.
std::optional<NodeAddress> nodeFrom(const Reply& reply, const std::string& asked) {
    if (reply.type != Reply::Type::Array || reply.elements.size() < 2) {
        return std::nullopt;
    }
    const auto port = portOf(reply.elements[1].integer);
    if (!port) {
        return std::nullopt;
    }
    const std::string& host = reply.elements[0].text;
    return NodeAddress{host.empty() || host == "?" ? asked : host, *port};
}

} // namespace

std::uint16_t slotOf(std::string_view key) {
    if (const std::size_t open = key.find('{'); open != std::string_view::npos) {
        const std::size_t close = key.find('}', open + 1);
        if (close != std::string_view::npos && close > open + 1) {
            key = key.substr(open + 1, close - open - 1);
        }
    }
    return crc16(key) % kSlotCount;
}

SlotMap::Side::Side()
    : bySlot(kSlotCount, kNobody) {}

void SlotMap::Side::set(std::int64_t first, std::int64_t last, const NodeAddress& node) {
    auto place = std::find(nodes.begin(), nodes.end(), node);
    if (place == nodes.end()) {
        nodes.push_back(node);
        place = nodes.end() - 1;
    }
    const auto number = static_cast<std::uint16_t>(place - nodes.begin());
    for (std::int64_t slot = first; slot <= last; ++slot) {
        bySlot[static_cast<std::size_t>(slot)] = number;
    }
}

std::optional<SlotMap> SlotMap::fromReply(const Reply& reply, const std::string& asked) {
    SlotMap map;
    if (reply.type != Reply::Type::Array) {
        return std::nullopt;
    }
    for (const Reply& range : reply.elements) {
        if (range.type != Reply::Type::Array || range.elements.size() < 3 ||
            !isSlot(range.elements[0]) || !isSlot(range.elements[1])) {
            return std::nullopt;
        }
        const auto primary = nodeFrom(range.elements[2], asked);
        if (!primary) {
            return std::nullopt;
        }
        const auto replica =
            range.elements.size() > 3 ? nodeFrom(range.elements[3], asked) : std::nullopt;
        const std::int64_t first = range.elements[0].integer;
        const std::int64_t last = range.elements[1].integer;
        map.m_primaries.set(first, last, *primary);
        map.m_replicas.set(first, last, replica.value_or(*primary));
    }
    return map.m_primaries.nodes.empty() ? std::nullopt : std::optional(std::move(map));
}

std::optional<NodeAddress> SlotMap::nodeOf(std::uint16_t slot, Role role) const {
    const Side& side = sideOf(role);
    const std::uint16_t number = side.bySlot[slot];
    return number == kNobody ? std::nullopt : std::optional(side.nodes[number]);
}

bool SlotMap::isWhole() const {
    return std::find(m_primaries.bySlot.begin(), m_primaries.bySlot.end(), kNobody) ==
           m_primaries.bySlot.end();
}

std::optional<NodeAddress> targetOf(std::string_view redirection, const std::string& asked) {
    const std::size_t space = redirection.rfind(' ');
    const std::size_t colon = redirection.rfind(':');
    if (space == std::string_view::npos || colon == std::string_view::npos || colon < space) {
        return std::nullopt;
    }
    const std::string_view host = redirection.substr(space + 1, colon - space - 1);
    const std::string_view text = redirection.substr(colon + 1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto port = portOf(number);
    if (error != std::errc() || end != text.data() + text.size() || !port) {
        return std::nullopt;
    }
    return NodeAddress{host.empty() || host == "?" ? asked : std::string(host), *port};
}

} // namespace cohortist
