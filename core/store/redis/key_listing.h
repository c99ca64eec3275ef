// SPDX-License-Identifier: GPL-3.0-or-later
// Which keys a server has, without holding it up: on Redis by SCAN in pages, on bitmapist-server,
// which answers with all keys that match at once, by patterns narrow enough for its other clients,
// with pauses between. Keys may be told twice, and after a reconnect all over again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/store/listed_catalog.h"
#include "core/store/redis/server_link.h"

namespace cohortist {

struct ListingLimits {
    std::uint64_t pageKeys = 1000;       // Redis: what one SCAN looks at
    std::uint64_t sparePages = 100'000;  // beyond what the number of keys takes
    std::uint64_t answerKeys = 100'000;  // bitmapist-server: keys in one answer, about
    std::chrono::milliseconds pause{50}; // between two of them, and as long as the last one took
};

// All keys that begin with the prefix. Progress is reported in keys. Error codes as of
// ServerLink::run, and WrongFormat for a listing that never ends.
[[nodiscard]] Result<void> listKeys(ServerLink& link, std::string_view prefix,
                                    const ListingLimits& limits, const KeySink& sink,
                                    Waiter& waiter);

// How many keys bitmapist-server has, with everybody's and expired ones; nothing on other servers.
[[nodiscard]] Result<std::optional<std::uint64_t>> listedTotal(ServerLink& link, Waiter& waiter);

// A pattern that matches what begins with the prefix: of Redis' globs and of Go's filepath.Match.
[[nodiscard]] std::string patternOf(std::string_view prefix);

} // namespace cohortist
