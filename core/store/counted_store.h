// SPDX-License-Identifier: GPL-3.0-or-later
// A store that can tell how many users keys have without handing out their bitmaps, so that copies
// of them can be told from what they have become. As safe as any BitmapStore.
#pragma once

#include "core/store/bitmap_store.h"

namespace cohortist {

// No count: the source does not tell it, for whatever reason. Called as a ReadSink is.
using CountSink = std::function<void(std::size_t index, std::optional<std::uint64_t> count)>;

class CountedStore : public BitmapStore {
public:
    // One call of the sink a key, unless it fails as a whole, with the errors of read(). The keys
    // are of the catalogue, and none is everyone.
    [[nodiscard]] virtual Result<void> count(std::span<const BitmapKey> keys, const CountSink& sink,
                                             const JobContext& job) = 0;
};

} // namespace cohortist
