// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "core/export/json.h"
#include "core/import/demo_data.h"

namespace cohortist::cli {

namespace {

struct DemoArguments {
    std::string output;
    std::string end;
    DemoOptions demo;
};

Result<int> demo(DemoArguments arguments, const Run& run) {
    if (!arguments.end.empty()) {
        const auto end = parseDay("--end", arguments.end);
        if (!end) {
            return fail(end.error());
        }
        arguments.demo.end = *end;
    }
    if (auto written = writeDemo(arguments.demo, arguments.output, run.job); !written) {
        return fail(std::move(written.error()));
    }
    if (run.isJson) {
        const Json json = {{"file", jsonText(arguments.output)},
                           {"users", arguments.demo.users},
                           {"days", arguments.demo.days},
                           {"seed", arguments.demo.seed},
                           {"end", toText(arguments.demo.end)}};
        return print(dump(json) + "\n").map([] { return kExitDone; });
    }
    tell(fmt::format("Made {}: {}, {} up to {}.\n", arguments.output,
                     counted(arguments.demo.users, "user", "users"),
                     counted(arguments.demo.days, "day", "days"), toText(arguments.demo.end)));
    return kExitDone;
}

} // namespace

void addDemo(CLI::App& app, Action& action) {
    auto arguments = std::make_shared<DemoArguments>();
    CLI::App* command = app.add_subcommand("demo", "Make a snapshot of a made-up product's events");
    command->add_option("-o,--output", arguments->output, "The file to make")
        ->required()
        ->type_name("FILE");
    command->add_option("--users", arguments->demo.users, "Users")
        ->capture_default_str()
        ->check(CLI::Range(0U, 20'000'000U));
    command->add_option("--days", arguments->demo.days, "Days of data")
        ->capture_default_str()
        ->check(CLI::Range(1U, 3'660U));
    command->add_option("--seed", arguments->demo.seed, "The same seed gives the same file")
        ->capture_default_str()
        ->check(wholeNumber());
    command
        ->add_option("--end", arguments->end,
                     "The last day (default: " + toText(arguments->demo.end) + ")")
        ->type_name("DATE");
    command->callback(
        [=, &action] { action = [arguments](const Run& run) { return demo(*arguments, run); }; });
}

} // namespace cohortist::cli
