// SPDX-License-Identifier: GPL-3.0-or-later
// Opens what a command was pointed at, with what a server may need besides its address: the
// password from the environment, and a question on the terminal before a value is read that is so
// long that the server's other clients would feel it.
#pragma once

#include <memory>
#include <string>

#include "app/cli/command.h"
#include "core/session/session.h"

namespace cohortist::cli {

inline constexpr const char* kSourceHelp = "File or server: x.cohorts, bitmapist.db, redis://host, "
                                           "rediss://host (TLS), redis+unix:///path.sock, "
                                           "redis+cluster://host";

[[nodiscard]] OpenOptions openOptions(const Run& run);
[[nodiscard]] Result<std::unique_ptr<Session>> openSource(const std::string& source,
                                                          const Run& run);

} // namespace cohortist::cli
