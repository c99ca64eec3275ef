// SPDX-License-Identifier: GPL-3.0-or-later
// Times in a form that the user describes, as strptime does, in the C locale: %Y %y %m %d %e %b %B
// %a %A %H %I %p %M %S %f %z %s %F %T %%; a blank stands for any number of blanks. What the form
// does not tell is the start (of the day, of the hour). Immutable; safe to share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace cohortist {

// A point in time as it was written.
struct WrittenTime {
    std::int64_t seconds = 0;             // since 1970, as if the clock had shown UTC
    std::optional<std::int32_t> offset{}; // seconds east of UTC, where it says so
    bool isDate = false;                  // without a time of day
};

class TimeFormat {
public:
    // Error code Usage: an unknown %, or no date in it.
    [[nodiscard]] static Result<TimeFormat> create(const std::string& format);
    [[nodiscard]] std::optional<WrittenTime> parse(std::string_view text) const;

private:
    explicit TimeFormat(std::string format)
        : m_format(std::move(format)) {}
    std::string m_format; // %F and %T written out
};

// What both ways of reading times are made of.
[[nodiscard]] std::optional<std::int32_t> dayNumber(std::int32_t year, std::uint32_t month,
                                                    std::uint32_t day);
// Takes Z, UTC, GMT, +hh, +hhmm or +hh:mm from the front.
[[nodiscard]] std::optional<std::int32_t> takeOffset(std::string_view& text);
// Takes up to `most` digits; nothing where there are fewer than `least`.
[[nodiscard]] std::optional<std::uint32_t> takeDigits(std::string_view& text, std::size_t least,
                                                      std::size_t most);

} // namespace cohortist
