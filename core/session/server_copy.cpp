// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/server_copy.h"

#include <limits>

#include "core/store/kept/kept_store.h"
#include "core/store/redis/redis_store.h"

namespace cohortist {

namespace {

// Parts of a copy that nobody has gone on with for so long are removed.
constexpr std::chrono::hours kForgotten{24 * 7};

KeptOptions partsOf(const KeptOptions& kept) {
    KeptOptions parts = kept;
    parts.limitBytes = std::numeric_limits<std::uint64_t>::max() / 2;
    parts.writingDelay = std::chrono::hours(1); // the copy says when
    return parts;
}

bool isOfTheBreak(ErrorCode code) {
    return code == ErrorCode::Lost || code == ErrorCode::TimedOut || code == ErrorCode::Busy ||
           code == ErrorCode::NotFound || code == ErrorCode::CannotWrite;
}

} // namespace

Result<CopySummary> copyServer(const ServerAddress& address, const CopySelection& selection,
                               const std::string& path, const OpenOptions& options,
                               const JobContext& job) {
    OpenOptions opening = options;
    opening.kept.reset();
    auto source = openServerStore(address, opening, job);
    if (!source) {
        return fail(std::move(source.error()));
    }
    if (!options.kept) {
        return copyToSnapshot(**source, selection, path, job);
    }
    const KeptOptions parts = partsOf(*options.kept);
    forgetKept(parts.folder, kForgotten);
    const StoreInfo info = (*source)->info();
    Result<CopySummary> copied;
    {
        KeptStore store(*std::move(source), parts, info.asOf);
        copied =
            copyToSnapshot(store, selection, path, job, [&] { store.sets().waitUntilWritten(); });
    } // what it had to write is written now
    if (copied || keptFiles(keptFolderOf(parts.folder, info.origin, info.prefix)).empty()) {
        removeKept(parts.folder, info.origin, info.prefix);
    } else if (isOfTheBreak(copied.error().code)) {
        copied.error().advice = message("core", "The same command goes on where this one was.");
    }
    return copied;
}

} // namespace cohortist
