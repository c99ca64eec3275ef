// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/bench_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>

namespace cohortist::bench {

namespace {

// SplitMix64 (Steele, Lea, Flood 2014): many times quicker than the standard's engines.
class Random {
public:
    using result_type = std::uint64_t;
    explicit Random(std::uint64_t seed)
        : m_state(seed) {}
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return UINT64_MAX; }
    result_type operator()() {
        std::uint64_t z = m_state += 0x9E3779B97F4A7C15U;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }

private:
    std::uint64_t m_state;
};

// Sixty-four independent bits, each set with the given probability, to 1/256.
std::uint64_t bitsWith(double probability, Random& random) {
    const auto eighths = static_cast<unsigned>(std::clamp(probability * 256, 0.0, 255.0));
    std::uint64_t bits = 0;
    for (unsigned digit = 1; digit < 256; digit *= 2) {
        const std::uint64_t coin = random();
        bits = (eighths & digit) != 0 ? bits | coin : bits & coin;
    }
    return bits;
}

// probability: of the word's ids.
Bitmap dense(std::uint32_t users, Random& random,
             const std::function<double(std::uint32_t id)>& probability) {
    BitmapBuilder builder;
    for (std::uint32_t chunk = 0; chunk * kChunkBits < users; ++chunk) {
        std::array<std::uint64_t, kChunkWords> words{};
        for (std::uint32_t i = 0; i < kChunkWords; ++i) {
            const std::uint32_t id = chunk * kChunkBits + i * 64;
            if (id + 64 <= users) {
                words[i] = bitsWith(probability(id), random);
            }
        }
        builder.addBitset(static_cast<std::uint16_t>(chunk), words);
    }
    return builder.finish();
}

// Each id with the given probability, found by the gaps between them.
Bitmap sparse(std::uint32_t users, Random& random, double probability) {
    std::vector<std::uint32_t> ids;
    std::geometric_distribution<std::uint32_t> gap(probability);
    for (std::uint64_t id = gap(random); id < users; id += std::uint64_t{1} + gap(random)) {
        ids.push_back(static_cast<std::uint32_t>(id));
    }
    return Bitmap::fromIds(ids);
}

} // namespace

BenchData::BenchData(std::uint32_t users)
    : m_users(users) {
    Random random(users);
    // The first half was there before; the other half signed up on the days, ids with time.
    const auto firstOf = [&](std::int32_t day) {
        const auto since = static_cast<std::uint64_t>(day - kFirstDay);
        return users / 2 + users / 2 * since / kDays;
    };
    for (std::int32_t day = kFirstDay; day <= kLastDay; ++day) {
        m_events["signup"][day] = Bitmap::fromRange(firstOf(day), firstOf(day + 1));
        m_events["active"][day] = dense(users, random, [&](std::uint32_t id) {
            const double signup =
                kFirstDay + (2.0 * id / users - 1) * kDays; // the older half: in the days before
            const double age = day - signup;
            return age < 0 ? 0.0 : 0.05 + 0.45 / std::sqrt(1 + age / 4);
        });
        m_events["zipf"][day] = dense(users, random, [&](std::uint32_t id) {
            return std::min(0.5, 0.02 * users / (id + 1.0));
        });
        m_events["visit"][day] = sparse(users, random, 0.01);
        m_events["rare"][day] = sparse(users, random, 0.0001);
    }
    for (std::int32_t day = kLastDay - kSparseDays + 1; day <= kLastDay; ++day) {
        m_events["sparse"][day] = sparse(users, random, 0.001);
    }
}

Bitmap randomSet(std::uint32_t bound, double probability) {
    Random random(bound);
    std::vector<std::uint32_t> ids;
    std::geometric_distribution<std::uint32_t> gap(probability);
    for (std::uint64_t id = gap(random); id + 1 < bound; id += std::uint64_t{1} + gap(random)) {
        ids.push_back(static_cast<std::uint32_t>(id));
    }
    ids.push_back(bound - 1);
    return Bitmap::fromIds(ids);
}

std::shared_ptr<BitmapStore> BenchData::store() const {
    std::vector<MemoryKey> keys;
    for (const auto& [event, days] : m_events) {
        for (const auto& [day, set] : days) {
            keys.push_back({event, Kind::Day, day, set});
        }
    }
    MemoryOptions options;
    options.everyone = Bitmap::fromRange(0, m_users);
    return std::make_shared<MemoryStore>(std::move(keys), std::move(options));
}

} // namespace cohortist::bench
