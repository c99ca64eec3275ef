// SPDX-License-Identifier: GPL-3.0-or-later
// Which stored keys one event's leaf stands for. Pure functions over the catalogue; private to this
// room.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/query/resolver.h"

namespace cohortist {

// An error of code Resolve.
[[nodiscard]] Error resolveError(Message why, Message advice, TextSpan place);

// The dated periods that a `when` means, or nothing for ever and unique.
[[nodiscard]] Result<std::optional<PeriodRange>> periodsOf(const When& when, TextSpan place,
                                                           const ResolveContext& context);

// The stored keys of one kind that cover some periods.
struct KeyRange {
    EventId event = 0;
    Kind kind = Kind::Day;
    std::int32_t first = 0; // [first, last) of the kind's periods
    std::int32_t last = 0;
    bool isDerived = false; // the kind is finer than what was asked

    [[nodiscard]] std::vector<BitmapKey> stored(const EventCatalog& catalog) const; // ascending
};

// Errors tell what the event has stored.
[[nodiscard]] Result<KeyRange> keysOf(EventId event, const PeriodRange& periods,
                                      const EventCatalog& catalog, TextSpan place);

// Every key that was asked for, ascending; of more than kMostListed only those that are stored, and
// then a note says so.
inline constexpr std::int64_t kMostListed = 20'000;
[[nodiscard]] std::vector<BitmapKey> askedKeys(const KeyRange& range, const EventCatalog& catalog,
                                               std::vector<Message>& notes);

// "days and months", for messages.
[[nodiscard]] std::string storedKinds(const EventEntry& entry);

} // namespace cohortist
