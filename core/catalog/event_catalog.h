// SPDX-License-Identifier: GPL-3.0-or-later
// Which events a source has, and for which periods: everything that can be known without reading a
// bitmap. A million keys are held as runs of consecutive periods, not as strings. Immutable once
// built; share it as shared_ptr<const EventCatalog> between threads. Events are sorted by the bytes
// of their names, and EventId is the position in that order.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar/period.h"

namespace cohortist {

using EventId = std::uint32_t;

// What bitmapist stores: no years.
enum class Kind : std::uint8_t { Hour, Day, Week, Month, Unique };
inline constexpr std::size_t kKindCount = 5;

[[nodiscard]] std::string_view nameOf(Kind kind);                  // "hour" … "month", "unique"
[[nodiscard]] Granularity granularityOf(Kind kind);                // not for Unique
[[nodiscard]] std::optional<Kind> kindOf(Granularity granularity); // nothing for Year

// One stored bitmap. period is a Period::index of the kind's granularity, 0 for Unique.
struct BitmapKey {
    EventId event = 0;
    Kind kind = Kind::Day;
    std::int32_t period = 0;
    auto operator<=>(const BitmapKey&) const = default;

    // Stands for the set of all users; every store can read it.
    [[nodiscard]] static constexpr BitmapKey everyone() { return {UINT32_MAX, Kind::Unique, 0}; }
    [[nodiscard]] bool isEveryone() const { return event == UINT32_MAX; }
};

// A set of period indices as sorted, disjoint, not touching half-open runs.
class Coverage {
public:
    struct Run {
        std::int32_t first = 0;
        std::int32_t last = 0;
        bool operator==(const Run&) const = default;
    };
    Coverage() = default;
    [[nodiscard]] static Coverage fromIndices(std::vector<std::int32_t> indices); // any order
    // Runs must be ascending and apart; nothing otherwise (a damaged file).
    [[nodiscard]] static std::optional<Coverage> fromRuns(std::vector<Run> runs);

    [[nodiscard]] bool isEmpty() const { return m_runs.empty(); }
    [[nodiscard]] bool contains(std::int32_t index) const;
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] std::uint64_t countIn(std::int32_t first,
                                        std::int32_t last) const; // [first, last)
    [[nodiscard]] std::int32_t first() const;                     // not when empty
    [[nodiscard]] std::int32_t last() const; // closed: the greatest index in it
    [[nodiscard]] std::span<const Run> runs() const { return m_runs; }
    [[nodiscard]] std::vector<std::int32_t> indices() const;
    bool operator==(const Coverage&) const = default;

private:
    std::vector<Run> m_runs;
};

struct EventEntry {
    std::string name;                       // any bytes
    std::array<Coverage, kKindCount> kinds; // Unique: holds index 0 or nothing
    bool uniqueIsOlderForm = false;         // its key is <prefix><event>, without _u
    bool hasBothUniqueForms = false;

    [[nodiscard]] const Coverage& of(Kind kind) const {
        return kinds[static_cast<std::size_t>(kind)];
    }
    [[nodiscard]] bool hasKind(Kind kind) const { return !of(kind).isEmpty(); }
    [[nodiscard]] std::uint64_t keyCount() const;
    [[nodiscard]] std::optional<Kind> finestKind() const; // hour before … before month, then unique
    [[nodiscard]] std::optional<Kind> coarsestKind() const; // month before … before hour; no unique
    bool operator==(const EventEntry&) const = default;
};

class EventCatalog {
public:
    EventCatalog() = default;
    explicit EventCatalog(std::vector<EventEntry> entries); // any order; names must differ

    [[nodiscard]] std::size_t size() const { return m_entries.size(); }
    [[nodiscard]] std::span<const EventEntry> entries() const { return m_entries; }
    [[nodiscard]] const EventEntry& entry(EventId id) const { return m_entries[id]; }
    [[nodiscard]] std::optional<EventId> find(std::string_view name) const;
    [[nodiscard]] bool has(const BitmapKey& key) const;
    [[nodiscard]] std::uint64_t keyCount() const;
    // Does any event of the source have a key of this kind and period?
    [[nodiscard]] bool anyEventHas(Kind kind, std::int32_t period) const;
    // Events whose name holds the text, ASCII letters compared without case; names that begin with
    // it come first, then by name. An empty text matches all.
    [[nodiscard]] std::vector<EventId> search(std::string_view text) const;
    // Up to `limit` names nearest in edit distance, nearest first; only plausible misspellings.
    [[nodiscard]] std::vector<std::string> nearest(std::string_view name,
                                                   std::size_t limit = 3) const;
    // The keys whose union is everyone: the unique keys and each event's coarsest stored kind.
    [[nodiscard]] std::vector<BitmapKey> everyoneKeys() const;
    // Greatest end of any dated key, nothing where there are only flags.
    [[nodiscard]] std::optional<Instant> lastEnd() const;

private:
    std::vector<EventEntry> m_entries;
    std::array<Coverage, kKindCount> m_any; // union over all events
};

// Why a key is absent, or that it is there (ANALYSES: "Missing, or zero?").
enum class Presence {
    Present,
    Zero,    // absent, and that means nobody
    Missing, // absent, and that means not tracked
    Running, // its period has begun and not ended at the as-of instant, and it is absent
    Future   // its period has not begun
};
// For a dated key. A key of a period past the as-of instant is Future even when it exists.
[[nodiscard]] Presence presenceOf(const EventCatalog& catalog, const BitmapKey& key, Instant asOf);

} // namespace cohortist
