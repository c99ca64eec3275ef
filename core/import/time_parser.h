// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the times of an event log: ISO 8601 (a date alone, T or a blank before the time, fractions,
// Z, UTC or an offset; also in the basic form, 20200125T123015Z), Unix time in seconds,
// milliseconds or microseconds, told apart by their magnitude, or a form that the user gives. Times
// without a zone are in the zone that was chosen, or UTC; a date alone is that day, whatever the
// zone. Remembers the date it read last: not thread-safe, one a thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/import/time_format.h"
#include "core/import/zone_offsets.h"

namespace cohortist {

enum class TimeForm : std::uint8_t { Iso, UnixSeconds, UnixMilliseconds, UnixMicroseconds, Given };

class TimeParser {
public:
    // Empty texts: none given. Error code Usage.
    [[nodiscard]] static Result<TimeParser> create(const std::string& format,
                                                   const std::string& zone);

    // Seconds since 1970 in UTC, rounded down, within the years 1 to 9999. Blanks around the text
    // are passed over.
    [[nodiscard]] std::optional<std::int64_t> parse(std::string_view text);
    // What parse() takes the text for; nothing when it is no time.
    [[nodiscard]] std::optional<TimeForm> formOf(std::string_view text);

private:
    TimeParser() = default;
    [[nodiscard]] std::optional<std::int64_t> parseUsual(std::string_view text);
    [[nodiscard]] std::optional<std::int64_t> parseIso(std::string_view text);
    [[nodiscard]] std::optional<std::int64_t> toUtc(WrittenTime time);

    std::optional<TimeFormat> m_format;
    std::optional<ZoneOffsets> m_zone;
    std::array<char, 10> m_date{}; // as it was written
    std::int64_t m_dateSeconds = 0;
};

} // namespace cohortist
