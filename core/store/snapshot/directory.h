// SPDX-License-Identifier: GPL-3.0-or-later
// Which keys a snapshot holds and how each set is laid out, as one compact stream: the events with
// their coverage, then a few bytes a key. Keys are numbered in catalogue order; the set of everyone
// has the number after the last. A Directory is immutable; the encoder is not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/event_catalog.h"

namespace cohortist::snapshot {

// Pieces [first, last) of a set.
struct PieceRun {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
};

class Directory {
public:
    // Nothing when the stream is no directory that the encoder could have written.
    [[nodiscard]] static std::optional<Directory> decode(std::string_view stream);

    [[nodiscard]] const std::shared_ptr<const EventCatalog>& catalog() const { return m_catalog; }
    [[nodiscard]] std::uint32_t keyCount() const { return m_keyCount; } // without everyone
    // The key's number, or nothing where the snapshot has no such key.
    [[nodiscard]] std::optional<std::uint32_t> numberOf(const BitmapKey& key) const;
    [[nodiscard]] BitmapKey keyOf(std::uint32_t number) const;
    [[nodiscard]] std::uint32_t bytesOf(std::uint32_t number) const { return m_bytes[number]; }
    // The pieces that the set lies in, ascending; none: it lies whole.
    [[nodiscard]] std::span<const PieceRun> piecesOf(std::uint32_t number) const;

private:
    struct Pieced {
        std::uint32_t number = 0;
        std::uint32_t firstRun = 0;
        std::uint32_t lastRun = 0;
    };
    std::shared_ptr<const EventCatalog> m_catalog;
    std::uint32_t m_keyCount = 0;
    std::vector<std::uint32_t> m_kindStarts; // event * kKindCount + kind -> its first run below
    std::vector<std::uint32_t> m_runStarts;  // run -> number of its first key
    std::vector<std::uint32_t> m_bytes;
    std::vector<Pieced> m_pieced; // ascending by number
    std::vector<PieceRun> m_pieceRuns;
};

// Keys come in catalogue order; everyone's layout comes last, by addLayout alone.
class DirectoryEncoder {
public:
    // False when the key does not come after the one before, or is none.
    [[nodiscard]] bool addKey(std::string_view event, Kind kind, std::int32_t period);
    void addLayout(std::uint64_t bytes, std::span<const PieceRun> pieces);
    void setUniqueForm(bool isOlderForm, bool hasBothForms);
    [[nodiscard]] std::uint32_t keyCount() const { return m_keyCount; }
    [[nodiscard]] std::uint64_t eventCount() const { return m_eventCount; }
    [[nodiscard]] std::string finish();

private:
    void endEvent();

    std::string m_events;
    std::string m_layouts;
    EventEntry m_event;
    std::array<std::vector<Coverage::Run>, kKindCount> m_runs;
    BitmapKey m_last;
    std::uint32_t m_keyCount = 0;
    std::uint64_t m_eventCount = 0;
};

} // namespace cohortist::snapshot
