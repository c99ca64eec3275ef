// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/asked_query.h"
#include "app/cli/output.h"
#include "app/cli/table.h"
#include "core/export/csv.h"
#include "core/export/json.h"

namespace cohortist::cli {

namespace {

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

Result<int> explain(const QueryWords& words, const Run& run) {
    const auto asked = readQuery(words, run);
    if (!asked) {
        return fail(asked.error());
    }
    const auto result = asked->session->explain(asked->query, asked->settings, run.job);
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
    auto words = std::make_shared<QueryWords>();
    CLI::App* command =
        app.add_subcommand("explain", "What a query reads, and how many users each part has");
    words->addPlaces(*command);
    words->common.addTo(*command);
    command->callback(
        [=, &action] { action = [words](const Run& run) { return explain(*words, run); }; });
}

} // namespace cohortist::cli
