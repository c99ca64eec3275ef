// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/asked_query.h"

#include "app/cli/sources.h"

namespace cohortist::cli {

void QueryWords::addPlaces(CLI::App& command) {
    command.add_option("source", source, kSourceHelp)->required();
    command.add_option("query", query, "Query")->required();
}

Result<AskedQuery> readQuery(const QueryWords& words, const Run& run) {
    auto query = parseText("", words.query);
    if (!query) {
        return fail(std::move(query.error()));
    }
    auto settings = words.common.settings();
    if (!settings) {
        return fail(std::move(settings.error()));
    }
    auto session = openSource(words.source, run);
    if (!session) {
        return fail(std::move(session.error()));
    }
    return AskedQuery{*std::move(query), *std::move(settings), *std::move(session)};
}

} // namespace cohortist::cli
