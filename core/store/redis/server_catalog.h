// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the catalogue of a server out of its keys, and finds the prefix where none is given. Keys
// of others may be many: what cannot be an event's key is not kept.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/catalog/event_catalog.h"
#include "core/store/redis/key_listing.h"

namespace cohortist {

struct ServerCatalog {
    std::string prefix;
    EventCatalog catalog;
};

// Lists all keys with a prefix.
using ListPrefix = std::function<Result<void>(std::string_view prefix, const KeySink& sink)>;

// Error code NotFound where there are no keys of events, or of several prefixes, which are named.
[[nodiscard]] Result<ServerCatalog> readCatalog(const ListPrefix& list, const std::string& server,
                                                const std::optional<std::string>& prefix);

} // namespace cohortist
