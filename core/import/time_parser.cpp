// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/time_parser.h"

#include <algorithm>
#include <cstring>

namespace cohortist {

namespace {

constexpr std::int64_t kFirst = std::int64_t{-719162} * 86400;    // 0001-01-01
constexpr std::int64_t kLast = std::int64_t{2932897} * 86400 - 1; // 9999-12-31T23:59:59
constexpr std::int64_t kSecondsEnd = 100'000'000'000;             // in the year 5138
constexpr std::int64_t kMillisecondsEnd = kSecondsEnd * 1'000;    // and in seconds of 1973 up
constexpr std::int64_t kMicrosecondsEnd = kSecondsEnd * 1'000'000;
constexpr std::size_t kMostDigits = 17;
constexpr std::size_t kLeastDigits = 9; // since 1973: a shorter number is rather a date, or none
constexpr std::size_t kBasicDate = 8;   // 20200125

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

// Two digits as a number; 100 or more when they are none.
std::uint32_t twoDigits(const char* text) {
    const auto tens = static_cast<unsigned char>(text[0] - '0');
    const auto ones = static_cast<unsigned char>(text[1] - '0');
    return tens > 9 || ones > 9 ? 1000U : tens * 10U + ones;
}

struct UnixTime {
    TimeForm form = TimeForm::UnixSeconds;
    std::int64_t seconds = 0;
};

// Digits, and for seconds perhaps a fraction.
std::optional<UnixTime> parseUnix(std::string_view text) {
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && isDigit(text[digits])) {
        if (digits == kMostDigits) {
            return std::nullopt;
        }
        value = value * 10 + (text[digits++] - '0');
    }
    if (digits < kLeastDigits) {
        return std::nullopt;
    }
    const std::string_view rest = text.substr(digits);
    if (!rest.empty() && (rest.front() != '.' || value >= kSecondsEnd ||
                          !std::all_of(rest.begin() + 1, rest.end(), isDigit))) {
        return std::nullopt;
    }
    if (value < kSecondsEnd) {
        return UnixTime{TimeForm::UnixSeconds, value};
    }
    if (value < kMillisecondsEnd) {
        return UnixTime{TimeForm::UnixMilliseconds, value / 1'000};
    }
    static_assert(kMicrosecondsEnd == 100'000'000'000'000'000);
    return UnixTime{TimeForm::UnixMicroseconds, value / 1'000'000};
}

// ISO 8601 without its dashes and colons, 20200125 or 20200125T123015Z, with them.
std::optional<std::string> extendedForm(std::string_view text) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (std::min(digits, text.size()) != kBasicDate) {
        return std::nullopt;
    }
    std::string extended(text.substr(0, 4));
    for (const std::size_t at : {4U, 6U}) {
        extended.append("-").append(text.substr(at, 2));
    }
    if (text.size() > kBasicDate) {
        std::string_view time = text.substr(kBasicDate + 1);
        const std::size_t length = std::min(time.find_first_not_of("0123456789"), time.size());
        if (length % 2 != 0 || length < 2 || length > 6) {
            return std::nullopt;
        }
        for (std::size_t at = 0; at < length; at += 2) {
            extended.append(at == 0 ? "T" : ":").append(time.substr(at, 2));
        }
        extended.append(time.substr(length));
    }
    return extended;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

Result<TimeParser> TimeParser::create(const std::string& format, const std::string& zone) {
    TimeParser parser;
    if (!format.empty()) {
        Result<TimeFormat> made = TimeFormat::create(format);
        if (!made) {
            return fail(std::move(made).error());
        }
        parser.m_format = *std::move(made);
    }
    if (!zone.empty() && zone != "UTC") {
        Result<ZoneOffsets> made = ZoneOffsets::create(zone);
        if (!made) {
            return fail(std::move(made).error());
        }
        parser.m_zone = *std::move(made);
    }
    return parser;
}

std::optional<std::int64_t> TimeParser::parse(std::string_view text) {
    const auto parseTrimmed = [this](std::string_view part) {
        if (!m_format) {
            return parseUsual(part);
        }
        const std::optional<WrittenTime> time = m_format->parse(part);
        return time ? toUtc(*time) : std::nullopt;
    };
    if (!text.empty() && text.front() != ' ' && text.back() != ' ') [[likely]] {
        return parseTrimmed(text);
    }
    return parseTrimmed(trimmed(text));
}

std::optional<TimeForm> TimeParser::formOf(std::string_view text) {
    if (!parse(text)) {
        return std::nullopt;
    }
    if (m_format) {
        return TimeForm::Given;
    }
    const auto unixTime = parseUnix(trimmed(text));
    return unixTime ? unixTime->form : TimeForm::Iso;
}

std::optional<std::int64_t> TimeParser::parseUsual(std::string_view text) {
    if (text.size() >= 10 && text[4] == '-') {
        return parseIso(text);
    }
    if (text.size() == kBasicDate || (text.size() > kBasicDate && text[kBasicDate] == 'T')) {
        const auto extended = extendedForm(text);
        return extended ? parseIso(*extended) : std::nullopt;
    }
    const auto unixTime = parseUnix(text);
    return unixTime ? toUtc({unixTime->seconds, 0, false}) : std::nullopt;
}

std::optional<std::int64_t> TimeParser::parseIso(std::string_view text) {
    if (std::memcmp(text.data(), m_date.data(), m_date.size()) != 0) {
        std::string_view date = text.substr(0, 10);
        const auto year = takeDigits(date, 4, 4);
        const auto month = text[4] == '-' ? twoDigits(text.data() + 5) : 0;
        const auto day = text[7] == '-' ? twoDigits(text.data() + 8) : 0;
        const auto number =
            year ? dayNumber(static_cast<std::int32_t>(*year), month, day) : std::nullopt;
        if (!number) {
            return std::nullopt;
        }
        std::copy_n(text.begin(), m_date.size(), m_date.begin());
        m_dateSeconds = std::int64_t{*number} * 86400;
    }
    WrittenTime time{m_dateSeconds, {}, true};
    text.remove_prefix(10);
    if (text.empty()) {
        return toUtc(time);
    }
    if ((text.front() != 'T' && text.front() != ' ' && text.front() != 't') || text.size() < 3) {
        return std::nullopt;
    }
    const std::uint32_t hour = twoDigits(text.data() + 1);
    std::uint32_t minute = 0;
    std::uint32_t second = 0;
    text.remove_prefix(3);
    if (text.size() >= 3 && text.front() == ':') {
        minute = twoDigits(text.data() + 1);
        text.remove_prefix(3);
        if (text.size() >= 3 && text.front() == ':') {
            second = twoDigits(text.data() + 1);
            text.remove_prefix(3);
            if (text.size() >= 2 && (text.front() == '.' || text.front() == ',') &&
                isDigit(text[1])) {
                text.remove_prefix(1);
                text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
            }
        }
    }
    if (hour > 23 || minute > 59 || second > 60) {
        return std::nullopt;
    }
    // A leap second belongs to its minute.
    time.seconds += hour * 3600 + minute * 60 + std::min(second, 59U);
    time.isDate = false;
    if (!text.empty()) {
        if (text.front() == ' ') {
            text.remove_prefix(1);
        }
        time.offset = takeOffset(text);
        if (!time.offset || !text.empty()) {
            return std::nullopt;
        }
    }
    return toUtc(time);
}

std::optional<std::int64_t> TimeParser::toUtc(WrittenTime time) {
    if (time.offset) {
        time.seconds -= *time.offset;
    } else if (m_zone && !time.isDate) {
        time.seconds = m_zone->toUtc(time.seconds);
    }
    return time.seconds >= kFirst && time.seconds <= kLast ? std::optional(time.seconds)
                                                           : std::nullopt;
}

} // namespace cohortist
