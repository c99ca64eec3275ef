// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/output.h"
#include "core/export/json.h"
#include "core/store/bolt/bolt_check.h"
#include "core/store/bolt/bolt_file.h"
#include "core/store/redis/server_address.h"
#include "core/store/snapshot/snapshot_check.h"

namespace cohortist::cli {

namespace {

Json checkJson(const std::string& path, const CheckReport& report) {
    Json damaged = Json::array();
    for (const auto& item : report.damaged) {
        damaged.push_back({{"key", item.key}, {"why", item.why}});
    }
    return {{"file", jsonText(path)},
            {"ok", report.damaged.empty()},
            {"blobs", report.blobs},
            {"damaged", std::move(damaged)}};
}

std::string checkText(const std::string& path, const CheckReport& report) {
    std::string text;
    for (const auto& item : report.damaged) {
        text += fmt::format("{}: {}\n", item.key, item.why);
    }
    return text +
           (report.damaged.empty()
                ? fmt::format("{}: sound, {}\n", path, counted(report.blobs, "blob", "blobs"))
                : fmt::format("{}: damaged, {} of {}\n", path, grouped(report.damaged.size()),
                              counted(report.blobs, "blob", "blobs")));
}

// A server keeps no sums that its data could be held against.
Error notAFile(const ServerAddress& address) {
    return Error{ErrorCode::Unsupported,
                 message("core", "cannot check %1", address.name()),
                 message("core", "a server keeps no checksums of its data"),
                 message("core", "Copy it with cohortist-cli snapshot, which reads every key and "
                                 "names the first that cannot be read, and check the copy."),
                 {},
                 {}};
}

Result<int> check(const std::string& path, const Run& run) {
    if (isServerAddress(path)) {
        const auto address = parseServerAddress(path);
        return fail(address ? notAFile(*address) : address.error());
    }
    const auto report =
        bolt::looksLikeBolt(path) ? checkBolt(path, run.job) : checkSnapshot(path, run.job);
    if (!report) {
        return fail(report.error());
    }
    const std::string text =
        run.isJson ? dump(checkJson(path, *report)) + "\n" : checkText(path, *report);
    if (auto printed = print(text); !printed) {
        return fail(std::move(printed.error()));
    }
    return report->damaged.empty() ? kExitDone : kExitFault;
}

} // namespace

void addCheck(CLI::App& app, Action& action) {
    auto path = std::make_shared<std::string>();
    CLI::App* command =
        app.add_subcommand("check", "Read every part of a file and say what is damaged");
    command->add_option("file", *path, "Snapshot file, or bitmapist-server's database file")
        ->required();
    command->callback(
        [=, &action] { action = [path](const Run& run) { return check(*path, run); }; });
}

} // namespace cohortist::cli
