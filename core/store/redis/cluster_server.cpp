// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>
#include <mutex>

#include "core/store/redis/cluster_nodes.h"
#include "core/store/redis/server_access.h"

namespace cohortist {

namespace {

// Keys move while slots do; one that has not come to rest after so many looks is given up.
constexpr int kRounds = 8;
constexpr int kReplicaRounds = 2; // the first of these

using Indices = std::vector<std::size_t>;

// Another node may have taken the place of the one that was asked.
bool isGone(ErrorCode code) {
    return code == ErrorCode::NotFound || code == ErrorCode::Lost || code == ErrorCode::TimedOut;
}

class ClusterServer final : public ServerAccess {
public:
    ClusterServer(ServerAddress address, AccessOptions options)
        : m_address(std::move(address))
        , m_options(std::move(options)) {}

    Result<ServerTraits> connect(Waiter& waiter) override;
    Result<void> list(std::string_view prefix, const KeySink& sink, Waiter& waiter) override;
    Result<void> read(std::vector<std::string> names, ChunkRange range, const KeyOutcome& done,
                      Waiter& waiter) override;
    Result<void> count(std::vector<std::string> names, const CountSink& done,
                       Waiter& waiter) override;
    Result<std::optional<std::uint64_t>> listedTotal(Waiter& /*waiter*/) override {
        return std::nullopt; // each node lists by pages
    }
    std::uint64_t longestLength() const override {
        const std::lock_guard lock(m_mutex);
        return m_longest;
    }

private:
    class Reading;

    [[nodiscard]] ServerLink& linkTo(const NodeAddress& node);
    // Runs there; its failure is told as one of that node.
    [[nodiscard]] Result<void> runAt(const NodeAddress& node, Waiter& waiter,
                                     const ServerLink::Work& work);
    [[nodiscard]] SlotMap::Role role() const {
        return m_address.usesReplicas ? SlotMap::Role::Replica : SlotMap::Role::Primary;
    }
    [[nodiscard]] SlotMap slotMap() const {
        const std::lock_guard lock(m_mutex);
        return m_slots;
    }
    [[nodiscard]] Result<void> refresh(Waiter& waiter);
    [[nodiscard]] Result<ServerTraits> askSlots(const NodeAddress& node, Waiter& waiter);
    [[nodiscard]] tl::unexpected<Error> failure(ErrorCode code, Message why, Message advice,
                                                const char* part = "") const;

    const ServerAddress m_address;
    const AccessOptions m_options;
    mutable std::mutex m_mutex;
    SlotMap m_slots;
    std::map<NodeAddress, std::unique_ptr<ServerLink>> m_links;
    std::uint64_t m_longest = 0;
};

ServerLink& ClusterServer::linkTo(const NodeAddress& node) {
    const std::lock_guard lock(m_mutex);
    auto& link = m_links[node];
    if (!link) {
        ServerAddress address = m_address;
        address.isCluster = node == NodeAddress{address.host, address.port}; // as it was named
        address.host = node.host;
        address.port = node.port;
        link = std::make_unique<ServerLink>(std::move(address), m_options.timeouts);
    }
    return *link;
}

Result<void> ClusterServer::runAt(const NodeAddress& node, Waiter& waiter,
                                  const ServerLink::Work& work) {
    return linkTo(node).run(waiter, work).map_error([&](Error error) {
        return errorOfNode(std::move(error), m_address, node);
    });
}

tl::unexpected<Error> ClusterServer::failure(ErrorCode code, Message why, Message advice,
                                             const char* part) const {
    return fail(Error{code,
                      message("core", "cannot read from %1", m_address.name()),
                      std::move(why),
                      std::move(advice),
                      {},
                      part});
}

Result<ServerTraits> ClusterServer::askSlots(const NodeAddress& node, Waiter& waiter) {
    ServerTraits traits;
    Reply reply;
    auto done = runAt(
        node, waiter, [&](Connection& connection, const ServerTraits& found) -> Result<LinkState> {
            traits = found;
            auto answer = connection.ask(Command::clusterSlots(), waiter);
            if (!answer) {
                return fail(std::move(answer.error()));
            }
            if (isTransient(*answer)) {
                return fail(errorOf(*answer, connection.serverName(), "CLUSTER SLOTS"));
            }
            reply = *std::move(answer);
            return LinkState::Done;
        });
    if (!done) {
        return fail(std::move(done.error()));
    }
    if (reply.isError("ERR")) {
        return failure(ErrorCode::Unsupported, message("core", "the server is no cluster"),
                       message("core", "Write redis:// instead of redis+cluster://."), "cluster");
    }
    auto map = SlotMap::fromReply(reply, node.host);
    if (!map) {
        return fail(errorOf(reply, m_address.name(), "CLUSTER SLOTS"));
    }
    if (const std::string slots = unservedSlots(*map); !slots.empty()) {
        return failure(ErrorCode::Busy, message("core", "no node serves its slots %1", slots),
                       message("core", "Bring the missing nodes back."));
    }
    const std::lock_guard lock(m_mutex);
    m_slots = *std::move(map);
    return traits;
}

Result<ServerTraits> ClusterServer::connect(Waiter& waiter) {
    return askSlots({m_address.host, m_address.port}, waiter);
}

// Any node knows the map; the first that answers is believed.
Result<void> ClusterServer::refresh(Waiter& waiter) {
    std::vector<NodeAddress> nodes = slotMap().nodes(SlotMap::Role::Primary);
    nodes.push_back({m_address.host, m_address.port});
    Result<ServerTraits> asked;
    for (const NodeAddress& node : nodes) {
        asked = askSlots(node, waiter);
        if (asked || asked.error().code == ErrorCode::Cancelled) {
            break;
        }
    }
    return asked.map([](const ServerTraits&) {});
}

Result<void> ClusterServer::list(std::string_view prefix, const KeySink& sink, Waiter& waiter) {
    std::mutex mutex;
    const std::vector<NodeAddress> nodes = slotMap().nodes(role());
    std::map<NodeAddress, Progress> progress;
    return forEachNode(nodes, [&](const NodeAddress& node) -> Result<void> {
        const JobContext job(waiter.job().stopToken(), [&](Progress told) {
            Progress sum{0, 0, Progress::Unit::Keys};
            const std::lock_guard lock(mutex);
            progress[node] = told;
            for (const auto& [each, part] : progress) {
                sum.done += part.done;
                sum.total += part.total;
            }
            waiter.job().report(sum);
        });
        Waiter own(job);
        return listKeys(
                   linkTo(node), prefix, m_options.listing,
                   [&](std::string&& key) {
                       const std::lock_guard lock(mutex);
                       sink(std::move(key));
                   },
                   own)
            .map_error([&](Error error) { return errorOfNode(std::move(error), m_address, node); });
    });
}

// One call of read(): what is left of it, round by round.
class ClusterServer::Reading {
public:
    Reading(ClusterServer& cluster, std::vector<std::string> names, ChunkRange range,
            const KeyOutcome& done, Waiter& waiter)
        : m_cluster(cluster)
        , m_names(std::move(names))
        , m_range(range)
        , m_done(done)
        , m_waiter(waiter)
        , m_isDone(m_names.size()) {}

    Result<void> run() {
        Patience patience(m_cluster.m_options.timeouts.patience);
        for (int round = 0; round < kRounds; ++round) {
            std::map<NodeAddress, Indices> groups;
            const SlotMap map = m_cluster.slotMap();
            // A replica sends away who asks for a key that is on its way.
            const auto role = round < kReplicaRounds ? m_cluster.role() : SlotMap::Role::Primary;
            for (std::size_t i = 0; i < m_names.size(); ++i) {
                if (m_isDone[i] == 0) {
                    const auto node = map.nodeOf(slotOf(m_names[i]), role);
                    groups[node.value_or(
                               NodeAddress{m_cluster.m_address.host, m_cluster.m_address.port})]
                        .push_back(i);
                }
            }
            if (groups.empty()) {
                return {};
            }
            m_asks.clear();
            m_hasMoved = false;
            auto read = readGroups(groups, false);
            if (read) {
                const auto asks = m_asks;
                read = readGroups(asks, true);
            }
            if (!read && !mayHaveFailedOver(read.error(), map)) {
                return read;
            }
            if (!read || m_hasMoved) {
                if (round > 0) {
                    if (const auto waited = patience.wait(m_waiter); !waited) {
                        return fail(waited.error());
                    }
                }
                if (auto refreshed = m_cluster.refresh(m_waiter); !refreshed) {
                    return refreshed;
                }
                m_failure = read ? std::nullopt : std::optional(read.error());
            }
        }
        return m_failure ? fail(*m_failure)
                         : m_cluster.failure(ErrorCode::Busy,
                                             message("core", "its keys move from node to node"),
                                             message("core", "Try again when the cluster has come "
                                                             "to rest."));
    }

private:
    // Once a node is gone, another may have taken its place: the map tells.
    bool mayHaveFailedOver(const Error& error, const SlotMap& before) {
        if (!isGone(error.code) || !m_cluster.refresh(m_waiter)) {
            return false;
        }
        const auto role = m_cluster.role();
        return m_cluster.slotMap().nodes(role) != before.nodes(role);
    }

    Result<void> readGroups(const std::map<NodeAddress, Indices>& groups, bool isAsking) {
        return forEachNode(groups, [&](const auto& group) {
            return readGroup(group.first, group.second, isAsking);
        });
    }

    Result<void> readGroup(const NodeAddress& node, const Indices& indices, bool isAsking) {
        const JobContext job(m_waiter.job().stopToken());
        Waiter waiter(job);
        std::vector<std::string> names;
        names.reserve(indices.size());
        for (const std::size_t index : indices) {
            names.push_back(m_names[index]);
        }
        ValueReader reader(
            std::move(names), m_range, m_cluster.m_options.reading,
            [this](const std::string& key, std::uint64_t bytes) {
                const std::lock_guard lock(m_mutex);
                const auto& wants = m_cluster.m_options.wantsLong;
                return wants && wants(key, bytes);
            },
            [&](std::size_t position, ValueReader::Outcome outcome) {
                take(node, indices[position], std::move(outcome));
            });
        reader.setAsking(isAsking);
        auto read =
            m_cluster.runAt(node, waiter, [&](Connection& connection, const ServerTraits& traits) {
                return reader.run(connection, traits, waiter);
            });
        const std::lock_guard lock(m_cluster.m_mutex);
        m_cluster.m_longest = std::max(m_cluster.m_longest, reader.longestLength());
        return read;
    }

    void take(const NodeAddress& node, std::size_t index, ValueReader::Outcome outcome) {
        const std::lock_guard lock(m_mutex);
        if (outcome.redirection.empty()) {
            m_isDone[index] = 1;
            m_done(index, std::move(outcome.read));
            return;
        }
        const auto target = targetOf(outcome.redirection, node.host);
        if (target && outcome.redirection.starts_with("ASK")) {
            m_asks[*target].push_back(index);
        } else {
            m_hasMoved = true;
        }
    }

    ClusterServer& m_cluster;
    const std::vector<std::string> m_names;
    const ChunkRange m_range;
    const KeyOutcome& m_done;
    Waiter& m_waiter;
    std::mutex m_mutex;
    std::vector<std::uint8_t> m_isDone;
    std::map<NodeAddress, Indices> m_asks; // where keys on the move are to be asked for
    bool m_hasMoved = false;
    std::optional<Error> m_failure;
};

Result<void> ClusterServer::read(std::vector<std::string> names, ChunkRange range,
                                 const KeyOutcome& done, Waiter& waiter) {
    return Reading(*this, std::move(names), range, done, waiter).run();
}

Result<void> ClusterServer::count(std::vector<std::string> names, const CountSink& done,
                                  Waiter& waiter) {
    std::map<NodeAddress, Indices> groups;
    const SlotMap map = slotMap();
    for (std::size_t i = 0; i < names.size(); ++i) {
        groups[map.nodeOf(slotOf(names[i]), role())
                   .value_or(NodeAddress{m_address.host, m_address.port})]
            .push_back(i);
    }
    std::mutex mutex;
    return forEachNode(groups, [&](const auto& group) {
        const Indices& indices = group.second;
        std::vector<std::string> own;
        own.reserve(indices.size());
        for (const std::size_t index : indices) {
            own.push_back(names[index]);
        }
        CountReader reader(std::move(own),
                           [&](std::size_t position, std::optional<std::uint64_t> count) {
                               const std::lock_guard lock(mutex);
                               done(indices[position], count);
                           });
        const JobContext job(waiter.job().stopToken());
        Waiter nodeWaiter(job);
        auto counted =
            runAt(group.first, nodeWaiter, [&](Connection& connection, const ServerTraits&) {
                return reader.run(connection, nodeWaiter);
            });
        if (counted || !isGone(counted.error().code)) {
            return counted;
        }
        reader.giveUp(); // who reads them follows them to where they are now
        return Result<void>();
    });
}

} // namespace

std::unique_ptr<ServerAccess> accessCluster(const ServerAddress& address,
                                            const AccessOptions& options) {
    return std::make_unique<ClusterServer>(address, options);
}

} // namespace cohortist
