// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/bolt/bolt_check.h"

#include "core/query/expr.h"
#include "core/sets/bitmap.h"
#include "core/store/bolt/contents.h"

namespace cohortist {

using namespace bolt;

Result<CheckReport> checkBolt(const std::string& path, const JobContext& job) {
    const Result<BoltFile> file = BoltFile::open(path);
    if (!file) {
        return fail(file.error());
    }
    const auto stored = readContents(*file, Instant{}, job);
    if (!stored) {
        return fail(stored.error());
    }
    CheckReport report;
    if (!file->lostMeta().empty()) {
        report.damaged.push_back(
            {file->lostMeta(), "it is not sound; what was saved last may be lost"});
    }
    std::string bytes;
    for (const StoredBitmap& bitmap : *stored) {
        if (job.isCancelled()) {
            return failCancelled();
        }
        bytes.resize(bitmap.size);
        if (Result<void> done = file->read(bitmap.offset, bytes); !done) {
            return fail(std::move(done).error());
        }
        if (const Result<void> valid = validateRoaring(bytes); !valid) {
            report.damaged.push_back({printName(bitmap.key), valid.error().why.english()});
        }
        job.report({++report.blobs, stored->size(), Progress::Unit::Keys});
    }
    if (Result<void> same = file->checkUnchanged(); !same) {
        return fail(std::move(same).error());
    }
    return report;
}

} // namespace cohortist
