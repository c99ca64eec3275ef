// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue of a server whose keys take long to list, kept beside its past periods together
// with the number of keys there were and the day. As many keys on the same day are taken to be the
// same ones; with a new day there are new keys, and as many may have expired. What is wrong with
// the file makes it as good as none. Safe to call from any thread.
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

// What tells one state of a server's keys from another.
struct ListingState {
    std::uint64_t total = 0; // keys
    std::uint64_t day = 0;   // in UTC, since 1970
};

// Nothing when none is kept, or one of another state.
[[nodiscard]] std::optional<ListedCatalog>
loadListing(const KeptOptions& options, const ListingName& name, const ListingState& state);
// Error code CannotWrite.
[[nodiscard]] Result<void> saveListing(const KeptOptions& options, const ListingName& name,
                                       const ListingState& state, const ListedCatalog& listed);

} // namespace cohortist
