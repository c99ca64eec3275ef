// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/event_catalog.h"

namespace cohortist {

namespace {

// A key in at least 95 % of the periods from the first to the last.
bool isRegular(const Coverage& coverage) {
    const auto span =
        static_cast<std::uint64_t>(std::int64_t{coverage.last()} - coverage.first() + 1);
    return coverage.count() * 100 >= span * 95;
}

} // namespace

Presence presenceOf(const EventCatalog& catalog, const BitmapKey& key, Instant asOf) {
    const Period period{granularityOf(key.kind), key.period};
    if (startOf(period) >= asOf) {
        return Presence::Future;
    }
    const Coverage& coverage = catalog.entry(key.event).of(key.kind);
    if (coverage.contains(key.period)) {
        return Presence::Present;
    }
    if (endOf(period) > asOf) {
        return Presence::Running;
    }
    if (coverage.isEmpty() || key.period < coverage.first() ||
        !catalog.anyEventHas(key.kind, key.period) || isRegular(coverage)) {
        return Presence::Missing;
    }
    return Presence::Zero;
}

} // namespace cohortist
