// SPDX-License-Identifier: GPL-3.0-or-later
// The data that every job is measured on: made from fixed seeds, so that all programs of a run, and
// two runs, hold the same sets. Days run up to kLastDay; what each event looks like stands beside
// it. Made once, then only read.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/store/memory/memory_store.h"

namespace cohortist::bench {

inline constexpr std::int32_t kDays = 120;
inline constexpr std::int32_t kLastDay = 20'400; // since 1970: 2025-11-08
inline constexpr std::int32_t kFirstDay = kLastDay - kDays + 1;
inline constexpr std::int32_t kSparseDays = 365; // up to kLastDay as well

class BenchData {
public:
    explicit BenchData(std::uint32_t users);

    [[nodiscard]] std::uint32_t users() const { return m_users; }
    // Events by day: "signup" (each id once, ascending with time), "active" (who signed up comes
    // back ever less often; 20 % to 5 % of all), "visit" (1 %), "rare" (0.01 %), "zipf" (each id
    // half as often as the one before half of its own number), "sparse" (0.1 %, kSparseDays).
    using Days = std::map<std::int32_t, Bitmap>;
    [[nodiscard]] const std::map<std::string, Days>& events() const { return m_events; }
    // A store over the same sets, for jobs that start from a question.
    [[nodiscard]] std::shared_ptr<BitmapStore> store() const;

private:
    std::uint32_t m_users;
    std::map<std::string, Days> m_events;
};

// Each of the ids below the bound with the probability, and the last one.
[[nodiscard]] Bitmap randomSet(std::uint32_t bound, double probability);

} // namespace cohortist::bench
