// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/events_export.h"

#include <fmt/format.h>

#include "core/export/csv.h"
#include "core/query/expr.h"

namespace cohortist {

EventSummary summarise(const EventEntry& entry) {
    EventSummary summary;
    summary.name = entry.name;
    summary.keys = entry.keyCount();
    for (std::size_t k = 0; k < kKindCount; ++k) {
        const Kind kind = static_cast<Kind>(k);
        const Coverage& coverage = entry.of(kind);
        if (coverage.isEmpty()) {
            continue;
        }
        summary.kinds.push_back(kind);
        if (kind != Kind::Unique && !summary.first) {
            summary.first = Period{granularityOf(kind), coverage.first()};
            summary.last = Period{granularityOf(kind), coverage.last()};
        }
    }
    return summary;
}

std::string eventsCsv(const EventCatalog& catalog, const std::vector<EventId>& events) {
    std::string text = "name,kinds,first,last,keys\n";
    for (const EventId id : events) {
        const EventSummary summary = summarise(catalog.entry(id));
        std::string kinds;
        for (const Kind kind : summary.kinds) {
            kinds += (kinds.empty() ? "" : " ") + std::string(nameOf(kind));
        }
        text += csvLine({csvGuardedField(printName(summary.name)), kinds,
                         summary.first ? toText(*summary.first) : std::string(),
                         summary.last ? toText(*summary.last) : std::string(),
                         fmt::format("{}", summary.keys)});
    }
    return text;
}

} // namespace cohortist
