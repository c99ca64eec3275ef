// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redis_cluster.h"

#include <QTest>

#include "core/store/redis/slot_map.h"

namespace cohortist::test {

namespace {

constexpr int kMilliseconds = 30'000;

std::size_t firstSlot(std::size_t node, std::size_t nodes) {
    return node * kSlotCount / nodes;
}

} // namespace

RedisCluster::RedisCluster(std::size_t nodes) {
    for (std::size_t i = 0; i < nodes; ++i) {
        auto node = startNode();
        if (!node) {
            m_trouble = "a node does not start";
            return;
        }
        RawClient client(node->port());
        client.ask({"CLUSTER", "ADDSLOTSRANGE", std::to_string(firstSlot(i, nodes)),
                    std::to_string(firstSlot(i + 1, nodes) - 1)});
        m_ids.push_back(client.ask({"CLUSTER", "MYID"}).text);
        m_nodes.push_back(std::move(node));
    }
    RawClient first(m_nodes[0]->port());
    for (const auto& node : m_nodes) {
        const std::string bus =
            RawClient(node->port()).ask({"CONFIG", "GET", "cluster-port"}).elements.at(1).text;
        const Reply met =
            first.ask({"CLUSTER", "MEET", "127.0.0.1", std::to_string(node->port()), bus});
        if (met.isError()) {
            m_trouble = met.text;
        }
    }
    if (m_trouble.empty() && !waitUntilWhole()) {
        m_trouble = "the nodes do not find each other";
    }
}

// Other nodes are spoken to on a port of its own, by default 10,000 higher.
std::unique_ptr<ServerProcess> RedisCluster::startNode() {
    return startRedis({"--cluster-enabled", "yes", "--cluster-port", QString::number(freePort()),
                       "--cluster-node-timeout", "2000"});
}

bool RedisCluster::addReplica() {
    m_replica = startNode();
    if (!m_replica) {
        m_trouble = "the replica does not start";
        return false;
    }
    RawClient client(m_replica->port());
    const std::string bus =
        RawClient(m_nodes[0]->port()).ask({"CONFIG", "GET", "cluster-port"}).elements.at(1).text;
    client.ask({"CLUSTER", "MEET", "127.0.0.1", std::to_string(m_nodes[0]->port()), bus});
    bool isAsked = false;
    const bool isThere = QTest::qWaitFor(
        [&] {
            // Until the node is known; each time that it is begins the copying anew.
            isAsked = isAsked || !client.ask({"CLUSTER", "REPLICATE", m_ids[0]}).isError();
            const std::string info = client.ask({"INFO", "replication"}).text;
            const Reply map = RawClient(m_nodes[0]->port()).ask({"CLUSTER", "SLOTS"});
            return info.find("master_link_status:up") != std::string::npos &&
                   std::any_of(map.elements.begin(), map.elements.end(),
                               [](const Reply& range) { return range.elements.size() > 3; });
        },
        kMilliseconds);
    m_trouble = isThere ? "" : "the replica does not come up";
    return isThere;
}

int RedisCluster::replicaReads() const {
    const std::string info = RawClient(m_replica->port()).ask({"INFO", "commandstats"}).text;
    const std::size_t at = info.find("cmdstat_strlen:calls=");
    return at == std::string::npos ? 0 : std::atoi(info.c_str() + at + 21);
}

bool RedisCluster::waitUntilWhole() {
    return QTest::qWaitFor(
        [this] {
            for (const auto& node : m_nodes) {
                RawClient client(node->port());
                const std::string info = client.ask({"CLUSTER", "INFO"}).text;
                const Reply map = client.ask({"CLUSTER", "SLOTS"});
                if (info.find("cluster_state:ok") == std::string::npos ||
                    map.elements.size() < m_nodes.size()) {
                    return false;
                }
            }
            return true;
        },
        kMilliseconds);
}

std::string RedisCluster::address() const {
    return "redis+cluster://127.0.0.1:" + std::to_string(m_nodes[0]->port());
}

std::size_t RedisCluster::ownerOf(const std::string& key) const {
    std::size_t node = 0;
    while (slotOf(key) >= firstSlot(node + 1, m_nodes.size())) {
        ++node;
    }
    return node;
}

void RedisCluster::set(const std::string& key, const std::string& value) {
    RawClient(m_nodes[ownerOf(key)]->port()).ask({"SET", key, value});
}

void RedisCluster::migrate(const std::string& key, bool isDone) {
    const std::size_t from = ownerOf(key);
    const std::size_t to = (from + 1) % m_nodes.size();
    const std::string slot = std::to_string(slotOf(key));
    RawClient source(m_nodes[from]->port());
    RawClient target(m_nodes[to]->port());
    if (!isDone) {
        target.ask({"CLUSTER", "SETSLOT", slot, "IMPORTING", m_ids[from]});
        source.ask({"CLUSTER", "SETSLOT", slot, "MIGRATING", m_ids[to]});
        source.ask({"MIGRATE", "127.0.0.1", std::to_string(m_nodes[to]->port()), key, "0", "5000"});
        return;
    }
    target.ask({"CLUSTER", "SETSLOT", slot, "NODE", m_ids[to]});
    source.ask({"CLUSTER", "SETSLOT", slot, "NODE", m_ids[to]});
    for (const auto& node : m_nodes) {
        RawClient(node->port()).ask({"CLUSTER", "SETSLOT", slot, "NODE", m_ids[to]});
    }
}

int RedisCluster::killOne() {
    m_nodes.back()->kill();
    return m_nodes.back()->port();
}

} // namespace cohortist::test
