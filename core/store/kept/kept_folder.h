// SPDX-License-Identifier: GPL-3.0-or-later
// The folder of the user's cache in which past periods of servers are kept: in it a folder for each
// source and prefix, named by a hash, with files of the snapshot format. Everything is for its user
// alone, and no password is in a name or a file. Several programs may use the folder at once: what
// vanishes meanwhile is passed over. Safe to call from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace cohortist {

struct KeptOptions {
    std::string folder;                                 // made when it is needed
    std::uint64_t limitBytes = std::uint64_t{2} << 30U; // of all sources together
    // Nothing that is kept is believed, and all is kept anew: what "Refresh" means.
    bool readsAgain = false;
    std::chrono::milliseconds writingDelay{1000}; // in which more may come for the same file
};

// cohortist/periods in XDG_CACHE_HOME or ~/.cache; empty where there is neither.
[[nodiscard]] std::string defaultKeptFolder();
// The same of the parts of unfinished copies: cohortist/copies.
[[nodiscard]] std::string defaultPartsFolder();

struct KeptSource {
    std::string source; // as messages name it
    std::string prefix; // printed as in a query
    std::string folder;
    std::uint64_t bytes = 0;
};
// What is kept, the source that was used last in front.
[[nodiscard]] std::vector<KeptSource> keptSources(const std::string& folder);
// Removes all that is kept of all sources, and nothing else. Error code CannotWrite.
[[nodiscard]] Result<void> clearKept(const std::string& folder);

// For those who keep: where the folder of one source and prefix is or would be; and that folder,
// made where it is not there yet, and marked as used now. Error code CannotWrite.
[[nodiscard]] std::string keptFolderOf(const std::string& folder, const std::string& source,
                                       const std::string& prefix);
[[nodiscard]] Result<std::string> enterKept(const std::string& folder, const std::string& source,
                                            const std::string& prefix);
// Paths of the files with sets, the newest first, and a path for the next one.
[[nodiscard]] std::vector<std::string> keptFiles(const std::string& sourceFolder);
[[nodiscard]] std::string newKeptFile(const std::string& sourceFolder);
// Removes what was used longest ago until the rest is within the limit.
void limitKept(const std::string& folder, std::uint64_t limitBytes);
// Removes what is kept of one source and prefix, or was not used for so long.
void removeKept(const std::string& folder, const std::string& source, const std::string& prefix);
void forgetKept(const std::string& folder, std::chrono::hours age);

} // namespace cohortist
