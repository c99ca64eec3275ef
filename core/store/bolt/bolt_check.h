// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a database file of bitmapist-server from end to end, the keys of every prefix and those
// that have expired too, and tells which bitmaps are damaged. A file whose pages are damaged cannot
// be told apart further and is an Error instead.
#pragma once

#include "core/store/snapshot/snapshot_check.h"

namespace cohortist {

[[nodiscard]] Result<CheckReport> checkBolt(const std::string& path, const JobContext& job);

} // namespace cohortist
