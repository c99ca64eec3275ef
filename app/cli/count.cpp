// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/asked_query.h"
#include "app/cli/output.h"
#include "core/export/json.h"

namespace cohortist::cli {

namespace {

Result<int> count(const QueryWords& words, const Run& run) {
    const auto asked = readQuery(words, run);
    if (!asked) {
        return fail(asked.error());
    }
    const auto result = asked->session->count(asked->query, asked->settings, run.job);
    if (!result) {
        return fail(result.error());
    }
    const auto printed =
        print(run.isJson ? dump(countJson(*result)) + "\n" : fmt::format("{}\n", result->count));
    return printed.map([] { return kExitDone; });
}

} // namespace

void addCount(CLI::App& app, Action& action) {
    auto words = std::make_shared<QueryWords>();
    CLI::App* command = app.add_subcommand("count", "How many users a query has");
    words->addPlaces(*command);
    words->common.addTo(*command);
    command->callback(
        [=, &action] { action = [words](const Run& run) { return count(*words, run); }; });
}

} // namespace cohortist::cli
