// SPDX-License-Identifier: GPL-3.0-or-later
// A Redis Cluster of a few primaries on free ports, for tests: made whole, filled, and stirred.
// Blocking; for one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/redis_process.h"

namespace cohortist::test {

class RedisCluster {
public:
    explicit RedisCluster(std::size_t nodes);

    [[nodiscard]] bool isReady() const { return m_trouble.empty(); }
    [[nodiscard]] const std::string& trouble() const { return m_trouble; }
    [[nodiscard]] std::string address() const; // redis+cluster://127.0.0.1:…
    void set(const std::string& key, const std::string& value);
    // Moves a key and its slot to the next node; without isDone the slot stays half-way.
    void migrate(const std::string& key, bool isDone);
    int killOne(); // not the one of the address; its port
    // A replica of the node of the address; how many GETs and STRLENs it has had.
    [[nodiscard]] bool addReplica();
    [[nodiscard]] int replicaReads() const;

private:
    [[nodiscard]] std::size_t ownerOf(const std::string& key) const;
    [[nodiscard]] static std::unique_ptr<ServerProcess> startNode();
    [[nodiscard]] bool waitUntilWhole();

    std::vector<std::unique_ptr<ServerProcess>> m_nodes;
    std::unique_ptr<ServerProcess> m_replica;
    std::vector<std::string> m_ids;
    std::string m_trouble;
};

} // namespace cohortist::test
