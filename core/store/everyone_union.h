// SPDX-License-Identifier: GPL-3.0-or-later
// What reading is alike in the stores that keep no set of everyone: such a set is the union of the
// keys that stand for everyone, or what became of the first of them that cannot be read. Pure but
// for the reading that is handed in.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "core/store/bitmap_store.h"

namespace cohortist {

// Reads keys that the catalogue has, none of them everyone, as BitmapStore::read does.
using ReadKeys = std::function<Result<void>(std::span<const BitmapKey> keys, const ReadSink& sink)>;

// BitmapStore::read of any keys: those that the catalogue lacks have no data, everyone is united,
// the rest is read. prefix: for messages.
[[nodiscard]] Result<void> readWithEveryone(std::span<const BitmapKey> keys,
                                            const EventCatalog& catalog, std::string_view prefix,
                                            const ReadKeys& read, const ReadSink& sink);

} // namespace cohortist
