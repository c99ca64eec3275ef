// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options.h"

#include <charconv>

#include "app/cli/output.h"
#include "core/session/saved_cohorts.h"

namespace cohortist::cli {

void QueryOptions::addTo(CLI::App& command) {
    command
        .add_option("--as-of", asOf, "Look at the data as it was at the end of this day or hour")
        ->type_name("DATE[Thh]");
    command
        .add_option("--population", population,
                    "The users that ~, atmost and shares are taken within (default: everyone)")
        ->type_name("QUERY");
    command.add_option("--cohorts", cohorts, "JSON file of saved cohorts, for $name")
        ->type_name("FILE");
}

Result<QuerySettings> QueryOptions::settings() const {
    QuerySettings settings;
    if (!asOf.empty()) {
        settings.asOf = parseAsOf(asOf);
        if (!settings.asOf) {
            return fail(usageError(message("core", "cannot read --as-of %1", asOf),
                                   message("core", "it is no day or hour"),
                                   message("core", "Write 2026-11-22 or 2026-11-22T15.")));
        }
    }
    if (!cohorts.empty()) {
        auto read = readSavedCohorts(cohorts);
        if (!read) {
            return fail(std::move(read.error()));
        }
        settings.cohorts = std::move(*read);
    }
    if (!population.empty()) {
        auto parsed = parseText("population", population);
        if (!parsed) {
            return fail(std::move(parsed.error()));
        }
        settings.population = *parsed;
    }
    return settings;
}

Result<Expr> parseText(const std::string& part, const std::string& text) {
    rememberText(part, text);
    auto parsed = parseQuery(text);
    if (!parsed) {
        parsed.error().part = part;
    }
    return parsed;
}

CLI::Validator wholeNumber() {
    return CLI::Validator(
        [](const std::string& text) {
            std::uint64_t number = 0;
            const auto [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), number);
            return error == std::errc() && end == text.data() + text.size()
                       ? std::string()
                       : text + " is no whole number of 0 to 18446744073709551615";
        },
        "UINT", "whole number");
}

Error usageError(Message what, Message why, Message advice) {
    return Error{ErrorCode::Usage, std::move(what), std::move(why), std::move(advice), {}, {}};
}

Result<Period> parseDay(const std::string& option, const std::string& text) {
    const auto period = parsePeriod(text);
    if (!period || period->granularity != Granularity::Day) {
        return fail(usageError(message("core", "cannot read %1 %2", option, text),
                               message("core", "it is no day"),
                               message("core", "Write it like 2026-11-22.")));
    }
    return *period;
}

} // namespace cohortist::cli
