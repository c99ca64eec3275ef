// SPDX-License-Identifier: GPL-3.0-or-later
// A made-up but plausible product: users who sign up, come back less and less, and do things, with
// flags, a weekly rhythm, an event tracked by the hour, a rare one, and a day on which tracking was
// down. Everything comes from the options through integer arithmetic of our own, so the same
// options give the same bytes on every machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/calendar/period.h"

namespace cohortist {

struct DemoOptions {
    static constexpr std::int32_t kDefaultEnd =
        std::chrono::sys_days(std::chrono::year(2026) / 11 / 22).time_since_epoch().count();

    std::uint32_t users = 200'000; // ids 0 … users - 1; 0 to 20 million
    std::uint32_t days = 180;      // 1 to 3,660; users * days at most 8 * 10^9
    std::uint64_t seed = 1;
    Period end{Granularity::Day, kDefaultEnd}; // the last day, in the data
};

// Writes a snapshot. Error code Usage for options out of bounds, else as SnapshotWriter.
[[nodiscard]] Result<void> writeDemo(const DemoOptions& options, const std::string& path,
                                     const JobContext& job);

} // namespace cohortist
