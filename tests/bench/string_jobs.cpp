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

// Independent ids, but for the last, which makes all strings equally long.
std::string stringOf(double density) {
    return toRedisString(randomSet(kIds, density));
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
        const auto bytes = std::make_shared<const std::string>(stringOf(wanted.percent / 100));
        Job job{.name = fmt::format("string_{}", wanted.percent),
                .title = fmt::format("Redis string to set, {} %", wanted.percent),
                .run = [bytes] {
                    const auto set = fromRedisString(*bytes);
                    return Cells{set ? set->count() : 0};
                }};
        job.peer = [bytes] {
            const std::vector<std::uint32_t> ids = aBitAtATime(*bytes);
            return Cells{Bitmap::fromIds(ids).count()};
        };
        job.peerTitle = "a bit at a time";
        const auto copy = std::make_shared<std::string>(*bytes);
        job.limit = [bytes, copy] {
            std::memcpy(copy->data(), bytes->data(), bytes->size());
            benchmark::DoNotOptimize(copy->data());
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
