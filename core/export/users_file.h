// SPDX-License-Identifier: GPL-3.0-or-later
// A list of users as a CSV file, which appears whole or not at all (OutputFile). Blocking; reports
// progress in users.
#pragma once

#include "core/export/users_csv.h"

namespace cohortist {

// Returns how many users the file holds: all of them, or as many as the options' limit lets.
[[nodiscard]] Result<std::uint64_t> saveUsersCsv(const Bitmap& users, const BitmapStore& store,
                                                 const UsersCsvOptions& options,
                                                 const std::string& path, const JobContext& job);

} // namespace cohortist
