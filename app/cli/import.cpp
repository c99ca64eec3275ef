// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "core/export/json.h"
#include "core/import/event_log.h"

namespace cohortist::cli {

namespace {

struct ImportArguments {
    std::string log;
    std::string output;
    std::string delimiter;
    std::string header = "auto";
    std::string ids = "integer";
    std::string onError = "stop";
    std::string eventName;
    bool hasEventName = false;
    ImportOptions options;
};

Result<ImportOptions> optionsFrom(const ImportArguments& arguments) {
    ImportOptions options = arguments.options;
    const std::string& delimiter = arguments.delimiter;
    if (delimiter == "tab" || delimiter == "\\t") {
        options.delimiter = '\t';
    } else if (delimiter.size() == 1) {
        options.delimiter = delimiter.front();
    } else if (!delimiter.empty()) {
        return fail(usageError(message("core", "cannot read --delimiter %1", delimiter),
                               message("core", "it is longer than one byte"),
                               message("core", "Write one character, or tab")));
    }
    if (arguments.header != "auto") {
        options.hasHeader = arguments.header == "yes";
    }
    if (arguments.hasEventName) {
        options.eventName = arguments.eventName;
    }
    options.hasTextIds = arguments.ids == "text";
    options.isSkipping = arguments.onError == "skip";
    return options;
}

std::string summaryText(const std::string& file, const ImportSummary& summary) {
    std::string text = fmt::format("Wrote {}: {}, {}, {}, {} to {}.\n", file,
                                   counted(summary.lines - summary.skippedLines, "line", "lines"),
                                   counted(summary.events, "event", "events"),
                                   counted(summary.users, "user", "users"),
                                   toText(summary.firstDay), toText(summary.lastDay));
    if (summary.skippedLines == 0) {
        return text;
    }
    text += fmt::format("Skipped {} of {}:\n", counted(summary.skippedLines, "line", "lines"),
                        grouped(summary.lines));
    for (const SkippedLines& skipped : summary.skipped) {
        text +=
            fmt::format("  {} {}; the first is line {}, column {}: {}\n", grouped(skipped.count),
                        describe(skipped.kind).english(), skipped.first.line, skipped.first.column,
                        quotedExcerpt(skipped.first.text));
    }
    return text;
}

Json summaryJson(const std::string& file, const ImportSummary& summary) {
    Json skipped = Json::array();
    for (const SkippedLines& lines : summary.skipped) {
        skipped.push_back({{"reason", nameOf(lines.kind)},
                           {"lines", lines.count},
                           {"first",
                            {{"line", lines.first.line},
                             {"column", lines.first.column},
                             {"text", jsonText(lines.first.text)}}}});
    }
    return {{"file", jsonText(file)},
            {"lines", summary.lines},
            {"skipped_lines", summary.skippedLines},
            {"events", summary.events},
            {"users", summary.users},
            {"first", toText(summary.firstDay)},
            {"last", toText(summary.lastDay)},
            {"skipped", std::move(skipped)}};
}

Result<int> importLog(const ImportArguments& arguments, const Run& run) {
    const auto options = optionsFrom(arguments);
    if (!options) {
        return fail(options.error());
    }
    const auto summary = importEventLog(arguments.log, *options, arguments.output, run.job);
    if (!summary) {
        return fail(summary.error());
    }
    if (run.isJson) {
        return print(dump(summaryJson(arguments.output, *summary)) + "\n").map([] {
            return kExitDone;
        });
    }
    tell(summaryText(arguments.output, *summary));
    return kExitDone;
}

constexpr const char* kFooter =
    R"(Columns are found by their usual names (user_id, user, id …; event, action, type …;
time, timestamp, ts, created_at, date …), or given by name or by number from 1 on.

Times: ISO 8601 (2026-11-22, 20261122, 2026-11-22 15:04:05.678, with Z, UTC or +02:00), or Unix
time in seconds, milliseconds or microseconds, told apart by their magnitude. A date alone is that day,
whatever the zone. Times without a zone are in --time-zone; where a clock was put forward or back,
the offset from before the change counts. Days, weeks and months are those of UTC.

--time-format: %Y year, %y its last two digits, %m month, %b %B its English name, %d %e day,
%a %A weekday, %H hour, %I and %p hour with AM or PM, %M minute, %S second, %f fraction, %z zone,
%s Unix seconds, %F is %Y-%m-%d, %T is %H:%M:%S, %% a percent sign; a blank matches any number of
blanks.)";

} // namespace

void addImport(CLI::App& app, Action& action) {
    auto arguments = std::make_shared<ImportArguments>();
    ImportOptions& options = arguments->options;
    CLI::App* command = app.add_subcommand("import", "Make a snapshot from a CSV event log");
    command->footer(kFooter);
    command->add_option("log", arguments->log, "CSV file, may be gzip; - reads standard input")
        ->required();
    command->add_option("-o,--output", arguments->output, "The snapshot to make")
        ->required()
        ->type_name("FILE");
    command->add_option("--user", options.userColumn, "Column of user ids")->type_name("COL");
    command->add_option("--event", options.eventColumn, "Column of event names")->type_name("COL");
    CLI::Option* eventName =
        command->add_option("--event-name", arguments->eventName, "One event for the whole log")
            ->type_name("NAME");
    command->add_option("--time", options.timeColumn, "Column of times")->type_name("COL");
    command->add_option("--time-format", options.timeFormat, "How times are written")
        ->type_name("FORMAT");
    command->add_option("--time-zone", options.timeZone, "Zone of times without one (default: UTC)")
        ->type_name("ZONE");
    command
        ->add_option("--delimiter", arguments->delimiter,
                     "Any one byte, or tab (default: , ; tab or | is detected)")
        ->type_name("C");
    command->add_option("--header", arguments->header, "Whether the first line is a header")
        ->capture_default_str()
        ->check(CLI::IsMember({"auto", "yes", "no"}));
    command
        ->add_option("--ids", arguments->ids,
                     "integer: 0 to 4294967295; text: any, numbered in order of appearance")
        ->capture_default_str()
        ->check(CLI::IsMember({"integer", "text"}));
    command->add_flag("--hourly", options.isHourly, "Keep hours too");
    command->add_flag("--unique", options.isUnique, "Keep each event's users ever, too");
    command->add_flag("--append", options.isAppending, "Add to the snapshot that is there");
    command->add_option("--on-error", arguments->onError, "What a line at fault does")
        ->capture_default_str()
        ->check(CLI::IsMember({"stop", "skip"}));
    command->callback([=, &action] {
        arguments->hasEventName = eventName->count() > 0;
        action = [arguments](const Run& run) { return importLog(*arguments, run); };
    });
}

} // namespace cohortist::cli
