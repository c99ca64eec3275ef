// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/output.h"
#include "app/cli/table.h"
#include "core/export/csv.h"
#include "core/export/json.h"
#include "core/store/kept/kept_folder.h"

namespace cohortist::cli {

namespace {

Json sourcesJson(const std::string& folder, const std::vector<KeptSource>& sources) {
    Json list = Json::array();
    for (const KeptSource& source : sources) {
        list.push_back({{"source", jsonText(source.source)},
                        {"prefix", jsonText(source.prefix)},
                        {"bytes", source.bytes}});
    }
    return {{"folder", jsonText(folder)}, {"sources", list}};
}

std::string sourcesText(const std::vector<KeptSource>& sources) {
    TextTable table(2);
    table.add({"source", "prefix", "MB"});
    for (const KeptSource& source : sources) {
        table.add({source.source, source.prefix,
                   fmt::format("{:.1f}", static_cast<double>(source.bytes) / 1e6)});
    }
    return table.text();
}

Result<int> cache(bool clears, const Run& run) {
    const std::string folder = defaultKeptFolder();
    if (clears) {
        if (auto cleared = clearKept(folder); !cleared) {
            return fail(std::move(cleared.error()));
        }
    }
    const auto sources = keptSources(folder);
    const std::string text =
        run.isJson ? dump(sourcesJson(folder, sources)) + "\n" : sourcesText(sources);
    return print(text).map([] { return kExitDone; });
}

} // namespace

void addCache(CLI::App& app, Action& action) {
    auto clears = std::make_shared<bool>(false);
    CLI::App* command =
        app.add_subcommand("cache", "What is kept of servers' past periods on this computer");
    command->add_flag("--clear", *clears, "Remove all of it first");
    command->callback(
        [=, &action] { action = [clears](const Run& run) { return cache(*clears, run); }; });
}

} // namespace cohortist::cli
