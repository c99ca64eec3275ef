// SPDX-License-Identifier: GPL-3.0-or-later
// What bitmapist-server keeps in its bbolt file: a bucket "bitmapist" of bitmaps, and a bucket
// "expires" with the ends of those that have one. (Its third bucket, "aux", lists the keys again,
// and not exactly; it is not read.)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/job_context.h"
#include "core/calendar/period.h"
#include "core/store/bolt/bolt_file.h"

namespace cohortist::bolt {

struct StoredBitmap {
    std::string key;
    std::uint64_t offset = 0; // in the file
    std::uint64_t size = 0;
    bool hasExpired = false; // there for the server to sweep, and no longer anybody's
};

// All bitmaps of the file, by ascending key. An entry is expired when it ended before `now`. Error
// codes NotFound (there is no bucket of bitmaps), Damaged, AccessDenied, Changed, Cancelled.
[[nodiscard]] Result<std::vector<StoredBitmap>> readContents(const BoltFile& file, Instant now,
                                                             const JobContext& job);

// A number as Go's encoding/binary writes it, zigzag and seven bits a byte. Nothing where it is cut
// short, longer than 64 bits or not all of the bytes.
[[nodiscard]] std::optional<std::int64_t> goVarint(std::string_view bytes);

} // namespace cohortist::bolt
