// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/time_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace cohortist {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
constexpr std::string_view kConversions = "YymdebBaAHIpMSfzs%";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

void skipBlanks(std::string_view& text) {
    while (!text.empty() && isBlank(text.front())) {
        text.remove_prefix(1);
    }
}

bool take(std::string_view& text, std::string_view word) {
    if (text.size() < word.size() ||
        !std::equal(word.begin(), word.end(), text.begin(),
                    [](char a, char b) { return lower(a) == lower(b); })) {
        return false;
    }
    text.remove_prefix(word.size());
    return true;
}

// The place of the name, whole or its first three letters.
template <typename Names>
std::optional<std::uint32_t> takeName(std::string_view& text, const Names& names) {
    for (std::uint32_t i = 0; i < names.size(); ++i) {
        if (take(text, names[i]) || take(text, names[i].substr(0, 3))) {
            return i;
        }
    }
    return std::nullopt;
}

struct Parts {
    std::int32_t year = 1970;
    std::uint32_t month = 1;
    std::uint32_t day = 1;
    std::uint32_t hour = 0;
    std::uint32_t minute = 0;
    std::uint32_t second = 0;
    bool isHalfDay = false;
    bool isAfternoon = false;
    bool hasTime = false;
    std::optional<std::int64_t> unixSeconds;
    std::optional<std::int32_t> offset;
};

template <typename Number>
bool set(Number& part, std::optional<std::uint32_t> value, std::uint32_t least,
         std::uint32_t most) {
    part = static_cast<Number>(value.value_or(0));
    return value && *value >= least && *value <= most;
}

bool takeUnix(std::string_view& text, Parts& parts) {
    std::int64_t seconds = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), seconds);
    parts.unixSeconds = seconds;
    text.remove_prefix(static_cast<std::size_t>(end.ptr - text.data()));
    return end.ec == std::errc() && std::abs(seconds) < 1'000'000'000'000;
}

bool takeConversion(char conversion, std::string_view& text, Parts& parts) {
    switch (conversion) {
    case 'Y':
        return set(parts.year, takeDigits(text, 4, 4), 1, 9999);
    case 'y': // as POSIX has it
        if (!set(parts.year, takeDigits(text, 2, 2), 0, 99)) {
            return false;
        }
        parts.year += parts.year < 69 ? 2000 : 1900;
        return true;
    case 'm':
        return set(parts.month, takeDigits(text, 1, 2), 1, 12);
    case 'e':
        skipBlanks(text);
        [[fallthrough]];
    case 'd':
        return set(parts.day, takeDigits(text, 1, 2), 1, 31);
    case 'b':
    case 'B': {
        const auto month = takeName(text, kMonths);
        parts.month = month.value_or(0) + 1;
        return month.has_value();
    }
    case 'a':
    case 'A':
        return takeName(text, kWeekdays).has_value();
    case 'H':
        parts.hasTime = true;
        return set(parts.hour, takeDigits(text, 1, 2), 0, 23);
    case 'I':
        parts.hasTime = true;
        parts.isHalfDay = true;
        return set(parts.hour, takeDigits(text, 1, 2), 1, 12);
    case 'p':
        parts.isAfternoon = take(text, "pm");
        return parts.isAfternoon || take(text, "am");
    case 'M':
        return set(parts.minute, takeDigits(text, 1, 2), 0, 59);
    case 'S':
        return set(parts.second, takeDigits(text, 1, 2), 0, 60);
    case 'f':
        return takeDigits(text, 1, 9).has_value();
    case 'z':
        parts.offset = takeOffset(text);
        return parts.offset.has_value();
    case 's':
        return takeUnix(text, parts);
    default:
        return take(text, "%");
    }
}

tl::unexpected<Error> formatError(const std::string& format, Message why) {
    return fail(Error{ErrorCode::Usage,
                      message("core", "cannot read times as %1", format),
                      std::move(why),
                      message("core", "Write it like %1", std::string("%d/%m/%Y %H:%M:%S")),
                      {},
                      {}});
}

} // namespace

std::optional<std::int32_t> dayNumber(std::int32_t year, std::uint32_t month, std::uint32_t day) {
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (year < 1 || year > 9999 || !date.ok()) {
        return std::nullopt;
    }
    return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::optional<std::uint32_t> takeDigits(std::string_view& text, std::size_t least,
                                        std::size_t most) {
    std::uint32_t value = 0;
    std::size_t count = 0;
    while (count < most && count < text.size() && text[count] >= '0' && text[count] <= '9') {
        value = value * 10 + static_cast<std::uint32_t>(text[count++] - '0');
    }
    text.remove_prefix(count);
    return count < least ? std::nullopt : std::optional(value);
}

std::optional<std::int32_t> takeOffset(std::string_view& text) {
    if (take(text, "UTC") || take(text, "GMT") || take(text, "Z")) {
        return 0;
    }
    if (text.empty() || (text.front() != '+' && text.front() != '-')) {
        return std::nullopt;
    }
    const std::int32_t sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    const auto hours = takeDigits(text, 2, 2);
    std::optional<std::uint32_t> minutes = 0;
    if (!text.empty() && text.front() == ':') {
        text.remove_prefix(1);
        minutes = takeDigits(text, 2, 2);
    } else if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        minutes = takeDigits(text, 2, 2);
    }
    if (!hours || !minutes || *hours > 23 || *minutes > 59) {
        return std::nullopt;
    }
    return sign * static_cast<std::int32_t>(*hours * 3600 + *minutes * 60);
}

Result<TimeFormat> TimeFormat::create(const std::string& format) {
    std::string plain;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
            plain += format[i];
            continue;
        }
        const char conversion = i + 1 < format.size() ? format[++i] : '\0';
        if (conversion == 'F' || conversion == 'T') {
            plain += conversion == 'F' ? "%Y-%m-%d" : "%H:%M:%S";
        } else if (conversion != '\0' && kConversions.find(conversion) != std::string_view::npos) {
            plain += {'%', conversion};
        } else {
            return formatError(format,
                               message("core", "%%1 is not among what can be read",
                                       std::string(conversion != '\0' ? 1 : 0, conversion)));
        }
    }
    const auto has = [&](char conversion) {
        for (std::size_t at = 0; (at = plain.find('%', at)) != std::string::npos; at += 2) {
            if (plain[at + 1] == conversion) {
                return true;
            }
        }
        return false;
    };
    const bool isDate =
        (has('Y') || has('y')) && (has('m') || has('b') || has('B')) && (has('d') || has('e'));
    if (!isDate && !has('s')) {
        return formatError(format, message("core", "it names no year, month and day"));
    }
    if (has('I') != has('p')) {
        return formatError(format, message("core", "%1I and %1p go together", std::string("%")));
    }
    return TimeFormat(std::move(plain));
}

std::optional<WrittenTime> TimeFormat::parse(std::string_view text) const {
    Parts parts;
    for (std::size_t i = 0; i < m_format.size(); ++i) {
        const char c = m_format[i];
        if (c == '%') {
            if (!takeConversion(m_format[++i], text, parts)) {
                return std::nullopt;
            }
        } else if (isBlank(c)) {
            skipBlanks(text);
        } else if (text.empty() || text.front() != c) {
            return std::nullopt;
        } else {
            text.remove_prefix(1);
        }
    }
    if (!text.empty()) {
        return std::nullopt;
    }
    if (parts.unixSeconds) {
        return WrittenTime{*parts.unixSeconds, 0, false};
    }
    const auto day = dayNumber(parts.year, parts.month, parts.day);
    if (!day) {
        return std::nullopt;
    }
    if (parts.isHalfDay) {
        parts.hour = parts.hour % 12 + (parts.isAfternoon ? 12 : 0);
    }
    // A leap second belongs to its minute.
    const std::uint32_t inDay = parts.hour * 3600 + parts.minute * 60 + std::min(parts.second, 59U);
    return WrittenTime{std::int64_t{*day} * 86400 + inDay, parts.offset, !parts.hasTime};
}

} // namespace cohortist
