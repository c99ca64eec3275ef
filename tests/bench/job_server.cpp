// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs, one at a time, for a program that measures something else in turn. Prints the list of
// jobs as one line of JSON, then answers each line of its input with one line of JSON:
//   run NAME TIMES    {"nanoseconds": [...], "answer": [...]}
//   peer NAME TIMES   the same, for jobs that have one
//   limit NAME TIMES  {"nanoseconds": [...]}
// Argument: the port of a redis-server, for the jobs that need one.
#include <chrono>
#include <cstdio>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/bench/job.h"

namespace {

using cohortist::bench::Job;

nlohmann::json describe(const Job& job) {
    return {{"name", job.name},
            {"title", job.title},
            {"peerTitle", job.peerTitle},
            {"limitTitle", job.limitTitle},
            {"hasLimit", static_cast<bool>(job.limit)},
            {"timesPeer", job.timesPeer},
            {"timesLimit", job.timesLimit}};
}

nlohmann::json measure(const Job& job, const std::string& what, int times) {
    nlohmann::json result = {{"nanoseconds", nlohmann::json::array()}};
    const auto& answering = what == "peer" ? job.peer : job.run;
    std::vector<std::uint64_t> answer;
    for (int i = 0; i < times; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        if (what == "limit") {
            job.limit();
        } else {
            answer = answering();
        }
        const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - begin;
        result["nanoseconds"].push_back(took.count());
    }
    if (what != "limit") {
        result["answer"] = answer;
    }
    return result;
}

int serve(std::optional<std::uint16_t> port) {
    const std::vector<Job> jobs = cohortist::bench::allJobs(port);
    nlohmann::json list = nlohmann::json::array();
    for (const Job& job : jobs) {
        list.push_back(describe(job));
    }
    std::cout << list.dump() << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string what;
        std::string name;
        int times = 1;
        words >> what >> name >> times;
        const auto job = std::find_if(jobs.begin(), jobs.end(),
                                      [&](const Job& each) { return each.name == name; });
        if (job == jobs.end()) {
            std::cerr << "job_server: no job " << name << '\n';
            return 1;
        }
        std::cout << measure(*job, what, times).dump() << std::endl;
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        std::optional<std::uint16_t> port;
        if (argc > 1) {
            port = static_cast<std::uint16_t>(std::stoul(argv[1]));
        }
        return serve(port);
    } catch (const std::exception& error) {
        static_cast<void>(std::fprintf(stderr, "job_server: %s\n", error.what()));
        return 1;
    }
}
