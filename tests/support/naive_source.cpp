// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/naive_source.h"

#include "tests/support/random_sets.h"

namespace cohortist::test {

namespace {

// Users near each other and, now and then, in other chunks.
Users randomUsers(std::mt19937_64& random) {
    Users users;
    for (std::uint64_t i = 0, n = below(random, 12); i < n; ++i) {
        const auto chunk = static_cast<std::uint32_t>(below(random, 8) == 0 ? below(random, 4) : 0);
        users.insert((chunk << 16U) + static_cast<std::uint32_t>(below(random, 24)));
    }
    if (below(random, 40) == 0) {
        for (std::uint32_t id = 0; id < 5000;
             id += 1 + static_cast<std::uint32_t>(below(random, 2))) {
            users.insert(id);
        }
    }
    return users;
}

} // namespace

std::shared_ptr<MemoryStore> NaiveSource::store() const {
    std::vector<MemoryKey> keys;
    for (const auto& [name, event] : events) {
        for (std::size_t k = 0; k < kKindCount; ++k) {
            for (const auto& [period, users] : event.kinds[k]) {
                const std::vector<std::uint32_t> ids(users.begin(), users.end());
                keys.push_back({name, static_cast<Kind>(k), period, Bitmap::fromIds(ids)});
            }
        }
    }
    MemoryOptions options;
    options.asOf = asOf;
    return std::make_shared<MemoryStore>(std::move(keys), std::move(options));
}

Users NaiveSource::everyone() const {
    Users all;
    for (const auto& [name, event] : events) {
        for (const auto& [period, users] : event.of(Kind::Unique)) {
            all.insert(users.begin(), users.end());
        }
        for (const Kind kind : {Kind::Month, Kind::Week, Kind::Day, Kind::Hour}) {
            if (event.has(kind)) {
                for (const auto& [period, users] : event.of(kind)) {
                    all.insert(users.begin(), users.end());
                }
                break;
            }
        }
    }
    return all;
}

bool NaiveSource::anyHas(Kind kind, std::int32_t period) const {
    for (const auto& [name, event] : events) {
        if (event.of(kind).count(period) > 0) {
            return true;
        }
    }
    return false;
}

NaiveSource randomSource(std::mt19937_64& random) {
    static const std::vector<std::string> names = {"login",    "signup", "os:ios",
                                                   "my event", "-",      "first"};
    const Instant begin = std::chrono::sys_days(std::chrono::year(2025) / 12 / 15) +
                          std::chrono::days(below(random, 20));
    const Instant end = begin + std::chrono::days(10 + below(random, 40));
    NaiveSource source;
    source.asOf = end + std::chrono::hours(below(random, 30));
    for (const std::string& name : names) {
        NaiveEvent event;
        const std::uint64_t holes = below(random, 4); // of 10 periods; 0: a regular event
        for (const Kind kind : {Kind::Hour, Kind::Day, Kind::Week, Kind::Month, Kind::Unique}) {
            if (below(random, kind == Kind::Hour ? 6 : 3) == 0 && kind != Kind::Day) {
                continue;
            }
            auto& periods = event.kinds[static_cast<std::size_t>(kind)];
            if (kind == Kind::Unique) {
                if (below(random, 2) == 0) {
                    periods[0] = randomUsers(random);
                }
                continue;
            }
            if (kind == Kind::Day && below(random, 5) == 0) {
                continue;
            }
            const Granularity granularity = granularityOf(kind);
            const bool isHour = kind == Kind::Hour;
            const Instant first = isHour ? end - std::chrono::hours(60) : begin;
            for (Period p = periodAt(granularity, first); startOf(p) < end; p = shifted(p, 1)) {
                if (below(random, 10) >= holes * 2) {
                    periods[p.index] = randomUsers(random);
                }
            }
        }
        bool hasKeys = false;
        for (const auto& periods : event.kinds) {
            hasKeys = hasKeys || !periods.empty();
        }
        if (hasKeys) {
            source.events[name] = std::move(event);
        }
    }
    return source;
}

} // namespace cohortist::test
