// SPDX-License-Identifier: GPL-3.0-or-later
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "app/cli/sources.h"
#include "app/cli/table.h"
#include "core/export/csv.h"
#include "core/export/json.h"
#include "core/export/retention_csv.h"

namespace cohortist::cli {

namespace {

using Kind = RetentionQuestion::Kind;
using Base = RetentionQuestion::Base;

struct RetentionOptions {
    std::string source;
    std::string cohort;
    std::string returned;
    std::string by;
    std::string start;
    std::string kind = "on";
    std::string brackets;
    std::string base = "cohort";
    std::string mean = "weighted";
    bool isCounts = false;
    bool isPercent = false;
    bool isLong = false;
    RetentionQuestion question;
    QueryOptions common;
};

std::optional<int> wholeNumber(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                    : std::nullopt;
}

// 0,1-3,4-7
Result<std::vector<RetentionQuestion::Bracket>> parseBrackets(std::string_view text) {
    std::vector<RetentionQuestion::Bracket> brackets;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string_view part = text.substr(begin, end - begin);
        const std::size_t dash = part.find('-');
        const auto first = wholeNumber(part.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : wholeNumber(part.substr(dash + 1));
        if (!first || !last || *first < 0 || *last < *first) {
            return fail(usageError(message("core", "cannot read --brackets %1", std::string(text)),
                                   message("core", "\"%1\" is no bracket", std::string(part)),
                                   message("core", "Write them like 0,1-3,4-7.")));
        }
        brackets.push_back({*first, *last});
        begin = end + 1;
    }
    return brackets;
}

Result<RetentionQuestion> questionFrom(const RetentionOptions& options) {
    static const std::map<std::string, Kind> kinds = {{"on", Kind::On},
                                                      {"after", Kind::After},
                                                      {"bracket", Kind::Bracket},
                                                      {"streak", Kind::Streak}};
    RetentionQuestion question = options.question;
    const auto cohort = parseText("cohort", options.cohort);
    const auto returned = cohort ? parseText("return", options.returned) : cohort;
    if (!returned) {
        return fail(returned.error());
    }
    question.cohort = *cohort;
    question.returned = *returned;
    question.by = granularityNamed(options.by).value_or(Granularity::Day);
    question.kind = kinds.at(options.kind);
    question.base = options.base == "previous" ? Base::Previous : Base::Cohort;
    if (!options.brackets.empty() && question.kind != Kind::Bracket) {
        return fail(
            usageError(message("core", "cannot make this table"),
                       message("core", "--brackets is of no use with --kind %1", options.kind),
                       message("core", "Add --kind bracket, or leave --brackets out.")));
    }
    if (!options.brackets.empty()) {
        auto brackets = parseBrackets(options.brackets);
        if (!brackets) {
            return fail(std::move(brackets.error()));
        }
        question.brackets = std::move(*brackets);
    }
    if (!options.start.empty()) {
        const auto day = parseDay("--start", options.start);
        if (!day) {
            return fail(day.error());
        }
        question.start = periodAt(question.by, startOf(*day));
    }
    return question;
}

std::string cellText(const RetentionCell& cell, RetentionUnit unit) {
    switch (cell.state) {
    case RetentionCell::State::Future:
        return "";
    case RetentionCell::State::Missing:
        return "–";
    case RetentionCell::State::Unreadable:
        return "!";
    case RetentionCell::State::Empty:
        return "·";
    case RetentionCell::State::Value:
    case RetentionCell::State::Partial:
        break;
    }
    const std::string number = unit == RetentionUnit::Users ? fmt::format("{}", cell.count)
                               : cell.rate                  ? percentText(*cell.rate)
                                                            : std::string("·");
    return number + (cell.state == RetentionCell::State::Partial ? "*" : " ");
}

std::string alignedTable(const RetentionResult& result, RetentionUnit unit, RetentionMean mean) {
    TextTable table(1);
    std::vector<std::string> cells = {"period", "users"};
    for (const auto& heading : retentionHeadings(result.question)) {
        cells.push_back(heading + " ");
    }
    table.add(std::move(cells));
    for (const auto& row : result.rows) {
        cells = {toText(row.period), row.size ? fmt::format("{}", *row.size) : "–"};
        for (const auto& cell : row.cells) {
            cells.push_back(cellText(cell, unit));
        }
        table.add(std::move(cells));
    }
    cells = {"mean", ""};
    for (const auto& value : retentionMeans(result, unit, mean)) {
        cells.push_back(!value                           ? std::string()
                        : unit == RetentionUnit::Percent ? percentText(*value) + " "
                                                         : fmt::format("{:.1f} ", *value));
    }
    table.add(std::move(cells));
    std::string text = table.text();
    text +=
        fmt::format("\n{}, {} mean. * still running   – no data   · no users   blank: not yet\n",
                    unit == RetentionUnit::Percent ? "percent of users" : "users",
                    mean == RetentionMean::Weighted ? "weighted" : "simple");
    if (result.knownSince) {
        text += fmt::format("First-time: looked back to {}.\n", toText(*result.knownSince));
    }
    return text;
}

Result<int> retention(const RetentionOptions& options, const Run& run) {
    const auto question = questionFrom(options);
    if (!question) {
        return fail(question.error());
    }
    const auto settings = options.common.settings();
    if (!settings) {
        return fail(settings.error());
    }
    const auto session = openSource(options.source, run);
    if (!session) {
        return fail(session.error());
    }
    const auto answer = (*session)->retention(*question, *settings, run.job);
    if (!answer) {
        return fail(answer.error());
    }
    const RetentionUnit unit = options.isCounts ? RetentionUnit::Users : RetentionUnit::Percent;
    const RetentionMean mean =
        options.mean == "simple" ? RetentionMean::Simple : RetentionMean::Weighted;
    const std::string text =
        run.isJson ? dump(retentionJson(answer->table, settings->population, unit, mean)) + "\n"
        : options.isLong     ? retentionLongCsv(answer->table)
        : isOutputTerminal() ? alignedTable(answer->table, unit, mean)
                             : retentionCsv(answer->table, unit, mean);
    return print(text).map([] { return kExitDone; });
}

void addShape(CLI::App& command, RetentionOptions& options) {
    command.add_option("--by", options.by, "A row and a column is one of these")
        ->required()
        ->check(CLI::IsMember({"hour", "day", "week", "month", "year"}));
    command.add_option("--rows", options.question.rows, "Rows")
        ->capture_default_str()
        ->check(CLI::Range(1, kMaxRetentionRows));
    command.add_option("--cols", options.question.columns, "Last column; the first is 0")
        ->capture_default_str()
        ->check(CLI::Range(0, kMaxRetentionColumns));
    command
        .add_option("--start", options.start,
                    "Rows begin with the period that holds this day; else they end with as-of")
        ->type_name("DATE");
}

void addMeaning(CLI::App& command, RetentionOptions& options) {
    command
        .add_option("--kind", options.kind, "Came back on, on or after, within, or always until")
        ->capture_default_str()
        ->check(CLI::IsMember({"on", "after", "bracket", "streak"}));
    command.add_option("--brackets", options.brackets, "For --kind bracket, like 0,1-3,4-7")
        ->type_name("LIST");
    command.add_option("--base", options.base, "What rates are a share of")
        ->capture_default_str()
        ->check(CLI::IsMember({"cohort", "previous"}));
    command.add_flag("--churn", options.question.isChurn, "Show 1 - retention");
    command.add_flag("--first-time", options.question.isFirstTime,
                     "Count each user in his first row only");
}

} // namespace

void addRetention(CLI::App& app, Action& action) {
    auto options = std::make_shared<RetentionOptions>();
    CLI::App* command = app.add_subcommand("retention", "How many of a cohort came back, and when");
    command->add_option("source", options->source, kSourceHelp)->required();
    command->add_option("--cohort", options->cohort, "Who starts; @period is the row's period")
        ->required()
        ->type_name("QUERY");
    command->add_option("--return", options->returned, "Who came back; @period is the column's")
        ->required()
        ->type_name("QUERY");
    addShape(*command, *options);
    addMeaning(*command, *options);
    auto* counts = command->add_flag("--counts", options->isCounts, "Users instead of percent");
    command->add_flag("--percent", options->isPercent, "Percent (default)")->excludes(counts);
    command->add_option("--mean", options->mean, "The mean row")
        ->capture_default_str()
        ->check(CLI::IsMember({"weighted", "simple"}));
    command->add_flag("--long", options->isLong, "CSV with a line a cell and its state");
    options->common.addTo(*command);
    command->callback(
        [=, &action] { action = [options](const Run& run) { return retention(*options, run); }; });
}

} // namespace cohortist::cli
