// SPDX-License-Identifier: GPL-3.0-or-later
// Redis strings made into sets of users: beside a bit at a time, and beside memcpy.
#include <cstring>
#include <stdexcept>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "tests/bench/job.h"

namespace cohortist::bench {

namespace {

using Cells = std::vector<std::uint64_t>;

constexpr std::uint32_t kIds = 16'000'000; // 2 MB, as long as a day of many users
constexpr std::size_t kStrings = 24;       // more than the caches hold: a server's answers are new

using Strings = std::vector<std::string>;

Strings stringsOf(double density) {
    Strings strings;
    strings.reserve(kStrings);
    for (std::uint32_t i = 0; i < kStrings; ++i) {
        strings.push_back(toRedisString(randomSet(kIds - i * 64, density)));
    }
    return strings;
}

// What users' own programs do, with the fewest steps a bit.
std::vector<std::uint32_t> aBitAtATime(const std::string& bytes) {
    std::vector<std::uint32_t> ids;
    for (std::uint32_t id = 0; id < bytes.size() * 8; ++id) {
        if ((static_cast<unsigned char>(bytes[id / 8]) & (0x80U >> id % 8)) != 0) {
            ids.push_back(id);
        }
    }
    return ids;
}

struct Wanted {
    double percent = 0;
    double timesPeer = 0;
    double timesLimit = 0; // of memcpy; 0: any
};

} // namespace

std::vector<Job> stringJobs() {
    std::vector<Job> jobs;
    for (const Wanted& wanted :
         {Wanted{20, 100, 2}, Wanted{5, 50, 3}, Wanted{1, 5, 0}, Wanted{0.01, 5, 0}}) {
        const auto strings = std::make_shared<const Strings>(stringsOf(wanted.percent / 100));
        Job job{.name = fmt::format("string_{}", wanted.percent),
                .title = fmt::format("24 Redis strings to sets, {} %", wanted.percent),
                .run = [strings] {
                    Cells counts;
                    for (const std::string& bytes : *strings) {
                        const auto set = fromRedisString(bytes);
                        counts.push_back(set ? set->count() : 0);
                    }
                    return counts;
                }};
        job.peer = [strings] {
            Cells counts;
            for (const std::string& bytes : *strings) {
                counts.push_back(Bitmap::fromIds(aBitAtATime(bytes)).count());
            }
            return counts;
        };
        job.peerTitle = "a bit at a time";
        const auto copies = std::make_shared<Strings>(*strings);
        job.limit = [strings, copies] {
            for (std::size_t i = 0; i < strings->size(); ++i) {
                std::memcpy((*copies)[i].data(), (*strings)[i].data(), (*strings)[i].size());
            }
            benchmark::DoNotOptimize(copies->data());
            benchmark::ClobberMemory();
        };
        job.limitTitle = "memcpy";
        job.timesPeer = wanted.timesPeer;
        job.timesLimit = wanted.timesLimit;
        jobs.push_back(std::move(job));
    }
    return jobs;
}

} // namespace cohortist::bench
