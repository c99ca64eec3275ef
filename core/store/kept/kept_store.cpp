// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/kept/kept_store.h"

#include "core/store/everyone_union.h"

namespace cohortist {

namespace {

// Servers whose clocks differ, and events that arrive late, still change a period for a while.
constexpr std::chrono::hours kSettled{24};

// Some of the keys, and where they stand among all.
struct Part {
    std::vector<BitmapKey> keys;
    std::vector<std::size_t> places;
    void add(const BitmapKey& key, std::size_t place) {
        keys.push_back(key);
        places.push_back(place);
    }
};

} // namespace

KeptStore::KeptStore(std::shared_ptr<CountedStore> source, const KeptOptions& options, Instant now)
    : ForwardingStore(std::move(source))
    , m_catalog(catalog())
    , m_readsAgain(options.readsAgain)
    , m_now(now)
    , m_sets(options, info(), m_catalog) {}

bool KeptStore::isPast(const BitmapKey& key) const {
    return key.kind != Kind::Unique &&
           endOf({granularityOf(key.kind), key.period}) + kSettled <= m_now;
}

bool KeptStore::isBelieved(const BitmapKey& key, KeptSets::Copy copy) const {
    const std::lock_guard lock(m_mutex);
    const auto checked = m_checked.find(key);
    return copy == KeptSets::kOwnCopy || (checked != m_checked.end() && checked->second == copy);
}

void KeptStore::setBelieved(const BitmapKey& key, KeptSets::Copy copy) {
    const std::lock_guard lock(m_mutex);
    m_checked.insert_or_assign(key, copy);
}

Result<void> KeptStore::read(std::span<const BitmapKey> keys, ChunkRange range,
                             const ReadSink& sink, const JobContext& job) {
    return readWithEveryone(
        keys, *m_catalog, info().prefix,
        [&](std::span<const BitmapKey> wanted, const ReadSink& done) {
            return readKeys(wanted, range, done, job);
        },
        sink);
}

Result<void> KeptStore::readKeys(std::span<const BitmapKey> keys, ChunkRange range,
                                 const ReadSink& sink, const JobContext& job) {
    Part checked;
    Part unchecked;
    Part rest; // to be read from the source
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto copy = isPast(keys[i]) ? m_sets.copyOf(keys[i]) : std::nullopt;
        Part& part = copy && isBelieved(keys[i], *copy) ? checked
                     : copy && !m_readsAgain            ? unchecked
                                                        : rest;
        part.add(keys[i], i);
    }
    const auto deliver = [&](std::size_t place, Bitmap set) {
        KeyRead read{KeyState::Read, std::move(set), {}};
        read.isKept = true;
        sink(place, std::move(read));
    };
    if (!unchecked.keys.empty()) {
        std::vector<std::optional<std::uint64_t>> counts(unchecked.keys.size());
        auto counted = source().count(
            unchecked.keys,
            [&](std::size_t index, std::optional<std::uint64_t> count) { counts[index] = count; },
            job);
        if (!counted) {
            return counted;
        }
        // Only a whole set can be counted.
        auto done = m_sets.read(
            unchecked.keys, {},
            [&](std::size_t index, std::optional<KeptSets::Set> set) {
                const BitmapKey& key = unchecked.keys[index];
                if (set && counts[index] && set->bitmap.count() == *counts[index]) {
                    setBelieved(key, set->copy);
                    deliver(unchecked.places[index], set->bitmap.part(range));
                } else {
                    rest.add(key, unchecked.places[index]);
                }
            },
            job);
        if (!done) {
            return done;
        }
    }
    auto done = m_sets.read(
        checked.keys, range,
        [&](std::size_t index, std::optional<KeptSets::Set> set) {
            if (set && isBelieved(checked.keys[index], set->copy)) { // another by now, perhaps
                deliver(checked.places[index], std::move(set->bitmap));
            } else {
                rest.add(checked.keys[index], checked.places[index]);
            }
        },
        job);
    if (!done || rest.keys.empty()) {
        return done;
    }
    const bool isWhole = range == ChunkRange();
    return source().read(
        rest.keys, range,
        [&](std::size_t index, KeyRead read) {
            if (isWhole && read.state == KeyState::Read && isPast(rest.keys[index])) {
                m_sets.keep(rest.keys[index], read.bitmap);
            }
            sink(rest.places[index], std::move(read));
        },
        job);
}

} // namespace cohortist
