// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/output.h"
#include "app/cli/sources.h"
#include "app/cli/table.h"
#include "core/export/events_export.h"
#include "core/export/json.h"
#include "core/session/session.h"

namespace cohortist::cli {

namespace {

struct EventsOptions {
    std::string source;
    std::string match;
};

std::string alignedEvents(const EventCatalog& catalog, const std::vector<EventId>& events) {
    TextTable table(4);
    table.add({"event", "kinds", "first", "last", "keys"});
    for (const EventId id : events) {
        const EventSummary summary = summarise(catalog.entry(id));
        std::string kinds;
        for (const Kind kind : summary.kinds) {
            kinds += (kinds.empty() ? "" : " ") + std::string(nameOf(kind));
        }
        table.add({printName(summary.name), kinds,
                   summary.first ? toText(*summary.first) : std::string(),
                   summary.last ? toText(*summary.last) : std::string(),
                   fmt::format("{}", summary.keys)});
    }
    return table.text();
}

Result<int> events(const EventsOptions& options, const Run& run) {
    const auto session = openSource(options.source, run);
    if (!session) {
        return fail(session.error());
    }
    const EventCatalog& catalog = *(*session)->catalog();
    const auto found = catalog.search(options.match);
    const std::string text = run.isJson           ? dump(eventsJson(catalog, found)) + "\n"
                             : isOutputTerminal() ? alignedEvents(catalog, found)
                                                  : eventsCsv(catalog, found);
    return print(text).map([] { return kExitDone; });
}

} // namespace

void addEvents(CLI::App& app, Action& action) {
    auto options = std::make_shared<EventsOptions>();
    CLI::App* command = app.add_subcommand("events", "The events of a source and what is stored");
    command->add_option("source", options->source, kSourceHelp)->required();
    command->add_option("--match", options->match, "Only events whose name holds this text")
        ->type_name("TEXT");
    command->callback(
        [=, &action] { action = [options](const Run& run) { return events(*options, run); }; });
}

} // namespace cohortist::cli
