// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/server_copy.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "core/store/kept/kept_store.h"
#include "core/store/redis/redis_store.h"

namespace cohortist {

namespace {

// Parts of a copy that nobody has gone on with for so long are removed.
constexpr std::chrono::hours kForgotten{24 * 7};

// Copies of different parts of a source may run at once, or be broken off one after the other.
std::string purposeOf(const CopySelection& selection) {
    std::string purpose = "copy";
    for (const auto& day : {selection.from, selection.to}) {
        purpose += ' ' + (day ? toText(*day) : "-");
    }
    for (const std::string& glob : selection.events) {
        purpose += ' ' + std::to_string(glob.size()) + ':' + glob;
    }
    return purpose;
}

// A mark beside the parts says that a copy is not done yet; killed, it stays not done. Without
// marks nobody waits for the parts.
class Mark {
public:
    Mark(std::string folder, const CopySelection& selection)
        : m_folder(std::move(folder))
        , m_path(fmt::format("{}/{}{:016x}", m_folder, kName,
                             std::hash<std::string>()(purposeOf(selection)))) {}
    void set() const { const std::ofstream file(m_path); }
    void remove() const {
        std::error_code none;
        std::filesystem::remove(m_path, none);
    }
    [[nodiscard]] bool isTheLast() const {
        std::error_code error;
        for (std::filesystem::directory_iterator at(m_folder, error), end; !error && at != end;
             at.increment(error)) {
            if (at->path() != m_path && at->path().filename().string().starts_with(kName)) {
                return false;
            }
        }
        return true;
    }

private:
    static constexpr const char* kName = "unfinished-";
    std::string m_folder;
    std::string m_path;
};

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
    const std::string folder = keptFolderOf(parts.folder, info.origin, info.prefix);
    const Mark mark(folder, selection);
    Result<CopySummary> copied;
    bool hasParts = false;
    {
        KeptStore store(*std::move(source), parts, info.asOf);
        mark.set();
        copied = copyToSnapshot(store, selection, path, job, [&] {
            store.sets().waitUntilWritten();
            hasParts = true;
        });
    } // what it had to write is written now
    const bool isBroken = !copied && isOfTheBreak(copied.error().code);
    const bool isOver = copied || keptFiles(folder).empty();
    if (isOver || (!isBroken && copied.error().code != ErrorCode::Cancelled)) {
        mark.remove();
    }
    if (isOver && mark.isTheLast()) {
        removeKept(parts.folder, info.origin, info.prefix);
    }
    if (isBroken && hasParts) {
        copied.error().advice =
            copied.error().code == ErrorCode::CannotWrite
                ? message("core", "Make room or choose another place; the same command goes on "
                                  "where this one was.")
                : message("core", "The same command goes on where this one was.");
    }
    return copied;
}

} // namespace cohortist
