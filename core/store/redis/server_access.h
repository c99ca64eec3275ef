// SPDX-License-Identifier: GPL-3.0-or-later
// What a store needs of its server, be that one or the nodes of a cluster: which kind it is, its
// keys, their values and counts. Any number of threads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/redis/count_reader.h"
#include "core/store/redis/key_listing.h"
#include "core/store/redis/value_reader.h"

namespace cohortist {

// What became of one of the keys, by its position. Never called twice at once.
using KeyOutcome = std::function<void(std::size_t index, KeyRead read)>;

struct AccessOptions {
    ServerTimeouts timeouts;
    ListingLimits listing;
    ReadLimits reading;
    WantsLong wantsLong; // may be called from any thread, never twice at once
};

class ServerAccess {
public:
    virtual ~ServerAccess() = default;
    ServerAccess(const ServerAccess&) = delete;
    ServerAccess& operator=(const ServerAccess&) = delete;

    // Error codes of all three as of ServerLink::run; the error names the server or the node.
    [[nodiscard]] virtual Result<ServerTraits> connect(Waiter& waiter) = 0;
    [[nodiscard]] virtual Result<void> list(std::string_view prefix, const KeySink& sink,
                                            Waiter& waiter) = 0;
    [[nodiscard]] virtual Result<void> read(std::vector<std::string> names, ChunkRange range,
                                            const KeyOutcome& done, Waiter& waiter) = 0;
    // Of keys that another node has by now, or whose node is gone, there is no count.
    [[nodiscard]] virtual Result<void> count(std::vector<std::string> names, const CountSink& done,
                                             Waiter& waiter) = 0;
    // How many keys there are with everybody's, where the server lists them all in one answer.
    [[nodiscard]] virtual Result<std::optional<std::uint64_t>> listedTotal(Waiter& waiter) = 0;
    [[nodiscard]] virtual std::uint64_t longestLength() const = 0; // of the strings seen

protected:
    ServerAccess() = default;
};

[[nodiscard]] std::unique_ptr<ServerAccess> accessServer(const ServerAddress& address,
                                                         const AccessOptions& options);
[[nodiscard]] std::unique_ptr<ServerAccess> accessCluster(const ServerAddress& address,
                                                          const AccessOptions& options);

} // namespace cohortist
