// SPDX-License-Identifier: GPL-3.0-or-later
// One thing that is measured: what the program does, the limit that the machine sets to it, and how
// near the two have to be. Google Benchmark (bench_jobs) and compare.sh (through job_server) run
// the same list. A peer that is another program is the function of the job's name in compare.py.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/bench_data.h"

namespace cohortist::bench {

struct Job {
    std::string name;  // of one word
    std::string title; // as the table prints it
    // Does it once. What it answers must equal what the peer answers, number by number.
    std::function<std::vector<std::uint64_t>()> run;
    // What users do today, where it is no other program's; otherwise compare.py may have one.
    std::function<std::vector<std::uint64_t>()> peer{};
    std::string peerTitle{};
    std::function<void()> limit{}; // none: not compared with the machine
    std::string limitTitle{};
    double timesPeer = 0;  // wanted: the peer takes at least so many times as long; 0: any
    double timesLimit = 0; // wanted: the job takes at most so many times as long; 0: any
};

// Data outlives the jobs.
std::vector<Job> engineJobs(const BenchData& data, const std::string& suffix); // engine_jobs.cpp
std::vector<Job> fileJobs(const BenchData& data);                              // file_jobs.cpp
std::vector<Job> stringJobs();                                                 // string_jobs.cpp
// Of a redis-server on the loopback interface that compare.py has filled.
std::vector<Job> liveJobs(std::uint16_t port); // live_jobs.cpp

// All of them, on ten million users and on one; those of a server where its port is given.
// all_jobs.cpp: each list of jobs has its line there.
std::vector<Job> allJobs(std::optional<std::uint16_t> port = {});

} // namespace cohortist::bench
