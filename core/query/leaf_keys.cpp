// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/leaf_keys.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace cohortist {

namespace {

// The kinds that make up a granularity, coarsest first; the first that the event has is read. Years
// are never stored, weeks make up nothing.
std::span<const Kind> kindsFor(Granularity granularity) {
    static constexpr Kind kHour[] = {Kind::Hour};
    static constexpr Kind kDay[] = {Kind::Day, Kind::Hour};
    static constexpr Kind kWeek[] = {Kind::Week, Kind::Day, Kind::Hour};
    static constexpr Kind kMonth[] = {Kind::Month, Kind::Day, Kind::Hour};
    switch (granularity) {
    case Granularity::Hour:
        return kHour;
    case Granularity::Day:
        return kDay;
    case Granularity::Week:
        return kWeek;
    case Granularity::Month:
    case Granularity::Year:
        break;
    }
    return kMonth;
}

Result<Period> periodOf(const PeriodPoint& point, TextSpan place, const ResolveContext& context) {
    if (const auto* period = std::get_if<Period>(&point)) {
        return *period;
    }
    const auto& relative = std::get<RelativePoint>(point);
    if (relative.unit != RelativeUnit::Period) {
        return shifted(currentPeriod(static_cast<Granularity>(relative.unit), context.asOf),
                       relative.offset);
    }
    if (!context.period) {
        return fail(resolveError(
            message("core", "@period has a meaning in a retention table only"),
            message("core", "Name a period, such as @day, @2020-01-25 or @last 7 days."), place));
    }
    return shifted(*context.period, relative.offset);
}

} // namespace

Error resolveError(Message why, Message advice, TextSpan place) {
    return Error{ErrorCode::Resolve,
                 message("core", "cannot answer the query"),
                 std::move(why),
                 std::move(advice),
                 place,
                 {}};
}

Result<std::optional<PeriodRange>> periodsOf(const When& when, TextSpan place,
                                             const ResolveContext& context) {
    if (const auto* rolling = std::get_if<WhenRolling>(&when)) {
        const std::int64_t count = rolling->count;
        const Period current = currentPeriod(rolling->unit, context.asOf);
        const Period last = rolling->isPrevious ? shifted(current, -count) : current;
        return PeriodRange{rolling->unit, shifted(last, 1 - count).index, last.index + 1};
    }
    const auto* range = std::get_if<WhenRange>(&when);
    const auto* point = std::get_if<WhenPoint>(&when);
    if (range == nullptr && point == nullptr) {
        return std::nullopt;
    }
    const auto first = periodOf(range != nullptr ? range->first : point->point, place, context);
    if (!first) {
        return fail(first.error());
    }
    const auto last = range != nullptr ? periodOf(range->last, place, context) : first;
    if (!last) {
        return fail(last.error());
    }
    if (last->index < first->index) {
        return fail(resolveError(message("core", "the range ends with %1, before it begins with %2",
                                         toText(*last), toText(*first)),
                                 message("core", "Swap its ends, or look at another as-of date."),
                                 place));
    }
    return PeriodRange{first->granularity, first->index, last->index + 1};
}

std::vector<BitmapKey> KeyRange::stored(const EventCatalog& catalog) const {
    std::vector<BitmapKey> keys;
    for (const auto& run : catalog.entry(event).of(kind).runs()) {
        for (std::int32_t index = std::max(first, run.first); index < std::min(last, run.last);
             ++index) {
            keys.push_back({event, kind, index});
        }
    }
    return keys;
}

Result<KeyRange> keysOf(EventId event, const PeriodRange& periods, const EventCatalog& catalog,
                        TextSpan place) {
    const EventEntry& entry = catalog.entry(event);
    const auto kinds = kindsFor(periods.granularity);
    const auto kind =
        std::find_if(kinds.begin(), kinds.end(), [&](Kind k) { return entry.hasKind(k); });
    if (kind == kinds.end()) {
        if (!entry.coarsestKind()) {
            return fail(resolveError(
                message("core", "%1 is a flag and has no dates", printName(entry.name)),
                message("core", "Leave out what follows its @."), place));
        }
        return fail(resolveError(
            message("core", "%1 has no %2s; stored are %3", printName(entry.name),
                    std::string(nameOf(periods.granularity)), storedKinds(entry)),
            message("core", "Ask for one of those, or for something coarser."), place));
    }
    const PeriodRange begin = partsOf({periods.granularity, periods.first}, granularityOf(*kind));
    const PeriodRange end = partsOf({periods.granularity, periods.last - 1}, granularityOf(*kind));
    return KeyRange{event, *kind, begin.first, end.last, kindOf(periods.granularity) != *kind};
}

std::vector<BitmapKey> askedKeys(const KeyRange& range, const EventCatalog& catalog,
                                 std::vector<Message>& notes) {
    const std::int64_t asked = std::int64_t{range.last} - range.first;
    if (asked > kMostListed) {
        auto keys = range.stored(catalog);
        notes.push_back(message("core", "of %1 periods only the %2 with data are listed",
                                fmt::format("{}", asked), fmt::format("{}", keys.size())));
        return keys;
    }
    std::vector<BitmapKey> keys;
    for (std::int32_t index = range.first; index < range.last; ++index) {
        keys.push_back({range.event, range.kind, index});
    }
    return keys;
}

std::string storedKinds(const EventEntry& entry) {
    std::vector<std::string> names;
    for (const Kind kind : {Kind::Hour, Kind::Day, Kind::Week, Kind::Month}) {
        if (entry.hasKind(kind)) {
            names.push_back(std::string(nameOf(kind)) + "s");
        }
    }
    if (entry.hasKind(Kind::Unique)) {
        names.emplace_back("its unique users");
    }
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        text += i == 0 ? "" : i + 1 == names.size() ? " and " : ", ";
        text += names[i];
    }
    return text;
}

} // namespace cohortist
