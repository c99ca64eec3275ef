// SPDX-License-Identifier: GPL-3.0-or-later
// Options that several subcommands share, and how their texts become values. Every query text is
// remembered, so that an error can point into it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/session/session.h"

namespace cohortist::cli {

// --as-of, --population, --cohorts.
struct QueryOptions {
    std::string asOf;
    std::string population;
    std::string cohorts;

    void addTo(CLI::App& command);
    [[nodiscard]] Result<QuerySettings> settings() const;
};

// part: as in Error::part, empty for the only query of a command.
[[nodiscard]] Result<Expr> parseText(const std::string& part, const std::string& text);

// Checks that an option's value is a whole number that an unsigned 64-bit integer can hold: the
// option parser itself would take -1 for a very large one.
[[nodiscard]] CLI::Validator wholeNumber();
[[nodiscard]] Error usageError(Message what, Message why, Message advice = {});
// A day from its text, for options such as --end; `option` is its name.
[[nodiscard]] Result<Period> parseDay(const std::string& option, const std::string& text);

} // namespace cohortist::cli
