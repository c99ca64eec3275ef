// SPDX-License-Identifier: GPL-3.0-or-later
// What a clock on the wall of a time zone means in UTC. A clock that is put forward skips times,
// and one that is put back shows times twice; both are read with the offset that was in force
// before the change: a skipped 02:30 is the 03:30 of the new time, and of two 02:30 the first one
// counts. Remembers the hours it was asked for; not thread-safe, one a thread.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include <QTimeZone>

#include "core/base/error.h"

namespace cohortist {

class ZoneOffsets {
public:
    // IANA name, "Europe/Berlin". Error code Usage.
    [[nodiscard]] static Result<ZoneOffsets> create(const std::string& name);

    // local: the wall's time in seconds as if it were UTC. Gives UTC.
    [[nodiscard]] std::int64_t toUtc(std::int64_t local) {
        const std::int64_t hour = local >= 0 ? local / 3600 : (local - 3599) / 3600;
        Hour& known = m_hours[static_cast<std::size_t>(hour) % m_hours.size()];
        if (known.hour != hour) {
            known = find(hour);
        }
        return local - (local < known.change ? known.before : known.after);
    }

private:
    struct Hour {
        std::int64_t hour = std::numeric_limits<std::int64_t>::min();
        std::int64_t change = 0; // the wall's time from which on `after` is in force
        std::int32_t before = 0; // seconds east of UTC
        std::int32_t after = 0;
    };
    explicit ZoneOffsets(const QTimeZone& zone)
        : m_zone(zone) {}
    [[nodiscard]] Hour find(std::int64_t hour) const;
    [[nodiscard]] std::int32_t offsetAt(std::int64_t utc) const;

    QTimeZone m_zone;
    std::array<Hour, 256> m_hours{};
};

} // namespace cohortist
