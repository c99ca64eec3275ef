// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/sources.h"
#include "core/export/json.h"

namespace cohortist::cli {

namespace {

struct CountOptions {
    std::string source;
    std::string query;
    QueryOptions common;
};

Result<int> count(const CountOptions& options, const Run& run) {
    const auto query = parseText("", options.query);
    if (!query) {
        return fail(query.error());
    }
    const auto settings = options.common.settings();
    if (!settings) {
        return fail(settings.error());
    }
    const auto session = openSource(options.source, run);
    if (!session) {
        return fail(session.error());
    }
    const auto result = (*session)->count(*query, *settings, run.job);
    if (!result) {
        return fail(result.error());
    }
    const auto printed =
        print(run.isJson ? dump(countJson(*result)) + "\n" : fmt::format("{}\n", result->count));
    return printed.map([] { return kExitDone; });
}

} // namespace

void addCount(CLI::App& app, Action& action) {
    auto options = std::make_shared<CountOptions>();
    CLI::App* command = app.add_subcommand("count", "How many users a query has");
    command->add_option("source", options->source, kSourceHelp)->required();
    command->add_option("query", options->query, "Query")->required();
    options->common.addTo(*command);
    command->callback(
        [=, &action] { action = [options](const Run& run) { return count(*options, run); }; });
}

} // namespace cohortist::cli
