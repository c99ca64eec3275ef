// SPDX-License-Identifier: GPL-3.0-or-later
// Reads bitmaps from a running Redis, Valkey, bitmapist-server or Redis Cluster (README.md beside
// this header).
// The catalogue is listed when the store is opened; bitmaps are read when they are asked for, over
// connections that are kept. Nothing but the commands of command.h is ever sent. Safe to use from
// several threads. A key that was listed and cannot be read is told as such, never as an empty set.
#pragma once

#include <memory>

#include "core/store/counted_store.h"
#include "core/store/kept/kept_folder.h"
#include "core/store/redis/server_access.h"
#include "core/store/redis/server_address.h"

namespace cohortist {

struct RedisOptions {
    AccessOptions access;
    std::optional<Instant> asOf{}; // without it now
    // Where the list of a bitmapist-server's keys is kept when it is a long one.
    std::optional<KeptOptions> kept{};
};

// Error codes NotFound, AccessDenied, TimedOut, Lost, Busy, WrongFormat, Unsupported, Cancelled;
// each names the server.
[[nodiscard]] Result<std::shared_ptr<CountedStore>>
openRedis(const ServerAddress& address, const RedisOptions& options, const JobContext& job);

} // namespace cohortist
