// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a snapshot file (x.cohorts; README.md beside this header describes the format). The store
// trusts nothing in the file: header, schema, meta table and catalogue are checked when it is
// opened, every bitmap when it is read. A damaged bitmap is that key's outcome and nobody else's.
// Safe to use from several threads; each reader has its own connection. The file is never written
// to; where it is replaced or altered while open, calls fail with the code Changed.
#pragma once

#include <memory>
#include <string>

#include "core/store/bitmap_store.h"

namespace cohortist {

// Error codes NotFound, AccessDenied, WrongFormat, FutureVersion, Damaged; each names the file.
[[nodiscard]] Result<std::shared_ptr<BitmapStore>> openSnapshot(const std::string& path,
                                                                const JobContext& job);

} // namespace cohortist
