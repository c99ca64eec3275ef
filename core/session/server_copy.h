// SPDX-License-Identifier: GPL-3.0-or-later
// Copies a server's data into a snapshot file, by parts that are kept in the user's cache until the
// copy is whole: after a break, a kill or a stop the same copy goes on where it was, as far as the
// server says that the parts are still right. Blocking.
#pragma once

#include <string>

#include "core/session/session.h"
#include "core/session/snapshot_copy.h"
#include "core/store/redis/server_address.h"

namespace cohortist {

// options.kept names the folder of the parts; without it, or where nothing can be written there, a
// copy begins anew each time. Error codes as of Session::openServer and copyToSnapshot; where parts
// are kept the advice says so.
[[nodiscard]] Result<CopySummary> copyServer(const ServerAddress& address,
                                             const CopySelection& selection,
                                             const std::string& path, const OpenOptions& options,
                                             const JobContext& job);

} // namespace cohortist
