// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/limits.h"

#include <atomic>
#include <bit>
#include <cstring>

#include <benchmark/benchmark.h>

// Compiled once for each of these, and chosen when the program starts. -O3 makes vector code of it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_TARGET __attribute__((target_clones("default", "avx2", "arch=icelake-server")))
#else
#define FOR_EACH_TARGET
#endif

namespace cohortist::bench {

namespace {

constexpr std::size_t kBatch = 32; // chunks

FOR_EACH_TARGET std::uint64_t popcountOf(const std::uint8_t* bytes, std::size_t words) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < words; ++i) {
        std::uint64_t word;
        std::memcpy(&word, bytes + i * 8, 8);
        sum += static_cast<std::uint64_t>(std::popcount(word));
    }
    return sum;
}

FOR_EACH_TARGET std::uint64_t sumOf(const std::uint8_t* bytes, std::size_t words) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < words; ++i) {
        std::uint64_t word;
        std::memcpy(&word, bytes + i * 8, 8);
        sum += word;
    }
    return sum;
}

std::size_t bytesOf(const ChunkView& view) {
    return view.form == ChunkView::Form::Bitset  ? kChunkBytes
           : view.form == ChunkView::Form::Array ? std::size_t{view.cardinality} * 2
                                                 : std::size_t{view.runCount} * 4;
}

void forAll(std::span<const Bitmap> sets, WorkerPool& pool,
            std::uint64_t (*read)(const std::uint8_t*, std::size_t)) {
    std::vector<ChunkView> views;
    for (const Bitmap& set : sets) {
        views.insert(views.end(), set.chunks().begin(), set.chunks().end());
    }
    std::atomic<std::uint64_t> sum = 0;
    pool.forEach((views.size() + kBatch - 1) / kBatch, {}, [&](std::size_t batch, unsigned) {
        std::uint64_t own = 0;
        for (std::size_t i = batch * kBatch; i < std::min(views.size(), (batch + 1) * kBatch);
             ++i) {
            own += read(views[i].data, bytesOf(views[i]) / 8);
        }
        sum += own;
    });
    benchmark::DoNotOptimize(sum.load());
}

} // namespace

void popcountAll(std::span<const Bitmap> sets, WorkerPool& pool) {
    forAll(sets, pool, popcountOf);
}

void readAll(std::span<const Bitmap> sets, WorkerPool& pool) {
    forAll(sets, pool, sumOf);
}

} // namespace cohortist::bench
