// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue of a server whose keys take long to list, kept beside its past periods together
// with the number of keys there were. What is wrong with the file makes it as good as none. Safe to
// call from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/store/kept/kept_folder.h"
#include "core/store/listed_catalog.h"

namespace cohortist {

// Of one source, as it was opened: with a prefix or without.
struct ListingName {
    std::string source;
    std::optional<std::string> prefix;
};

// Nothing when none is kept, or when there were not so many keys.
[[nodiscard]] std::optional<ListedCatalog>
loadListing(const KeptOptions& options, const ListingName& name, std::uint64_t total);
// Error code CannotWrite.
[[nodiscard]] Result<void> saveListing(const KeptOptions& options, const ListingName& name,
                                       std::uint64_t total, const ListedCatalog& listed);

} // namespace cohortist
