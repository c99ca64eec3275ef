// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the bitmaps that were read whole from another store, within a budget of bytes: what was not
// used for longest goes first. For stores whose bitmaps never change while open. Readings of a part
// are served from what is kept and are not kept themselves; what could not be read is asked for
// again each time. Thread-safe, like the store beneath.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/store/forwarding_store.h"

namespace cohortist {

class CachingStore final : public ForwardingStore<BitmapStore> {
public:
    // What a kept bitmap is counted with besides its own bytes: its places in the list and the map.
    static constexpr std::uint64_t kEntryBytes = 192;

    // A bitmap that is larger than the budget is never kept; 0 keeps nothing.
    explicit CachingStore(std::shared_ptr<BitmapStore> source,
                          std::uint64_t budget = quarterOfMemory());
    [[nodiscard]] static std::uint64_t quarterOfMemory(); // in bytes

    struct Fill {
        std::uint64_t bytes = 0;
        std::uint64_t budget = 0;
        std::size_t bitmaps = 0;
    };
    [[nodiscard]] Fill fill() const;

    [[nodiscard]] Result<void> read(std::span<const BitmapKey> keys, ChunkRange range,
                                    const ReadSink& sink, const JobContext& job) override;

private:
    struct Kept {
        BitmapKey key;
        Bitmap bitmap;
    };
    [[nodiscard]] std::optional<Bitmap> find(const BitmapKey& key);
    void keep(const BitmapKey& key, const Bitmap& bitmap);

    std::uint64_t m_budget;
    mutable std::mutex m_mutex; // guards all below
    std::list<Kept> m_kept;     // the one used last in front
    std::map<BitmapKey, std::list<Kept>::iterator> m_places;
    std::uint64_t m_bytes = 0;
};

} // namespace cohortist
