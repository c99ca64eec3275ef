// SPDX-License-Identifier: GPL-3.0-or-later
// An event's line in a list: which kinds are stored and from when to when. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/catalog/event_catalog.h"

namespace cohortist {

struct EventSummary {
    std::string name;
    std::vector<Kind> kinds;
    std::optional<Period> first; // of its finest dated kind; nothing for a flag
    std::optional<Period> last;
    std::uint64_t keys = 0;
};

[[nodiscard]] EventSummary summarise(const EventEntry& entry);
// name,kinds,first,last,keys; kinds are separated by spaces, names written as in queries.
[[nodiscard]] std::string eventsCsv(const EventCatalog& catalog,
                                    const std::vector<EventId>& events);

} // namespace cohortist
