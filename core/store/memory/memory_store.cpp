// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/memory/memory_store.h"

#include <algorithm>
#include <array>

namespace cohortist {

namespace {

using PeriodLists = std::array<std::vector<std::int32_t>, kKindCount>;

EventCatalog catalogOf(const std::vector<MemoryKey>& keys) {
    std::map<std::string, PeriodLists> events;
    for (const MemoryKey& key : keys) {
        events[key.event][static_cast<std::size_t>(key.kind)].push_back(key.period);
    }
    std::vector<EventEntry> entries;
    entries.reserve(events.size());
    for (auto& [name, lists] : events) {
        EventEntry entry;
        entry.name = name;
        for (std::size_t kind = 0; kind < kKindCount; ++kind) {
            entry.kinds[kind] = Coverage::fromIndices(std::move(lists[kind]));
        }
        entries.push_back(std::move(entry));
    }
    return EventCatalog(std::move(entries));
}

} // namespace

MemoryStore::MemoryStore(std::vector<MemoryKey> keys, MemoryOptions options)
    : m_catalog(std::make_shared<const EventCatalog>(catalogOf(keys))) {
    for (MemoryKey& key : keys) {
        const std::optional<EventId> event = m_catalog->find(key.event);
        if (event) {
            m_sets[{*event, key.kind, key.period}] = std::move(key.set);
        }
    }
    if (!options.everyone) {
        std::vector<Bitmap> sets;
        for (const BitmapKey& key : m_catalog->everyoneKeys()) {
            sets.push_back(m_sets[key]);
        }
        options.everyone = Bitmap::unite(sets);
    }
    m_sets[BitmapKey::everyone()] = *std::move(options.everyone);

    for (auto& [id, text] : options.textIds) {
        m_idsOfTexts.emplace(text, id);
        m_texts.emplace(id, std::move(text));
    }
    m_info = StoreInfo{.name = std::move(options.name),
                       .kind = "memory",
                       .prefix = std::move(options.prefix),
                       .origin = std::move(options.origin),
                       .asOf = options.asOf.value_or(m_catalog->lastEnd().value_or(Instant{})),
                       .hasTextIds = !m_texts.empty()};
}

void MemoryStore::failKey(const BitmapKey& key, KeyState state, std::string why) {
    m_failures[key] = Failure{state, std::move(why)};
}

Result<void> MemoryStore::read(std::span<const BitmapKey> keys, ChunkRange range,
                               const ReadSink& sink, const JobContext& job) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (job.isCancelled()) {
            return failCancelled();
        }
        KeyRead outcome;
        if (const auto failure = m_failures.find(keys[i]); failure != m_failures.end()) {
            outcome.state = failure->second.state;
            outcome.why = failure->second.why;
        } else if (const auto set = m_sets.find(keys[i]); set != m_sets.end()) {
            outcome.state = KeyState::Read;
            outcome.bitmap = set->second.slice(range);
        }
        sink(i, std::move(outcome));
    }
    return {};
}

std::uint64_t MemoryStore::estimatedBytes(std::span<const BitmapKey> keys) const {
    std::uint64_t bytes = 0;
    for (const BitmapKey& key : keys) {
        if (const auto set = m_sets.find(key); set != m_sets.end()) {
            bytes += set->second.bytes();
        }
    }
    return bytes;
}

Result<std::vector<std::string>> MemoryStore::textsOf(std::span<const std::uint32_t> ids) const {
    std::vector<std::string> texts(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (const auto text = m_texts.find(ids[i]); text != m_texts.end()) {
            texts[i] = text->second;
        }
    }
    return texts;
}

Result<std::optional<std::uint32_t>> MemoryStore::findText(const std::string& text) const {
    const auto id = m_idsOfTexts.find(text);
    return id == m_idsOfTexts.end() ? std::nullopt : std::optional(id->second);
}

} // namespace cohortist
