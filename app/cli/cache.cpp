// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/output.h"
#include "app/cli/table.h"
#include "core/export/json.h"
#include "core/store/kept/kept_folder.h"

namespace cohortist::cli {

namespace {

Json sourcesJson(const std::vector<KeptSource>& sources) {
    Json list = Json::array();
    for (const KeptSource& source : sources) {
        list.push_back({{"source", jsonText(source.source)},
                        {"prefix", jsonText(source.prefix)},
                        {"bytes", source.bytes}});
    }
    return list;
}

void addRows(TextTable& table, const char* what, const std::vector<KeptSource>& sources) {
    for (const KeptSource& source : sources) {
        table.add({what, source.source, source.prefix,
                   fmt::format("{:.1f}", static_cast<double>(source.bytes) / 1e6)});
    }
}

Result<int> cache(bool clears, const Run& run) {
    const std::string periodsFolder = defaultKeptFolder();
    const std::string copiesFolder = defaultPartsFolder();
    if (clears) {
        for (const std::string& folder : {periodsFolder, copiesFolder}) {
            if (auto cleared = clearKept(folder); !cleared) {
                return fail(std::move(cleared.error()));
            }
        }
    }
    const auto periods = keptSources(periodsFolder);
    const auto copies = keptSources(copiesFolder);
    if (run.isJson) {
        const Json json = {{"sources", sourcesJson(periods)},
                           {"unfinished_copies", sourcesJson(copies)}};
        return print(dump(json) + "\n").map([] { return kExitDone; });
    }
    TextTable table(3);
    table.add({"kept", "source", "prefix", "MB"});
    addRows(table, "past periods", periods);
    addRows(table, "unfinished copy", copies);
    return print(table.text()).map([] { return kExitDone; });
}

} // namespace

void addCache(CLI::App& app, Action& action) {
    auto clears = std::make_shared<bool>(false);
    CLI::App* command =
        app.add_subcommand("cache", "What is kept on this computer of servers' data");
    command->add_flag("--clear", *clears, "Remove all of it first");
    command->callback(
        [=, &action] { action = [clears](const Run& run) { return cache(*clears, run); }; });
}

} // namespace cohortist::cli
