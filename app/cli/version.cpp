// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtGlobal>

#include <fmt/format.h>
#include <sqlite3.h>

#include "app/cli/command.h"
#include "app/cli/output.h"
#include "core/export/json.h"
#include "core/sets/roaring_version.h"

namespace cohortist::cli {

void addVersion(CLI::App& app, Action& action) {
    CLI::App* command =
        app.add_subcommand("version", "Versions of this program and of what it is linked with");
    command->callback([&action] {
        action = [](const Run& run) -> Result<int> {
            const Json versions = {
                {"cohortist", COHORTIST_VERSION},
                {"qt", qVersion()},
                {"croaring", roaringVersion()},
                {"sqlite", sqlite3_libversion()},
                {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100,
                                    FMT_VERSION % 100)}};
            std::string text;
            for (const auto& [name, version] : versions.items()) {
                text += fmt::format("{} {}\n", name, version.get<std::string>());
            }
            return print(run.isJson ? dump(versions) + "\n" : text).map([] { return kExitDone; });
        };
    });
}

} // namespace cohortist::cli
