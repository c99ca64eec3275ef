// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/directory.h"

#include <algorithm>

#include "core/sets/chunk.h"
#include "core/store/snapshot/format.h"

namespace cohortist::snapshot {

namespace {

constexpr std::uint8_t kOlderForm = 1;
constexpr std::uint8_t kBothForms = 2;
// A full set of 2^32 ids takes 512 MiB and a little.
constexpr std::uint64_t kMaxSetBytes = 1U << 30;

std::optional<Coverage> decodeCoverage(Cursor& cursor, Kind kind, std::uint64_t& keys) {
    const PeriodBounds bounds = periodBounds(kind);
    // Each run takes two bytes or more, so what is left bounds the memory.
    const std::uint64_t count = kind == Kind::Unique ? 1 : cursor.varint(cursor.left() / 2);
    std::vector<Coverage::Run> runs;
    runs.reserve(count);
    std::int64_t at = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::int64_t first = 0;
        std::int64_t length = 1;
        if (kind != Kind::Unique) {
            const bool isFirst = runs.empty();
            first = isFirst ? cursor.signedVarint()
                            : at + 1 + static_cast<std::int64_t>(cursor.varint(INT32_MAX));
            length = static_cast<std::int64_t>(cursor.varint(INT32_MAX)) + 1;
        }
        if (cursor.isBad() || first < bounds.first || first > bounds.last ||
            length > std::int64_t{bounds.last} + 1 - first) {
            return std::nullopt;
        }
        at = first + length;
        keys += static_cast<std::uint64_t>(length);
        runs.push_back({static_cast<std::int32_t>(first), static_cast<std::int32_t>(at)});
    }
    return Coverage::fromRuns(std::move(runs));
}

std::optional<EventEntry> decodeEvent(Cursor& cursor, std::uint64_t& keys) {
    EventEntry entry;
    entry.name = cursor.take(cursor.varint(kMaxNameBytes));
    const std::uint64_t flags = cursor.varint(kOlderForm | kBothForms);
    const std::uint64_t kinds = cursor.varint((1U << kKindCount) - 1);
    if (cursor.isBad() || kinds == 0) {
        return std::nullopt;
    }
    entry.uniqueIsOlderForm = (flags & kOlderForm) != 0;
    entry.hasBothUniqueForms = (flags & kBothForms) != 0;
    for (std::size_t kind = 0; kind < kKindCount; ++kind) {
        if ((kinds >> kind & 1) != 0) {
            std::optional<Coverage> coverage =
                decodeCoverage(cursor, static_cast<Kind>(kind), keys);
            if (!coverage || coverage->isEmpty()) {
                return std::nullopt;
            }
            entry.kinds[kind] = *std::move(coverage);
        }
    }
    return entry;
}

} // namespace

std::optional<Directory> Directory::decode(std::string_view stream) {
    Cursor cursor(stream);
    Directory directory;
    // An event takes four bytes or more, a key's layout one: so what is left bounds the memory.
    const std::uint64_t events = cursor.varint(cursor.left() / 4);
    std::vector<EventEntry> entries;
    std::uint64_t keys = 0;
    for (std::uint64_t i = 0; i < events; ++i) {
        std::optional<EventEntry> entry = decodeEvent(cursor, keys);
        if (!entry || (!entries.empty() && entries.back().name >= entry->name)) {
            return std::nullopt;
        }
        entries.push_back(*std::move(entry));
    }
    if (cursor.isBad() || keys >= cursor.left() || keys >= UINT32_MAX) {
        return std::nullopt;
    }
    directory.m_keyCount = static_cast<std::uint32_t>(keys);
    directory.m_bytes.reserve(keys + 1);
    for (std::uint32_t number = 0; number <= directory.m_keyCount; ++number) {
        const std::uint64_t head = cursor.varint(kMaxSetBytes * 2);
        directory.m_bytes.push_back(static_cast<std::uint32_t>(head >> 1));
        if ((head & 1) == 0) {
            continue;
        }
        const std::uint64_t runs = cursor.varint(cursor.left() / 2);
        Pieced pieced;
        pieced.number = number;
        pieced.firstRun = static_cast<std::uint32_t>(directory.m_pieceRuns.size());
        std::uint32_t at = 0;
        for (std::uint64_t i = 0; i < runs; ++i) {
            const auto first = at + static_cast<std::uint32_t>(cursor.varint(kChunkCount));
            at = first + static_cast<std::uint32_t>(cursor.varint(kChunkCount)) + 1;
            if (cursor.isBad() || at > kChunkCount) {
                return std::nullopt;
            }
            directory.m_pieceRuns.push_back({first, at});
        }
        pieced.lastRun = static_cast<std::uint32_t>(directory.m_pieceRuns.size());
        if (pieced.firstRun == pieced.lastRun) {
            return std::nullopt;
        }
        directory.m_pieced.push_back(pieced);
    }
    if (cursor.isBad() || cursor.left() != 0) {
        return std::nullopt;
    }

    directory.m_kindStarts.reserve(entries.size() * kKindCount);
    std::uint32_t number = 0;
    for (const EventEntry& entry : entries) {
        for (const Coverage& coverage : entry.kinds) {
            directory.m_kindStarts.push_back(
                static_cast<std::uint32_t>(directory.m_runStarts.size()));
            for (const Coverage::Run& run : coverage.runs()) {
                directory.m_runStarts.push_back(number);
                number += static_cast<std::uint32_t>(run.last - run.first);
            }
        }
    }
    directory.m_catalog = std::make_shared<const EventCatalog>(std::move(entries));
    return directory;
}

std::optional<std::uint32_t> Directory::numberOf(const BitmapKey& key) const {
    if (key.isEveryone()) {
        return m_keyCount;
    }
    if (key.event >= m_catalog->size()) {
        return std::nullopt;
    }
    const auto runs = m_catalog->entry(key.event).of(key.kind).runs();
    const auto after =
        std::upper_bound(runs.begin(), runs.end(), key.period,
                         [](std::int32_t period, const auto& run) { return period < run.first; });
    if (after == runs.begin() || key.period >= std::prev(after)->last) {
        return std::nullopt;
    }
    const auto run = static_cast<std::size_t>(std::prev(after) - runs.begin());
    const std::size_t kind = key.event * kKindCount + static_cast<std::size_t>(key.kind);
    return m_runStarts[m_kindStarts[kind] + run] +
           static_cast<std::uint32_t>(key.period - runs[run].first);
}

BitmapKey Directory::keyOf(std::uint32_t number) const {
    if (number >= m_keyCount) {
        return BitmapKey::everyone();
    }
    const auto run = static_cast<std::uint32_t>(
        std::upper_bound(m_runStarts.begin(), m_runStarts.end(), number) - m_runStarts.begin() - 1);
    // Kinds without runs share their start with the next one, so the last of equals is meant.
    const auto kindIndex = static_cast<std::size_t>(
        std::upper_bound(m_kindStarts.begin(), m_kindStarts.end(), run) - m_kindStarts.begin() - 1);
    BitmapKey key;
    key.event = static_cast<EventId>(kindIndex / kKindCount);
    key.kind = static_cast<Kind>(kindIndex % kKindCount);
    const auto runs = m_catalog->entry(key.event).of(key.kind).runs();
    key.period = runs[run - m_kindStarts[kindIndex]].first +
                 static_cast<std::int32_t>(number - m_runStarts[run]);
    return key;
}

std::span<const PieceRun> Directory::piecesOf(std::uint32_t number) const {
    const auto found = std::lower_bound(
        m_pieced.begin(), m_pieced.end(), number,
        [](const Pieced& pieced, std::uint32_t wanted) { return pieced.number < wanted; });
    if (found == m_pieced.end() || found->number != number) {
        return {};
    }
    return std::span(m_pieceRuns).subspan(found->firstRun, found->lastRun - found->firstRun);
}

bool DirectoryEncoder::addKey(std::string_view event, Kind kind, std::int32_t period) {
    const PeriodBounds bounds = periodBounds(kind);
    if (period < bounds.first || period > bounds.last || event.size() > kMaxNameBytes ||
        m_keyCount == UINT32_MAX - 1) {
        return false;
    }
    if (m_eventCount == 0 || event != m_event.name) {
        if (m_eventCount > 0) {
            if (event <= m_event.name) {
                return false;
            }
            endEvent();
        }
        m_event.name = event;
        ++m_eventCount;
    } else if (kind < m_last.kind || (kind == m_last.kind && period <= m_last.period)) {
        return false;
    }
    auto& runs = m_runs[static_cast<std::size_t>(kind)];
    if (!runs.empty() && runs.back().last == period) {
        ++runs.back().last;
    } else {
        runs.push_back({period, period + 1});
    }
    m_last.kind = kind;
    m_last.period = period;
    ++m_keyCount;
    return true;
}

void DirectoryEncoder::addLayout(std::uint64_t bytes, std::span<const PieceRun> pieces) {
    putVarint(m_layouts, bytes << 1 | (pieces.empty() ? 0 : 1));
    if (pieces.empty()) {
        return;
    }
    putVarint(m_layouts, pieces.size());
    std::uint32_t at = 0;
    for (const PieceRun& run : pieces) {
        putVarint(m_layouts, run.first - at);
        putVarint(m_layouts, run.last - run.first - 1);
        at = run.last;
    }
}

void DirectoryEncoder::setUniqueForm(bool isOlderForm, bool hasBothForms) {
    m_event.uniqueIsOlderForm = isOlderForm;
    m_event.hasBothUniqueForms = hasBothForms;
}

void DirectoryEncoder::endEvent() {
    putVarint(m_events, m_event.name.size());
    m_events += m_event.name;
    putVarint(m_events, (m_event.uniqueIsOlderForm ? kOlderForm : 0U) |
                            (m_event.hasBothUniqueForms ? kBothForms : 0U));
    std::uint64_t kinds = 0;
    for (std::size_t kind = 0; kind < kKindCount; ++kind) {
        kinds |= m_runs[kind].empty() ? 0U : 1U << kind;
    }
    putVarint(m_events, kinds);
    for (std::size_t kind = 0; kind < kKindCount; ++kind) {
        std::vector<Coverage::Run>& runs = m_runs[kind];
        if (static_cast<Kind>(kind) != Kind::Unique && !runs.empty()) {
            putVarint(m_events, runs.size());
            std::int32_t at = 0;
            for (std::size_t i = 0; i < runs.size(); ++i) {
                if (i == 0) {
                    putSigned(m_events, runs[i].first);
                } else {
                    putVarint(m_events, static_cast<std::uint64_t>(runs[i].first - at - 1));
                }
                putVarint(m_events, static_cast<std::uint64_t>(runs[i].last - runs[i].first - 1));
                at = runs[i].last;
            }
        }
        runs.clear();
    }
    m_event = EventEntry{};
}

std::string DirectoryEncoder::finish() {
    if (m_eventCount > 0) {
        endEvent();
    }
    std::string stream;
    putVarint(stream, m_eventCount);
    stream += m_events;
    stream += m_layouts;
    return stream;
}

} // namespace cohortist::snapshot
