// SPDX-License-Identifier: GPL-3.0-or-later
// Every job, and the limit of each, under Google Benchmark: bench_jobs --benchmark_filter=table
#include <benchmark/benchmark.h>

#include "tests/bench/job.h"

namespace cohortist::bench {

namespace {

void add(const std::string& name, const std::function<void()>& body) {
    benchmark::RegisterBenchmark(name.c_str(),
                                 [body](benchmark::State& state) {
                                     for ([[maybe_unused]] auto _ : state) {
                                         body();
                                     }
                                 })
        ->Unit(benchmark::kMicrosecond)
        ->UseRealTime();
}

} // namespace

} // namespace cohortist::bench

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    for (const auto& job : cohortist::bench::allJobs()) {
        cohortist::bench::add(job.name, [run = job.run] { benchmark::DoNotOptimize(run()); });
        if (job.limit) {
            cohortist::bench::add(job.name + "/limit", job.limit);
        }
    }
    benchmark::RunSpecifiedBenchmarks();
}
