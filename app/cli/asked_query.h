// SPDX-License-Identifier: GPL-3.0-or-later
// What commands that ask one query of one source have in common: their words on the command line,
// and what becomes of them.
#pragma once

#include <memory>
#include <string>

#include "app/cli/command.h"
#include "app/cli/options.h"

namespace cohortist::cli {

struct QueryWords {
    std::string source;
    std::string query;
    QueryOptions common;

    void addPlaces(CLI::App& command); // the source and the query; the options come last
};

struct AskedQuery {
    Expr query;
    QuerySettings settings;
    std::unique_ptr<Session> session;
};

// A fault of the query's text is told before one of the settings, and the source is opened last.
[[nodiscard]] Result<AskedQuery> readQuery(const QueryWords& words, const Run& run);

} // namespace cohortist::cli
