// SPDX-License-Identifier: GPL-3.0-or-later
// Asks a server what it is and what lies in it, without opening it as a source. Blocks; may be
// called from any thread. Sends nothing but what a store would.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/job_context.h"
#include "core/session/session.h"
#include "core/store/redis/server_address.h"

namespace cohortist {

struct PrefixFound {
    std::string prefix;
    std::uint64_t events = 0;
    std::uint64_t keys = 0;
};

struct ServerFinding {
    std::string kind; // "Redis 7.0.15"
    bool isKindKnown = false;
    bool isClusterNode = false; // of a cluster that was not asked for as one: nothing is listed
    std::chrono::duration<double, std::milli> connectTime{}; // until the server had answered
    std::uint64_t keys = 0;                                  // of all kinds
    std::vector<PrefixFound> prefixes;                       // the likeliest first
};

// Error codes as of openRedis. A server without events is no error here.
[[nodiscard]] Result<ServerFinding> probeServer(const ServerAddress& address,
                                                const JobContext& job);

struct OpenedServer {
    std::shared_ptr<Session> session;
    ServerAddress address; // with its password
    std::chrono::duration<double, std::milli> connectTime{};
};
// Past periods are kept on this computer for the next time; readsAgain: none of them is believed.
// Error codes as of openRedis.
[[nodiscard]] Result<OpenedServer> openServer(const ServerAddress& address, const JobContext& job,
                                              bool readsAgain = false);

// Where there are several prefixes and none is named, what was found, to choose from.
struct OpenedOrFound {
    OpenedServer opened;
    std::optional<ServerFinding> found;
};
[[nodiscard]] Result<OpenedOrFound> openOrChoose(const ServerAddress& address,
                                                 const JobContext& job);

} // namespace cohortist
