// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the catalogue of a source out of its keys as they are listed, and finds the prefix where
// none is given. Keys of others may be many: what cannot be an event's key is not kept. Called by
// one thread; holds no state.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/catalog/event_catalog.h"

namespace cohortist {

struct ListedCatalog {
    std::string prefix;
    EventCatalog catalog;
};

// key: may be moved from.
using KeySink = std::function<void(std::string&& key)>;
// Lists all keys with a prefix, any of them perhaps twice.
using ListPrefix = std::function<Result<void>(std::string_view prefix, const KeySink& sink)>;

// Error code NotFound where there are no keys of events (or none at all: part "database"), or of
// several prefixes (part "prefixes", and they are its choices).
[[nodiscard]] Result<ListedCatalog> readCatalog(const ListPrefix& list, const std::string& source,
                                                const std::optional<std::string>& prefix);

} // namespace cohortist
