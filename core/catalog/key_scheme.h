// SPDX-License-Identifier: GPL-3.0-or-later
// How bitmapist names its keys: <prefix><event>_<period>, <prefix><event>_u, and in an older form
// <prefix><event>. Only the last underscore separates the event, and only before what parses as a
// period that prints back to the same bytes, or before "u". Temporary bitop_ keys are nobody's
// event. Pure functions over bytes; source: github.com/Doist/bitmapist and bitmapist4.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/catalog/event_catalog.h"

namespace cohortist {

struct ParsedKey {
    std::string_view event; // looks into the key's bytes
    Kind kind = Kind::Day;
    std::int32_t period = 0;
    bool isOlderUnique = false; // <prefix><event> without _u
    bool operator==(const ParsedKey&) const = default;
};

// Nothing when the key has another prefix or is a temporary result of a bit operation.
[[nodiscard]] std::optional<ParsedKey> parseKey(std::string_view key, std::string_view prefix);
[[nodiscard]] std::string formatKey(std::string_view prefix, std::string_view event, Kind kind,
                                    std::int32_t period, bool isOlderUnique = false);
// Of a key that the catalogue has, in the form that its source has it.
[[nodiscard]] std::string formatKey(std::string_view prefix, const EventCatalog& catalog,
                                    const BitmapKey& key);

// Prefixes that the keys may have been written with, most dated keys first: trackist_, bitmapist_,
// bitmapist__, else the longest common prefix of the dated keys that ends in an underscore.
class PrefixDetector {
public:
    void add(std::string_view key);
    [[nodiscard]] std::vector<std::string> prefixes() const;
    // Whether keys look dated that begin with none of the known ones.
    [[nodiscard]] bool hasOthers() const { return m_common.has_value(); }

    static constexpr std::array<std::string_view, 3> kKnown = {"bitmapist__", "bitmapist_",
                                                               "trackist_"}; // longest first

private:
    std::array<std::uint64_t, kKnown.size()> m_counts{}; // of dated keys
    std::optional<std::string> m_common;                 // of the other dated keys
};
[[nodiscard]] std::vector<std::string> detectPrefixes(std::span<const std::string> keys);

// Collects keys as they are listed (repeats allowed) and gives the catalogue. The older unique form
// counts only where the prefix has a dated key or isPrefixGiven is set; where both forms of an
// event exist, _u counts. Memory: an integer a key, a string an event.
class CatalogBuilder {
public:
    explicit CatalogBuilder(std::string prefix, bool isPrefixGiven = false);
    void add(std::string_view key);
    [[nodiscard]] EventCatalog finish();

private:
    struct Event {
        std::array<std::vector<std::int32_t>, kKindCount> periods;
        bool hasUnique = false;
        bool hasOlderUnique = false;
    };
    struct NameHash : std::hash<std::string_view> {
        using is_transparent = void; // found by a view
    };
    std::string m_prefix;
    bool m_isPrefixGiven = false;
    bool m_hasDatedKey = false;
    std::unordered_map<std::string, Event, NameHash, std::equal_to<>> m_events;
};

} // namespace cohortist
