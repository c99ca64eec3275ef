// SPDX-License-Identifier: GPL-3.0-or-later
// Lists of users as CSV: user_id, or user_id and user where the source has text ids; ascending by
// id, every user, never cut off unless a limit was asked for. Blocking; reports progress in users.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/sets/bitmap.h"
#include "core/store/bitmap_store.h"

namespace cohortist {

struct UsersCsvOptions {
    std::uint64_t limit = UINT64_MAX;
    bool isRaw = false; // no protection of text ids against being read as formulas
};

using ByteSink = std::function<Result<void>(std::string_view)>;

// Writes through the sink; returns how many users were written.
[[nodiscard]] Result<std::uint64_t> writeUsersCsv(const Bitmap& users, const BitmapStore& store,
                                                  const UsersCsvOptions& options,
                                                  const ByteSink& sink, const JobContext& job);

} // namespace cohortist
