// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/asked_query.h"
#include "app/cli/output.h"
#include "core/export/json.h"
#include "core/export/output_file.h"
#include "core/export/users_file.h"

namespace cohortist::cli {

namespace {

struct UsersOptions {
    QueryWords words;
    std::string output;
    UsersCsvOptions csv;
};

Result<int> writeTo(const std::string& path, const UsersResult& result, const BitmapStore& store,
                    const UsersOptions& options, const Run& run) {
    if (!run.isJson) {
        const auto written = saveUsersCsv(result.users, store, options.csv, path, run.job);
        if (!written) {
            return fail(written.error());
        }
        fmt::print(stderr, "Wrote {}: {}.\n", path, counted(*written, "user", "users"));
        return kExitDone;
    }
    const auto json = usersJson(result, store, options.csv.limit);
    if (!json) {
        return fail(json.error());
    }
    return writeWholeFile(path, dump(*json) + "\n").map([] { return kExitDone; });
}

Result<int> users(const UsersOptions& options, const Run& run) {
    const auto asked = readQuery(options.words, run);
    if (!asked) {
        return fail(asked.error());
    }
    const auto result = asked->session->users(asked->query, asked->settings, run.job);
    if (!result) {
        return fail(result.error());
    }
    const BitmapStore& store = asked->session->store();
    if (!options.output.empty() && options.output != "-") {
        return writeTo(options.output, *result, store, options, run);
    }
    if (run.isJson) {
        const auto json = usersJson(*result, store, options.csv.limit);
        if (!json) {
            return fail(json.error());
        }
        return print(dump(*json) + "\n").map([] { return kExitDone; });
    }
    return writeUsersCsv(result->users, store, options.csv, print, run.job).map([](std::uint64_t) {
        return kExitDone;
    });
}

} // namespace

void addUsers(CLI::App& app, Action& action) {
    auto options = std::make_shared<UsersOptions>();
    CLI::App* command = app.add_subcommand("users", "The exact users of a query, as CSV");
    options->words.addPlaces(*command);
    command
        ->add_option("-o,--output", options->output,
                     "Write to this file, whole or not at all; - is standard output")
        ->type_name("FILE");
    command->add_option("--limit", options->csv.limit, "List at most so many")
        ->type_name("N")
        ->check(wholeNumber());
    command->add_flag("--raw", options->csv.isRaw,
                      "Leave text ids that a spreadsheet may take for formulas as they are");
    command->footer("Text ids stand as they are. One that is not UTF-8, or that begins with a "
                    "quotation mark, is written as queries write it: in quotes, bytes as \\xHH.");
    options->words.common.addTo(*command);
    command->callback(
        [=, &action] { action = [options](const Run& run) { return users(*options, run); }; });
}

} // namespace cohortist::cli
