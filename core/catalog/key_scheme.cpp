// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/key_scheme.h"

#include <algorithm>
#include <map>

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

std::vector<std::string> detectPrefixes(std::span<const std::string> keys) {
    const std::string_view known[] = {"bitmapist__", "bitmapist_", "trackist_"}; // longest first
    std::map<std::string_view, std::size_t> counts;
    std::optional<std::string_view> common;
    for (const std::string& key : keys) {
        if (!isDatedKey(key)) {
            continue;
        }
        const auto isKnown = [&](std::string_view p) { return key.starts_with(p); };
        if (std::none_of(std::begin(known), std::end(known), isKnown)) {
            // Behind the prefix stand the event and the mark, which may not be taken into it.
            const auto own = std::string_view(key).substr(0, key.rfind('_'));
            common = common ? commonPrefix(*common, own) : own;
            continue;
        }
        for (const std::string_view prefix : known) {
            if (!key.starts_with(prefix)) {
                continue;
            }
            const auto parsed = parseKey(key, prefix);
            if (parsed && !isDated(*parsed)) {
                continue; // bitmapist__2026-11: the empty event of bitmapist_
            }
            counts[prefix] += parsed ? 1U : 0U; // else a temporary result
            break;
        }
    }
    std::erase_if(counts, [](const auto& entry) { return entry.second == 0; });
    std::vector<std::string> prefixes;
    prefixes.reserve(counts.size() + 1);
    for (const auto& [prefix, count] : counts) {
        prefixes.emplace_back(prefix);
    }
    std::stable_sort(prefixes.begin(), prefixes.end(),
                     [&](const auto& a, const auto& b) { return counts.at(a) > counts.at(b); });
    if (common) {
        const std::size_t mark = common->rfind('_');
        if (mark != std::string_view::npos) {
            prefixes.emplace_back(common->substr(0, mark + 1));
        }
    }
    return prefixes;
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
