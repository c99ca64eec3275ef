// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/cache/caching_store.h"

#include <utility>

#include <unistd.h>

namespace cohortist {

namespace {

std::uint64_t costOf(const Bitmap& bitmap) {
    return bitmap.bytes() + CachingStore::kEntryBytes;
}

} // namespace

CachingStore::CachingStore(std::shared_ptr<BitmapStore> source, std::uint64_t budget)
    : ForwardingStore(std::move(source))
    , m_budget(budget) {}

std::uint64_t CachingStore::quarterOfMemory() {
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long size = sysconf(_SC_PAGESIZE);
    constexpr std::uint64_t kUnknown = std::uint64_t{1} << 30U;
    return pages > 0 && size > 0
               ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size) / 4
               : kUnknown;
}

CachingStore::Fill CachingStore::fill() const {
    const std::lock_guard lock(m_mutex);
    return {m_bytes, m_budget, m_kept.size()};
}

std::optional<Bitmap> CachingStore::find(const BitmapKey& key) {
    const std::lock_guard lock(m_mutex);
    const auto place = m_places.find(key);
    if (place == m_places.end()) {
        return std::nullopt;
    }
    m_kept.splice(m_kept.begin(), m_kept, place->second);
    return place->second->bitmap;
}

void CachingStore::keep(const BitmapKey& key, const Bitmap& bitmap) {
    const std::uint64_t cost = costOf(bitmap);
    const std::lock_guard lock(m_mutex);
    if (cost > m_budget || m_places.contains(key)) { // another thread has read it meanwhile
        return;
    }
    while (m_bytes + cost > m_budget) {
        m_bytes -= costOf(m_kept.back().bitmap);
        m_places.erase(m_kept.back().key);
        m_kept.pop_back();
    }
    m_kept.push_front({key, bitmap});
    m_places.emplace(key, m_kept.begin());
    m_bytes += cost;
}

Result<void> CachingStore::read(std::span<const BitmapKey> keys, ChunkRange range,
                                const ReadSink& sink, const JobContext& job) {
    if (job.isCancelled()) {
        return failCancelled();
    }
    std::vector<BitmapKey> missing;
    std::vector<std::size_t> indexOf; // of each missing one, in the keys
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (std::optional<Bitmap> kept = find(keys[i])) {
            sink(i, {KeyState::Read, kept->slice(range), {}});
        } else {
            missing.push_back(keys[i]);
            indexOf.push_back(i);
        }
    }
    // Also when nothing is missing: the store beneath says whether it is still what it was.
    const bool isWhole = range == ChunkRange();
    return source().read(
        missing, range,
        [&](std::size_t index, KeyRead outcome) {
            if (isWhole && outcome.state == KeyState::Read) {
                keep(missing[index], outcome.bitmap);
            }
            sink(indexOf[index], std::move(outcome));
        },
        job);
}

} // namespace cohortist
