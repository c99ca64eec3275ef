// SPDX-License-Identifier: GPL-3.0-or-later
// Writes files of kept sets: new ones, and one out of several small ones. Blocking; holds no state.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "core/store/bitmap_store.h"

namespace cohortist {

struct KeptOrigin {
    std::string source;
    std::string prefix;
    Instant asOf{};
};

// Keys are the catalogue's. Error code CannotWrite.
[[nodiscard]] Result<void> writeKept(const std::string& path, const KeptOrigin& origin,
                                     const EventCatalog& catalog,
                                     const std::map<BitmapKey, Bitmap>& sets);
// The newest of each set that the catalogue still has. files: the newest first. Error codes
// CannotWrite, and those of reading the files.
[[nodiscard]] Result<void> uniteKept(const std::string& path, const KeptOrigin& origin,
                                     const EventCatalog& catalog,
                                     std::span<const std::shared_ptr<BitmapStore>> files);

} // namespace cohortist
