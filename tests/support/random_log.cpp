// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/random_log.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <QDateTime>
#include <QTimeZone>
#include <fmt/format.h>
#include <zlib.h>

namespace cohortist::test {

namespace {

using Random = std::mt19937_64;

bool oneIn(Random& random, unsigned chances) {
    return random() % chances == 0;
}

template <typename Values>
auto oneOf(Random& random, const Values& values) {
    return values[random() % values.size()];
}

std::string randomUser(Random& random, bool isText) {
    if (!isText) {
        const std::uint32_t shift = random() % 32;
        return std::to_string(static_cast<std::uint32_t>(random()) >> shift);
    }
    static const std::vector<std::string> kOdd = {
        "007", "7", " x ", "caf\xC3\xA9", "\xFF\xFE", "a\"b", "two\nlines", "\"", "x\r", "=1+1"};
    return oneIn(random, 8) ? oneOf(random, kOdd) : fmt::format("u{}", random() % 60);
}

std::string randomEvent(Random& random) {
    static const std::vector<std::string> kNames = {
        "login",      "task:add", "os#ios", " padded ", "caf\xC3\xA9", "\xE9t\xE9",
        "say \"hi\"", "5\" disk", "a_b",    "1",        "two words"};
    return oneOf(random, kNames);
}

void chooseStyle(Random& random, RandomLog& log) {
    LogStyle& style = log.style;
    ImportOptions& options = log.options;
    static const std::string kDelimiters = ",;\t|,,:~";
    style.delimiter = oneOf(random, kDelimiters);
    if (style.delimiter == ':' || style.delimiter == '~' || oneIn(random, 3)) {
        options.delimiter = style.delimiter;
    }
    style.hasHeader = !oneIn(random, 4);
    style.hasBom = oneIn(random, 8);
    style.isPacked = oneIn(random, 6);
    static const std::vector<std::string> kLineEnds = {"\n", "\n", "\r\n", "\r"};
    style.lineEnd = oneOf(random, kLineEnds);
    style.columns = options.eventName ? "ut" : "uet";
    style.columns += std::string(random() % 3, 'x');
    std::shuffle(style.columns.begin(), style.columns.end(), random);
    style.times = static_cast<TimeStyle>(random() % 9);
    style.quoting = oneIn(random, 3) ? 1 : 5;
    if (oneIn(random, 2)) {
        options.hasHeader = style.hasHeader;
    }
    static const std::vector<std::string> kZones = {"Europe/Berlin", "America/New_York", "UTC",
                                                    "Asia/Kathmandu", "Pacific/Kiritimati"};
    if (oneIn(random, 2)) {
        options.timeZone = oneOf(random, kZones);
    }
    options.timeFormat = style.times == TimeStyle::Apache ? "%d/%b/%Y:%H:%M:%S %z"
                         : style.times == TimeStyle::Us   ? "%m/%d/%y %I:%M %p"
                                                          : "";
}

// The wall's time in the log's zone.
QDateTime wall(const ImportOptions& options, Instant time) {
    const QByteArray zone =
        QByteArray::fromStdString(options.timeZone.empty() ? "UTC" : options.timeZone);
    return QDateTime::fromSecsSinceEpoch(time.time_since_epoch().count(), QTimeZone(zone));
}

Instant randomTime(Random& random, const RandomLog& log, std::int64_t around) {
    while (true) {
        Instant time(
            std::chrono::seconds(around + static_cast<std::int64_t>(random() % (40 * 86400))));
        if (log.style.times == TimeStyle::Date) {
            return startOf(periodAt(Granularity::Day, time));
        }
        // Near a change of the clock a wall's time is not told back; test_time_parser does that.
        const auto offset = [&](int hours) {
            return wall(log.options, time + std::chrono::hours(hours)).offsetFromUtc();
        };
        if (offset(-3) == offset(3)) {
            return time;
        }
    }
}

std::string timeText(const RandomLog& log, Instant time, Random& random) {
    const std::int64_t seconds = time.time_since_epoch().count();
    const auto local = [&](const QDateTime& at, const char* form) {
        return QLocale::c().toString(at, QString::fromLatin1(form)).toStdString();
    };
    const QDateTime utc = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
    const int minutes = static_cast<int>(random() % 1200) - 600;
    const std::string sign = minutes < 0 ? "-" : "+";
    const QDateTime shifted = utc.addSecs(minutes * 60);
    switch (log.style.times) {
    case TimeStyle::Zulu:
        return local(utc, "yyyy-MM-ddTHH:mm:ss") + (oneIn(random, 2) ? ".123456Z" : "Z");
    case TimeStyle::NoZone:
        return local(wall(log.options, time), "yyyy-MM-dd HH:mm:ss") +
               (oneIn(random, 4) ? ",5" : "");
    case TimeStyle::Offset:
        return local(shifted, "yyyy-MM-ddTHH:mm:ss") + sign +
               fmt::format("{:02}{}{:02}", std::abs(minutes) / 60, oneIn(random, 2) ? ":" : "",
                           std::abs(minutes) % 60);
    case TimeStyle::Date:
        return local(utc, "yyyy-MM-dd");
    case TimeStyle::Seconds:
        return std::to_string(seconds) + (oneIn(random, 3) ? ".25" : "");
    case TimeStyle::Milliseconds:
        return std::to_string(seconds * 1000 + 999);
    case TimeStyle::Microseconds:
        return std::to_string(seconds * 1'000'000 + 999'999);
    case TimeStyle::Apache:
        return local(shifted, "dd/MMM/yyyy:HH:mm:ss ") + sign +
               fmt::format("{:02}{:02}", std::abs(minutes) / 60, std::abs(minutes) % 60);
    case TimeStyle::Us:
        break;
    }
    return local(wall(log.options, time), "MM/dd/yy hh:mm AP");
}

std::string field(const LogStyle& style, const std::string& text, Random& random) {
    const bool mustQuote =
        text.find_first_of(std::string("\r\n") + style.delimiter) != std::string::npos ||
        (!text.empty() && text.front() == '"');
    if (!mustQuote && !oneIn(random, style.quoting)) {
        return text; // a quote that does not begin a field needs none
    }
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + '"';
}

std::string lineText(const RandomLog& log, const LogLine& line, Random& random) {
    std::string text;
    const auto has = [&](LineFaultKind kind) { return line.fault == kind; };
    for (const char column : log.style.columns) {
        std::string cell;
        switch (column) {
        case 'u':
            cell =
                has(LineFaultKind::EmptyId) ? ""
                : has(LineFaultKind::NotInteger)
                    ? oneOf(random, std::vector<std::string>{"-1", "1.0", "x", "+5", "007", "1 2"})
                : has(LineFaultKind::IdTooLarge)
                    ? oneOf(random, std::vector<std::string>{"4294967296", "99999999999999999999"})
                    : line.user;
            break;
        case 'e':
            cell = has(LineFaultKind::EmptyEvent) ? "" : line.event;
            break;
        case 't':
            cell = has(LineFaultKind::NoTime) ? "soon" : timeText(log, line.time, random);
            break;
        default:
            cell = has(LineFaultKind::NulByte)
                       ? std::string("a\0b", 3)
                       : oneOf(random, std::vector<std::string>{"", "x", "1", "two, three"});
        }
        text += field(log.style, cell, random) + log.style.delimiter;
    }
    text.pop_back();
    if (has(LineFaultKind::ColumnCount)) {
        text += log.style.delimiter;
    }
    if (has(LineFaultKind::TextAfterQuote)) {
        text = "\"a\"b" + text;
    }
    return text;
}

std::string headerText(const RandomLog& log) {
    static const std::string kNames = "uet";
    std::string text;
    for (std::size_t i = 0; i < log.style.columns.size(); ++i) {
        const std::string& user = log.options.userColumn;
        text += i > 0 ? std::string(1, log.style.delimiter) : "";
        switch (log.style.columns[i]) {
        case 'u':
            text += user.empty() || user.front() != 'w' ? "User ID" : user;
            break;
        case 'e':
            text += "event_name";
            break;
        case 't':
            text += "timestamp";
            break;
        default:
            text += fmt::format("other{}", i);
        }
    }
    return text;
}

} // namespace

RandomLog randomLog(Random& random) {
    RandomLog log;
    ImportOptions& options = log.options;
    options.hasTextIds = oneIn(random, 2);
    options.isHourly = oneIn(random, 2);
    options.isUnique = oneIn(random, 2);
    if (oneIn(random, 5)) {
        options.eventName = randomEvent(random);
    }
    chooseStyle(random, log);
    const auto number = [&](char column) {
        const std::size_t place = log.style.columns.find(column);
        return place == std::string::npos ? std::string() : std::to_string(place + 1);
    };
    if (!log.style.hasHeader || oneIn(random, 4)) {
        options.userColumn = number('u');
        options.eventColumn = number('e');
        options.timeColumn = number('t');
    } else if (oneIn(random, 3)) {
        options.userColumn = "who is it";
    }
    const std::int64_t around = 1'420'000'000 + static_cast<std::int64_t>(random() % 400'000'000);
    const bool hasFaults = oneIn(random, 2);
    options.isSkipping = hasFaults;
    for (std::uint64_t i = 0, count = 1 + random() % 80; i < count; ++i) {
        LogLine line{randomUser(random, options.hasTextIds),
                     options.eventName ? *options.eventName : randomEvent(random),
                     randomTime(random, log, around)};
        if (hasFaults && i > 0 && oneIn(random, 6)) {
            std::vector<LineFaultKind> kinds = {LineFaultKind::EmptyId, LineFaultKind::ColumnCount,
                                                LineFaultKind::NoTime,
                                                LineFaultKind::TextAfterQuote};
            if (!options.hasTextIds) {
                kinds.push_back(LineFaultKind::NotInteger);
                kinds.push_back(LineFaultKind::IdTooLarge);
            }
            if (!options.eventName) {
                kinds.push_back(LineFaultKind::EmptyEvent);
            }
            if (log.style.columns.find('x') != std::string::npos) {
                kinds.push_back(LineFaultKind::NulByte);
            }
            line.fault = oneOf(random, kinds);
        }
        log.lines.push_back(std::move(line));
    }
    return log;
}

std::string written(const RandomLog& log, std::span<const LogLine> lines, Random& random) {
    std::string text = log.style.hasBom ? "\xEF\xBB\xBF" : "";
    if (log.style.hasHeader) {
        text += headerText(log) + log.style.lineEnd;
    }
    for (const LogLine& line : lines) {
        text += lineText(log, line, random) + log.style.lineEnd;
        text += oneIn(random, 20) ? log.style.lineEnd : ""; // an empty line is none
    }
    if (oneIn(random, 2)) {
        text.resize(text.size() - log.style.lineEnd.size());
    }
    return log.style.isPacked ? packed(text) : text;
}

Contents contentsOf(std::span<const LogLine> lines, const ImportOptions& options) {
    std::map<std::string, std::uint32_t> ids;
    std::map<std::tuple<std::string, Kind, std::int32_t>, std::set<std::uint32_t>> sets;
    std::set<std::uint32_t> everyone;
    Contents contents;
    for (const LogLine& line : lines) {
        if (line.fault) {
            continue;
        }
        std::uint32_t id = 0;
        if (options.hasTextIds) {
            id = ids.emplace(line.user, static_cast<std::uint32_t>(ids.size())).first->second;
            contents.texts[id] = line.user;
        } else {
            id = static_cast<std::uint32_t>(std::stoull(line.user));
        }
        everyone.insert(id);
        for (std::size_t k = 0; k < kKindCount; ++k) {
            const Kind kind = static_cast<Kind>(k);
            if ((kind == Kind::Hour && !options.isHourly) ||
                (kind == Kind::Unique && !options.isUnique)) {
                continue;
            }
            const std::int32_t period =
                kind == Kind::Unique ? 0 : periodAt(granularityOf(kind), line.time).index;
            sets[{line.event, kind, period}].insert(id);
        }
        contents.asOf = std::max(contents.asOf, endOf(periodAt(Granularity::Day, line.time)));
    }
    for (const auto& [key, set] : sets) {
        const std::vector<std::uint32_t> sorted(set.begin(), set.end());
        contents.keys.push_back(
            {std::get<0>(key), std::get<1>(key), std::get<2>(key), Bitmap::fromIds(sorted)});
    }
    contents.everyone =
        Bitmap::fromIds(std::vector<std::uint32_t>(everyone.begin(), everyone.end()));
    return contents;
}

std::string packed(const std::string& bytes) {
    std::string result;
    const std::size_t middle = bytes.size() / 2;
    for (const auto& part : {bytes.substr(0, middle), bytes.substr(middle)}) {
        std::string member(compressBound(static_cast<uLong>(part.size())) + 64, '\0');
        z_stream stream{};
        deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
        std::string input = part;
        stream.next_in = reinterpret_cast<Bytef*>(input.data());
        stream.avail_in = static_cast<uInt>(input.size());
        stream.next_out = reinterpret_cast<Bytef*>(member.data());
        stream.avail_out = static_cast<uInt>(member.size());
        deflate(&stream, Z_FINISH);
        member.resize(stream.total_out);
        deflateEnd(&stream);
        result += member;
    }
    return result;
}

} // namespace cohortist::test
