// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sources.h"

#include <cstdlib>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "app/cli/output.h"
#include "core/query/expr.h"

namespace cohortist::cli {

namespace {

// Only a user who sits there can say yes.
bool asksForLong(const JobContext& job, const std::string& key, std::uint64_t bytes) {
    const std::string what =
        fmt::format("{} has {} MiB. While it is sent, the server's other clients wait. ",
                    printName(key), bytes >> 20U);
    if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) {
        tell(what + "With --read-long it is read all the same.\n");
        return false;
    }
    tell(what + "Read it? [y/N] ");
    constexpr int kLookMilliseconds = 100; // for a stop
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (poll(&input, 1, kLookMilliseconds) == 0) {
        if (job.isCancelled()) {
            return false;
        }
    }
    char answer[64] = {};
    return read(STDIN_FILENO, answer, sizeof answer - 1) > 0 &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

} // namespace

OpenOptions openOptions(const Run& run) {
    OpenOptions options;
    if (const char* password = std::getenv("COHORTIST_PASSWORD"); password != nullptr) {
        options.password = password;
    }
    options.wantsLong = [job = run.job, readsLong = run.readsLong](const std::string& key,
                                                                   std::uint64_t bytes) {
        return readsLong || asksForLong(job, key, bytes);
    };
    if (const std::string folder = defaultKeptFolder(); !folder.empty()) {
        options.kept = KeptOptions{};
        options.kept->folder = folder;
        options.kept->readsAgain = run.readsAgain;
    }
    return options;
}

Result<std::unique_ptr<Session>> openSource(const std::string& source, const Run& run) {
    return Session::open(source, run.job, openOptions(run));
}

} // namespace cohortist::cli
