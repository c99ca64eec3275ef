// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/sources.h"
#include "app/cli/table.h"
#include "core/export/csv.h"
#include "core/export/json.h"

namespace cohortist::cli {

namespace {

struct ExplainOptions {
    std::string source;
    std::string query;
    QueryOptions common;
};

constexpr std::size_t kKeysShown = 8; // of a leaf; the JSON has them all

std::string countText(const ExplainNode& node) {
    return node.count ? fmt::format("{}", *node.count) : "unreadable";
}

void addNode(TextTable& table, const ExplainNode& node, std::size_t depth) {
    const std::string indent(depth * 2, ' ');
    table.add({indent + printQuery(node.expr), countText(node)});
    std::vector<std::string> lines;
    if (node.derivedFrom) {
        lines.push_back(fmt::format("derived from its {}s", nameOf(*node.derivedFrom)));
    }
    for (const Message& note : node.notes) {
        lines.push_back(note.english());
    }
    const bool isCut = node.keys.size() > kKeysShown;
    for (std::size_t i = 0; i < (isCut ? kKeysShown - 1 : node.keys.size()); ++i) {
        lines.push_back(
            fmt::format("{}: {}", printName(node.keys[i].key), nameOf(node.keys[i].state)));
    }
    if (isCut) {
        const auto read = std::count_if(node.keys.begin(), node.keys.end(), [](const auto& key) {
            return key.state == KeyState::Read;
        });
        lines.push_back(
            fmt::format("… {} keys in all, {} read; --json lists them", node.keys.size(), read));
    }
    for (const std::string& line : lines) {
        table.add({fmt::format("{}    {}", indent, line)});
    }
    for (const ExplainNode& child : node.children) {
        addNode(table, child, depth + 1);
    }
}

Result<int> explain(const ExplainOptions& options, const Run& run) {
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
    const auto result = (*session)->explain(*query, *settings, run.job);
    if (!result) {
        return fail(result.error());
    }
    if (run.isJson) {
        return print(dump(explainJson(*result)) + "\n").map([] { return kExitDone; });
    }
    TextTable table(1);
    addNode(table, *result, 0);
    return print(table.text()).map([] { return kExitDone; });
}

} // namespace

void addExplain(CLI::App& app, Action& action) {
    auto options = std::make_shared<ExplainOptions>();
    CLI::App* command =
        app.add_subcommand("explain", "What a query reads, and how many users each part has");
    command->add_option("source", options->source, kSourceHelp)->required();
    command->add_option("query", options->query, "Query")->required();
    options->common.addTo(*command);
    command->callback(
        [=, &action] { action = [options](const Run& run) { return explain(*options, run); }; });
}

} // namespace cohortist::cli
