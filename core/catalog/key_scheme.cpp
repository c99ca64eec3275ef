// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/key_scheme.h"

#include <algorithm>

namespace cohortist {

namespace {

constexpr std::string_view kTemporary = "bitop_";

bool isDated(const ParsedKey& key) {
    return key.kind != Kind::Unique;
}

// Where a dated key's event begins cannot be told without the prefix, but whether it is dated can.
bool isDatedKey(std::string_view key) {
    const std::size_t mark = key.rfind('_');
    return mark != std::string_view::npos && parseBitmapist(key.substr(mark + 1)).has_value();
}

std::string_view commonPrefix(std::string_view a, std::string_view b) {
    const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return a.substr(0, static_cast<std::size_t>(end - a.begin()));
}

} // namespace

std::optional<ParsedKey> parseKey(std::string_view key, std::string_view prefix) {
    if (!key.starts_with(prefix)) {
        return std::nullopt;
    }
    const std::string_view rest = key.substr(prefix.size());
    if (rest.starts_with(kTemporary)) {
        return std::nullopt;
    }
    const std::size_t mark = rest.rfind('_');
    if (mark != std::string_view::npos) {
        const std::string_view event = rest.substr(0, mark);
        const std::string_view when = rest.substr(mark + 1);
        if (when == "u") {
            return ParsedKey{event, Kind::Unique, 0, false};
        }
        if (const auto period = parseBitmapist(when)) {
            return ParsedKey{event, *kindOf(period->granularity), period->index, false};
        }
    }
    return ParsedKey{rest, Kind::Unique, 0, true};
}

std::string formatKey(std::string_view prefix, std::string_view event, Kind kind,
                      std::int32_t period, bool isOlderUnique) {
    std::string key(prefix);
    key += event;
    if (kind != Kind::Unique) {
        key += '_' + toBitmapist({granularityOf(kind), period});
    } else if (!isOlderUnique) {
        key += "_u";
    }
    return key;
}

std::string formatKey(std::string_view prefix, const EventCatalog& catalog, const BitmapKey& key) {
    const EventEntry& entry = catalog.entry(key.event);
    return formatKey(prefix, entry.name, key.kind, key.period,
                     key.kind == Kind::Unique && entry.uniqueIsOlderForm);
}

void PrefixDetector::add(std::string_view key) {
    for (std::size_t i = 0; i < kKnown.size(); ++i) {
        if (!key.starts_with(kKnown[i])) {
            continue;
        }
        const auto parsed = parseKey(key, kKnown[i]);
        if (!parsed) {
            return; // a temporary result
        }
        if (isDated(*parsed)) {
            ++m_counts[i];
            return;
        }
        // bitmapist__2026-11 is the empty event of bitmapist_, so a shorter prefix may do.
    }
    const bool isKnown = std::any_of(kKnown.begin(), kKnown.end(), [&](std::string_view prefix) {
        return key.starts_with(prefix);
    });
    if (!isKnown && isDatedKey(key)) {
        // Behind the prefix stand the event and the mark, which may not be taken into it.
        const std::string_view own = key.substr(0, key.rfind('_'));
        if (m_common) {
            m_common->resize(commonPrefix(*m_common, own).size());
        } else {
            m_common = own;
        }
    }
}

std::vector<std::string> PrefixDetector::prefixes() const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < kKnown.size(); ++i) {
        if (m_counts[i] > 0) {
            found.push_back(i);
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [&](std::size_t a, std::size_t b) { return m_counts[a] > m_counts[b]; });
    std::vector<std::string> prefixes;
    prefixes.reserve(found.size() + 1);
    for (const std::size_t i : found) {
        prefixes.emplace_back(kKnown[i]);
    }
    if (m_common) {
        const std::size_t mark = m_common->rfind('_');
        if (mark != std::string::npos) {
            prefixes.push_back(m_common->substr(0, mark + 1));
        }
    }
    return prefixes;
}

std::vector<std::string> detectPrefixes(std::span<const std::string> keys) {
    PrefixDetector detector;
    for (const std::string& key : keys) {
        detector.add(key);
    }
    return detector.prefixes();
}

CatalogBuilder::CatalogBuilder(std::string prefix, bool isPrefixGiven)
    : m_prefix(std::move(prefix))
    , m_isPrefixGiven(isPrefixGiven) {}

void CatalogBuilder::add(std::string_view key) {
    const auto parsed = parseKey(key, m_prefix);
    if (!parsed) {
        return;
    }
    auto event = m_events.find(parsed->event);
    if (event == m_events.end()) {
        event = m_events.emplace(std::string(parsed->event), Event{}).first;
    }
    if (isDated(*parsed)) {
        m_hasDatedKey = true;
        event->second.periods[static_cast<std::size_t>(parsed->kind)].push_back(parsed->period);
    } else if (parsed->isOlderUnique) {
        event->second.hasOlderUnique = true;
    } else {
        event->second.hasUnique = true;
    }
}

EventCatalog CatalogBuilder::finish() {
    const bool countsOlder = m_hasDatedKey || m_isPrefixGiven;
    std::vector<EventEntry> entries;
    for (auto& [name, event] : m_events) {
        EventEntry entry;
        entry.name = name;
        for (std::size_t k = 0; k < kKindCount; ++k) {
            entry.kinds[k] = Coverage::fromIndices(std::move(event.periods[k]));
        }
        const bool hasOlder = event.hasOlderUnique && countsOlder;
        if (event.hasUnique || hasOlder) {
            entry.kinds[static_cast<std::size_t>(Kind::Unique)] = Coverage::fromIndices({0});
        }
        entry.uniqueIsOlderForm = hasOlder && !event.hasUnique;
        entry.hasBothUniqueForms = hasOlder && event.hasUnique;
        if (entry.keyCount() > 0) {
            entries.push_back(std::move(entry));
        }
    }
    m_events.clear();
    return EventCatalog(std::move(entries));
}

} // namespace cohortist
