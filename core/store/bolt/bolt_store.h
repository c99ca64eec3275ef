// SPDX-License-Identifier: GPL-3.0-or-later
// Reads bitmapist-server's database file (bitmapist.db, or the copy that -bak makes). The store
// trusts nothing in the file: every page is checked when it is opened, every bitmap when it is
// read; a damaged bitmap is that key's outcome and nobody else's. The file is locked only while it
// is read, so that a server that starts meanwhile gets it, and where it is then altered, or
// replaced, calls fail with the code Changed. Keys whose time had run out when it was opened are
// not there. Safe to use from several threads; the file is never written to.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/store/bitmap_store.h"

namespace cohortist {

struct BoltOptions {
    std::optional<std::string> prefix; // of the keys; found out where it is not given
    std::optional<Instant> now;        // what has expired is told by; the clock where not given
};

// The default as-of instant is the end of the last period that has a key, or when the file was
// saved where that was earlier. Error codes NotFound (also: no events, or several prefixes, which
// are named), AccessDenied, Busy (a server keeps the file locked), WrongFormat, FutureVersion,
// Unsupported, Damaged; each names the file.
[[nodiscard]] Result<std::shared_ptr<BitmapStore>>
openBolt(const std::string& path, const BoltOptions& options, const JobContext& job);

} // namespace cohortist
