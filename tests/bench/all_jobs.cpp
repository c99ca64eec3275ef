// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/job.h"

namespace cohortist::bench {

std::vector<Job> allJobs(std::optional<std::uint16_t> port) {
    static const BenchData tenMillion(10'000'000);
    static const BenchData oneMillion(1'000'000);
    std::vector<Job> jobs;
    const auto add = [&](std::vector<Job> more) {
        jobs.insert(jobs.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
    };
    add(engineJobs(tenMillion, ""));
    add(fileJobs(tenMillion));
    add(stringJobs());
    if (port) {
        add(liveJobs(*port));
    }
    add(engineJobs(oneMillion, "_1m"));
    return jobs;
}

} // namespace cohortist::bench
