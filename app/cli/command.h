// SPDX-License-Identifier: GPL-3.0-or-later
// The shape of a subcommand: a function that adds itself to the argument parser and says what to
// run when it was chosen. Results go to standard output, messages and progress to standard error.
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

#include "core/base/error.h"
#include "core/base/job_context.h"

namespace cohortist::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFault = 1; // the source or the query
inline constexpr int kExitUsage = 2;
inline constexpr int kExitHungUp = 129; // its terminal was closed
inline constexpr int kExitInterrupted = 130;

struct Run {
    JobContext job; // stops on SIGINT, SIGTERM and SIGHUP
    bool isJson = false;
    bool readsAgain = false; // past periods of a server that are kept on this computer
    bool readsLong = false;  // values that hold up a server's other clients, unasked
};
using Action = std::function<Result<int>(const Run&)>;

// Each adds its subcommand; choosing it on the command line sets `action`.
void addCache(CLI::App& app, Action& action);
void addCheck(CLI::App& app, Action& action);
void addCount(CLI::App& app, Action& action);
void addDemo(CLI::App& app, Action& action);
void addEvents(CLI::App& app, Action& action);
void addExplain(CLI::App& app, Action& action);
void addImport(CLI::App& app, Action& action);
void addRetention(CLI::App& app, Action& action);
void addSnapshot(CLI::App& app, Action& action);
void addUsers(CLI::App& app, Action& action);
void addVersion(CLI::App& app, Action& action);

} // namespace cohortist::cli
