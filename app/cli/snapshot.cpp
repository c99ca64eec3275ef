// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/sources.h"
#include "core/export/json.h"
#include "core/session/server_copy.h"

namespace cohortist::cli {

namespace {

struct SnapshotOptions {
    std::string source;
    std::string output;
    std::string from;
    std::string to;
    CopySelection selection;
};

Result<CopySelection> selectionFrom(const SnapshotOptions& options) {
    CopySelection selection = options.selection;
    for (const auto& [name, text, day] : {std::tuple("--from", &options.from, &selection.from),
                                          std::tuple("--to", &options.to, &selection.to)}) {
        if (text->empty()) {
            continue;
        }
        const auto parsed = parseDay(name, *text);
        if (!parsed) {
            return fail(parsed.error());
        }
        *day = *parsed;
    }
    if (selection.from && selection.to && *selection.to < *selection.from) {
        return fail(usageError(
            message("core", "cannot copy from %1 to %2", options.from, options.to),
            message("core", "the first day is after the last"), message("core", "Swap them.")));
    }
    return selection;
}

Result<CopySummary> copy(const SnapshotOptions& options, const CopySelection& selection,
                         const Run& run) {
    if (!isServerAddress(options.source)) {
        const auto session = openSource(options.source, run);
        return session ? copyToSnapshot((*session)->store(), selection, options.output, run.job)
                       : fail(session.error());
    }
    const auto address = parseServerAddress(options.source);
    if (!address) {
        return fail(address.error());
    }
    OpenOptions open = openOptions(run);
    if (open.kept) {
        open.kept->folder = defaultPartsFolder();
    }
    return copyServer(*address, selection, options.output, open, run.job);
}

Result<int> snapshot(const SnapshotOptions& options, const Run& run) {
    const auto selection = selectionFrom(options);
    if (!selection) {
        return fail(selection.error());
    }
    const auto summary = copy(options, *selection, run);
    if (!summary) {
        return fail(summary.error());
    }
    if (run.isJson) {
        const Json json = {{"file", jsonText(options.output)},
                           {"events", summary->events},
                           {"keys", summary->keys}};
        return print(dump(json) + "\n").map([] { return kExitDone; });
    }
    tell(fmt::format("Wrote {}: {}, {}.\n", options.output,
                     counted(summary->events, "event", "events"),
                     counted(summary->keys, "key", "keys")));
    return kExitDone;
}

} // namespace

void addSnapshot(CLI::App& app, Action& action) {
    auto options = std::make_shared<SnapshotOptions>();
    CLI::App* command = app.add_subcommand("snapshot", "Copy a source's data into a snapshot file");
    command->add_option("source", options->source, kSourceHelp)->required();
    command->add_option("-o,--output", options->output, "The file to make")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("--events", options->selection.events,
                     "Only events whose name matches, like 'os:*'; may be repeated")
        ->type_name("GLOB")
        ->expected(1) // of each --events, of which there may be any number
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_option("--from", options->from, "First day")->type_name("DATE");
    command->add_option("--to", options->to, "Last day")->type_name("DATE");
    command->callback(
        [=, &action] { action = [options](const Run& run) { return snapshot(*options, run); }; });
}

} // namespace cohortist::cli
