// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/when_parser.h"

#include <charconv>

namespace cohortist {

namespace {

constexpr std::int32_t kLargestOffset = 10'000'000; // periods; hours of a thousand years

Error whenError(Message why, TextSpan place) {
    return queryError(std::move(why),
                      message("core", "Periods look like 2020-01-25, 2020-W04, day-1, day-6..day, "
                                      "last 7 days, unique or ever."),
                      place);
}

std::optional<std::int32_t> smallNumber(std::string_view digits) {
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool isNumber = !digits.empty() && error == std::errc() &&
                          end == digits.data() + digits.size() && digits.front() != '-';
    return isNumber && number <= kLargestOffset ? std::optional(number) : std::nullopt;
}

// day, week-2, period+1
std::optional<RelativePoint> parseRelative(std::string_view text) {
    const std::size_t sign = text.find_first_of("+-");
    const std::string_view unit = text.substr(0, sign);
    RelativePoint point;
    if (unit == "period") {
        point.unit = RelativeUnit::Period;
    } else if (const auto granularity = granularityNamed(unit)) {
        point.unit = static_cast<RelativeUnit>(*granularity);
    } else {
        return std::nullopt;
    }
    if (sign != std::string_view::npos) {
        const auto offset = smallNumber(text.substr(sign + 1));
        if (!offset) {
            return std::nullopt;
        }
        point.offset = text[sign] == '-' ? -*offset : *offset;
    }
    return point;
}

Result<PeriodPoint> parsePoint(std::string_view text, TextSpan place) {
    if (const auto relative = parseRelative(text)) {
        return PeriodPoint(*relative);
    }
    if (const auto period = parsePeriod(text)) {
        return PeriodPoint(*period);
    }
    if (text.empty()) {
        return fail(queryError(message("core", "a period is missing"),
                               message("core", "Ranges are written without spaces, like "
                                               "2026-11-20..2026-11-22."),
                               place));
    }
    return fail(whenError(message("core", "%1 is no period", printName(text)), place));
}

RelativeUnit unitOf(const PeriodPoint& point) {
    if (const auto* period = std::get_if<Period>(&point)) {
        return static_cast<RelativeUnit>(period->granularity);
    }
    return std::get<RelativePoint>(point).unit;
}

bool isReversed(const PeriodPoint& first, const PeriodPoint& last) {
    if (first.index() != last.index()) {
        return false; // only the as-of date can tell
    }
    if (const auto* period = std::get_if<Period>(&first)) {
        return period->index > std::get<Period>(last).index;
    }
    return std::get<RelativePoint>(first).offset > std::get<RelativePoint>(last).offset;
}

Result<When> parseRange(const Token& token, std::size_t dots) {
    const std::string_view text = token.text;
    const std::size_t offset = token.place.offset;
    const auto first = parsePoint(text.substr(0, dots), {offset, dots});
    if (!first) {
        return fail(first.error());
    }
    const auto last =
        parsePoint(text.substr(dots + 2), {offset + dots + 2, text.size() - dots - 2});
    if (!last) {
        return fail(last.error());
    }
    if (unitOf(*first) != unitOf(*last)) {
        return fail(whenError(message("core", "the two ends of a range must be of one kind, both "
                                              "days or both weeks"),
                              token.place));
    }
    if (isReversed(*first, *last)) {
        return fail(queryError(message("core", "the range ends before it begins"),
                               message("core", "Swap its ends."), token.place));
    }
    return When(WhenRange{*first, *last});
}

Result<When> parseRolling(const std::vector<Token>& tokens, std::size_t& next) {
    WhenRolling rolling;
    rolling.isPrevious = tokens[next++].isWord("previous");
    const Token& number = tokens[next];
    const auto count = number.type == Token::Type::Word ? smallNumber(number.text) : std::nullopt;
    if (!count || *count == 0) {
        return fail(whenError(
            message("core", "a number of 1 to %1 is expected", std::to_string(kLargestOffset)),
            number.place));
    }
    rolling.count = *count;
    const Token& unit = tokens[++next];
    const auto granularity = unitFrom(unit, true);
    if (!granularity) {
        return fail(whenError(message("core", "hours, days, weeks, months or years is expected"),
                              unit.place));
    }
    rolling.unit = *granularity;
    ++next;
    return When(rolling);
}

} // namespace

std::optional<Granularity> unitFrom(const Token& token, bool isPluralAllowed) {
    if (token.type != Token::Type::Word) {
        return std::nullopt;
    }
    std::string_view text = token.text;
    if (isPluralAllowed && text.ends_with('s')) {
        text.remove_suffix(1);
    }
    return granularityNamed(text);
}

Result<When> parseWhen(const std::vector<Token>& tokens, std::size_t& next) {
    const Token& token = tokens[next];
    if (token.type != Token::Type::Word) {
        return fail(whenError(message("core", "a period is expected after @"), token.place));
    }
    if (token.text == "last" || token.text == "previous") {
        return parseRolling(tokens, next);
    }
    ++next;
    if (token.text == "ever") {
        return When(WhenEver{});
    }
    if (token.text == "unique") {
        return When(WhenUnique{});
    }
    if (const std::size_t dots = token.text.find(".."); dots != std::string::npos) {
        return parseRange(token, dots);
    }
    const auto point = parsePoint(token.text, token.place);
    if (!point) {
        return fail(point.error());
    }
    return When(WhenPoint{*point});
}

} // namespace cohortist
