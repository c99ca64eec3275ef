// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a snapshot file from end to end and tells which parts of it are damaged. A file whose
// header, meta table or catalogue is broken cannot be told apart further and is an Error instead.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job_context.h"

namespace cohortist {

struct DamagedPart {
    // As bitmapist names it, in the form of names in queries; or "everyone", or "text ids from
    // 4096 on".
    std::string key;
    std::string why;
};

struct CheckReport {
    std::uint64_t blobs = 0;          // that were read
    std::vector<DamagedPart> damaged; // in file order
    [[nodiscard]] bool isOk() const { return damaged.empty(); }
};

[[nodiscard]] Result<CheckReport> checkSnapshot(const std::string& path, const JobContext& job);

} // namespace cohortist
