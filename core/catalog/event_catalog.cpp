// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/event_catalog.h"

#include <algorithm>

namespace cohortist {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

// Edits (insert, delete, replace, swap of neighbours) from a to b; more than `limit` is limit + 1.
std::size_t editDistance(std::string_view a, std::string_view b, std::size_t limit) {
    if (a.size() > b.size() + limit || b.size() > a.size() + limit) {
        return limit + 1;
    }
    std::vector<std::size_t> twoBack(b.size() + 1);
    std::vector<std::size_t> back(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        back[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t same = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({back[j] + 1, row[j - 1] + 1, back[j - 1] + same});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], twoBack[j - 2] + 1);
            }
        }
        std::swap(twoBack, back);
        std::swap(back, row);
    }
    return std::min(back[b.size()], limit + 1);
}

} // namespace

std::string_view nameOf(Kind kind) {
    return kind == Kind::Unique ? "unique" : nameOf(granularityOf(kind));
}

Granularity granularityOf(Kind kind) {
    return static_cast<Granularity>(kind);
}

std::optional<Kind> kindOf(Granularity granularity) {
    return granularity == Granularity::Year ? std::nullopt
                                            : std::optional(static_cast<Kind>(granularity));
}

std::uint64_t EventEntry::keyCount() const {
    std::uint64_t count = 0;
    for (const Coverage& coverage : kinds) {
        count += coverage.count();
    }
    return count;
}

std::optional<Kind> EventEntry::finestKind() const {
    for (const Kind kind : {Kind::Hour, Kind::Day, Kind::Week, Kind::Month, Kind::Unique}) {
        if (hasKind(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

std::optional<Kind> EventEntry::coarsestKind() const {
    for (const Kind kind : {Kind::Month, Kind::Week, Kind::Day, Kind::Hour}) {
        if (hasKind(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

EventCatalog::EventCatalog(std::vector<EventEntry> entries)
    : m_entries(std::move(entries)) {
    std::sort(m_entries.begin(), m_entries.end(),
              [](const EventEntry& a, const EventEntry& b) { return a.name < b.name; });
    for (std::size_t k = 0; k < kKindCount; ++k) {
        std::vector<Coverage::Run> runs;
        for (const EventEntry& entry : m_entries) {
            const auto own = entry.kinds[k].runs();
            runs.insert(runs.end(), own.begin(), own.end());
        }
        std::sort(runs.begin(), runs.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<Coverage::Run> merged;
        for (const auto& run : runs) {
            if (!merged.empty() && run.first <= merged.back().last) {
                merged.back().last = std::max(merged.back().last, run.last);
            } else {
                merged.push_back(run);
            }
        }
        m_any[k] = Coverage::fromRuns(std::move(merged)).value_or(Coverage());
    }
}

std::optional<EventId> EventCatalog::find(std::string_view name) const {
    const auto found = std::lower_bound(
        m_entries.begin(), m_entries.end(), name,
        [](const EventEntry& entry, std::string_view wanted) { return entry.name < wanted; });
    return found != m_entries.end() && found->name == name
               ? std::optional(static_cast<EventId>(found - m_entries.begin()))
               : std::nullopt;
}

bool EventCatalog::has(const BitmapKey& key) const {
    return key.event < m_entries.size() && m_entries[key.event].of(key.kind).contains(key.period);
}

std::uint64_t EventCatalog::keyCount() const {
    std::uint64_t count = 0;
    for (const EventEntry& entry : m_entries) {
        count += entry.keyCount();
    }
    return count;
}

bool EventCatalog::anyEventHas(Kind kind, std::int32_t period) const {
    return m_any[static_cast<std::size_t>(kind)].contains(period);
}

std::vector<EventId> EventCatalog::search(std::string_view text) const {
    const std::string wanted = lowered(text);
    std::vector<EventId> beginning;
    std::vector<EventId> inside;
    for (EventId id = 0; id < m_entries.size(); ++id) {
        const std::size_t at = lowered(m_entries[id].name).find(wanted);
        if (at == 0) {
            beginning.push_back(id);
        } else if (at != std::string::npos) {
            inside.push_back(id);
        }
    }
    beginning.insert(beginning.end(), inside.begin(), inside.end());
    return beginning;
}

std::vector<std::string> EventCatalog::nearest(std::string_view name, std::size_t limit) const {
    const std::string wanted = lowered(name);
    const std::size_t plausible =
        std::max<std::size_t>(1, std::min<std::size_t>(name.size() / 3, 4));
    std::vector<std::pair<std::size_t, EventId>> found;
    for (EventId id = 0; id < m_entries.size(); ++id) {
        const std::string candidate = lowered(m_entries[id].name);
        std::size_t distance = editDistance(wanted, candidate, plausible);
        // A name typed in part is as good a guess as one mistyped.
        if (distance > plausible && wanted.size() >= 3 &&
            candidate.find(wanted) != std::string::npos) {
            distance = plausible;
        }
        if (distance <= plausible) {
            found.emplace_back(distance, id);
        }
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) {
        names.push_back(m_entries[found[i].second].name);
    }
    return names;
}

std::vector<BitmapKey> EventCatalog::everyoneKeys() const {
    std::vector<BitmapKey> keys;
    for (EventId id = 0; id < m_entries.size(); ++id) {
        if (const auto coarsest = m_entries[id].coarsestKind()) {
            for (const std::int32_t period : m_entries[id].of(*coarsest).indices()) {
                keys.push_back({id, *coarsest, period});
            }
        }
        if (m_entries[id].hasKind(Kind::Unique)) {
            keys.push_back({id, Kind::Unique, 0});
        }
    }
    return keys;
}

std::optional<Instant> EventCatalog::lastEnd() const {
    std::optional<Instant> last;
    for (const Kind kind : {Kind::Hour, Kind::Day, Kind::Week, Kind::Month}) {
        const Coverage& coverage = m_any[static_cast<std::size_t>(kind)];
        if (!coverage.isEmpty()) {
            const Instant end = endOf({granularityOf(kind), coverage.last()});
            last = last ? std::max(*last, end) : end;
        }
    }
    return last;
}

} // namespace cohortist
