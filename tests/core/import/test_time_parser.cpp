// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDateTime>
#include <QTest>
#include <QTimeZone>

#include <chrono>
#include <random>

#include <fmt/format.h>

#include "core/import/time_parser.h"

using namespace cohortist;

namespace {

using Seconds = std::optional<std::int64_t>;

std::int64_t at(int year, unsigned month, unsigned day, int hour = 0, int minute = 0,
                int second = 0) {
    const auto date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
    return std::chrono::sys_seconds(std::chrono::sys_days(date)).time_since_epoch().count() +
           hour * 3600 + minute * 60 + second;
}

Seconds parse(const char* text, const char* format = "", const char* zone = "") {
    auto parser = TimeParser::create(format, zone);
    return parser ? parser->parse(text) : std::nullopt;
}

} // namespace

class TestTimeParser : public QObject {
    Q_OBJECT
private slots:
    void readsIso() {
        const Seconds noon = at(2020, 1, 25, 12, 30, 15);
        QCOMPARE(parse("2020-01-25"), Seconds(at(2020, 1, 25)));
        for (const char* text :
             {"2020-01-25T12:30:15Z", "2020-01-25 12:30:15", "2020-01-25t12:30:15z",
              "2020-01-25 12:30:15.999", "2020-01-25 12:30:15,5 UTC", "2020-01-25 12:30:15 UTC",
              "2020-01-25T14:30:15+02:00", "2020-01-25T14:30:15+0200", "2020-01-25T14:30:15 +02",
              "2020-01-25T07:00:15-05:30", "2020-01-25 12:30:15+00", " 2020-01-25 12:30:15 "}) {
            QVERIFY2(parse(text) == noon, text);
        }
        for (const char* text : {"20200125T123015Z", "20200125T123015", "20200125T143015.5+0200",
                                 "20200125T143015+02:00", "20200125T123015 UTC"}) {
            QVERIFY2(parse(text) == noon, text);
        }
        QCOMPARE(parse("20200125"), Seconds(at(2020, 1, 25)));
        QCOMPARE(parse("20200125T1230"), Seconds(at(2020, 1, 25, 12, 30)));
        QCOMPARE(parse("2020-01-25T12"), Seconds(at(2020, 1, 25, 12)));
        QCOMPARE(parse("2020-01-25 12:30"), Seconds(at(2020, 1, 25, 12, 30)));
        QCOMPARE(parse("2016-12-31T23:59:60Z"), Seconds(at(2016, 12, 31, 23, 59, 59)));
        QCOMPARE(parse("2020-02-29"), Seconds(at(2020, 2, 29)));
        QCOMPARE(parse("0001-01-01"), Seconds(at(1, 1, 1)));
        QCOMPARE(parse("9999-12-31T23:59:59"), Seconds(at(9999, 12, 31, 23, 59, 59)));
    }

    void refusesWhatIsNoTime() {
        for (const char* text : {"",
                                 " ",
                                 "soon",
                                 "2020",
                                 "2020-13-01",
                                 "2019-02-29",
                                 "2020-00-10",
                                 "2020-01-32",
                                 "2020-1-5",
                                 "2020/01/25",
                                 "2020-01-25X",
                                 "2020-01-25T",
                                 "2020-01-25T1",
                                 "2020-01-25T24:00:00",
                                 "2020-01-25T12:60:00",
                                 "2020-01-25T12:00:61",
                                 "2020-01-25T12:00:00Q",
                                 "2020-01-25T12:00:00+2",
                                 "2020-01-25T12:00:00+25:00",
                                 "2020-01-25T12:00:00Z ZZ",
                                 "2020-01-25T12:00:00.",
                                 "0000-01-01",
                                 "9999-12-31T23:59:59-01:00",
                                 "0001-01-01T00:00:00+01:00",
                                 "12345678",
                                 "20201301",
                                 "20200125T",
                                 "20200125T123",
                                 "20200125T12301500",
                                 "20200125 123015",
                                 "2020012",
                                 "-1577836800",
                                 "1577836800x",
                                 "1577836800.x",
                                 "157783680000000000",
                                 "99999999999999999999",
                                 "202a-01-25",
                                 "2020-01-2a"}) {
            QVERIFY2(!parse(text), text);
        }
    }

    void tellsUnixTimesByMagnitude() {
        auto parser = TimeParser::create("", "Europe/Berlin"); // no zone shifts them
        QVERIFY(parser);
        const auto check = [&](const char* text, TimeForm form, std::int64_t seconds) {
            QVERIFY2(parser->parse(text) == Seconds(seconds), text);
            QVERIFY2(parser->formOf(text) == form, text);
        };
        check("1577836800", TimeForm::UnixSeconds, 1'577'836'800);
        check("1577836800.999", TimeForm::UnixSeconds, 1'577'836'800);
        check("100000000", TimeForm::UnixSeconds, 100'000'000);
        check("99999999999", TimeForm::UnixSeconds, 99'999'999'999);
        check("100000000000", TimeForm::UnixMilliseconds, 100'000'000);
        check("1577836800999", TimeForm::UnixMilliseconds, 1'577'836'800);
        check("99999999999999", TimeForm::UnixMilliseconds, 99'999'999'999);
        check("100000000000000", TimeForm::UnixMicroseconds, 100'000'000);
        check("1577836800999999", TimeForm::UnixMicroseconds, 1'577'836'800);
        check("2020-01-25T12:00:00Z", TimeForm::Iso, at(2020, 1, 25, 12));
        QVERIFY(!parser->formOf("soon"));
    }

    void readsGivenFormats() {
        const Seconds noon = at(2020, 1, 25, 12, 30, 15);
        QCOMPARE(parse("25/Jan/2020:12:30:15 +0000", "%d/%b/%Y:%H:%M:%S %z"), noon);
        QCOMPARE(parse("Sat, 25 January 2020 13:30:15 +01:00", "%a, %d %B %Y %T %z"), noon);
        QCOMPARE(parse("01/25/20 12:30:15 PM", "%m/%d/%y %I:%M:%S %p"), noon);
        QCOMPARE(parse("1/25/1999 12:00 am", "%m/%d/%Y %I:%M %p"), Seconds(at(1999, 1, 25)));
        QCOMPARE(parse("20200125123015.5", "%Y%m%d%H%M%S.%f"), noon);
        QCOMPARE(parse("2020-01-25   12:30:15", "%F %T"), noon);
        QCOMPARE(parse("12 5. 2020", "%m %e. %Y"), Seconds(at(2020, 12, 5)));
        QCOMPARE(parse("100%", "%s%%"), Seconds(100));
        QCOMPARE(parse("-5", "%s"), Seconds(-5));
        QCOMPARE(parse("68-1-1", "%y-%m-%d"), Seconds(at(2068, 1, 1)));
        QCOMPARE(parse("69-1-1", "%y-%m-%d"), Seconds(at(1969, 1, 1)));
        for (const char* text : {"25.01.2020 x", "25.01.", "31.02.2020", "25-01-2020", "aa.01.2020",
                                 "25.13.2020", "2020-01-25"}) {
            QVERIFY2(!parse(text, "%d.%m.%Y"), text);
        }
        QVERIFY(!parse("25 Foo 2020", "%d %b %Y"));
        QVERIFY(!parse("1/25/2020 13:00 pm", "%m/%d/%Y %I:%M %p"));
        for (const char* format : {"%Q", "%Y-%m", "%H:%M", "%", "%Y-%m-%d %", "%Y-%m-%d %I"}) {
            const auto parser = TimeParser::create(format, "");
            QVERIFY2(!parser && parser.error().code == ErrorCode::Usage, format);
        }
    }

    // Whatever chrono says of a date, by way of every form.
    void equalsChrono() {
        std::mt19937_64 random(1);
        auto iso = TimeParser::create("", "");
        auto given = TimeParser::create("%d.%m.%Y %H:%M:%S", "");
        for (int run = 0; run < 20'000; ++run) {
            const int year = static_cast<int>(random() % 9999) + 1;
            const auto month = static_cast<unsigned>(random() % 14);
            const auto day = static_cast<unsigned>(random() % 33);
            const int hour = static_cast<int>(random() % 24);
            const int minute = static_cast<int>(random() % 60);
            const std::chrono::year_month_day date{
                std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
            Seconds expected;
            if (date.ok()) {
                expected = at(year, month, day, hour, minute, 59);
            }
            const auto text =
                fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:59", year, month, day, hour, minute);
            QVERIFY2(iso->parse(text) == expected, text.c_str());
            const auto other =
                fmt::format("{:02}.{:02}.{:04} {:02}:{:02}:59", day, month, year, hour, minute);
            QVERIFY2(given->parse(other) == expected, other.c_str());
        }
    }

    void aDateIsThatDayInEveryZone() {
        QCOMPARE(parse("2020-07-01", "", "Pacific/Kiritimati"), Seconds(at(2020, 7, 1)));
        QCOMPARE(parse("1.7.2020", "%d.%m.%Y", "America/New_York"), Seconds(at(2020, 7, 1)));
        QCOMPARE(parse("2020-07-01 00:00", "", "Europe/Berlin"), Seconds(at(2020, 6, 30, 22)));
        QCOMPARE(parse("2020-07-01T00:00Z", "", "Europe/Berlin"), Seconds(at(2020, 7, 1)));
    }

    void changesOfTheClockCountAsBeforeThem() {
        // Put forward from 02:00 to 03:00 on 2020-03-29: 02:30 never was.
        const auto berlin = [](const char* text) { return parse(text, "", "Europe/Berlin"); };
        QCOMPARE(berlin("2020-03-29 01:59:59"), Seconds(at(2020, 3, 29, 0, 59, 59)));
        QCOMPARE(berlin("2020-03-29 02:00:00"), Seconds(at(2020, 3, 29, 1)));
        QCOMPARE(berlin("2020-03-29 02:30:00"), Seconds(at(2020, 3, 29, 1, 30)));
        QCOMPARE(berlin("2020-03-29 03:00:00"), Seconds(at(2020, 3, 29, 1)));
        // Put back from 03:00 to 02:00 on 2020-10-25: of two 02:30 the first.
        QCOMPARE(berlin("2020-10-25 02:30:00"), Seconds(at(2020, 10, 25, 0, 30)));
        QCOMPARE(berlin("2020-10-25 02:59:59"), Seconds(at(2020, 10, 25, 0, 59, 59)));
        QCOMPARE(berlin("2020-10-25 03:00:00"), Seconds(at(2020, 10, 25, 2)));
        // By half an hour only, and a day that never was.
        QCOMPARE(parse("2020-04-05 01:45", "", "Australia/Lord_Howe"),
                 Seconds(at(2020, 4, 4, 14, 45)));
        QCOMPARE(parse("2011-12-30 12:00", "", "Pacific/Apia"), Seconds(at(2011, 12, 30, 22)));
    }

    // The names that Qt doesn't list, too.
    void knowsZonesByAnyName() {
        QCOMPARE(parse("2020-07-01 12:00", "", "UTC"), Seconds(at(2020, 7, 1, 12)));
        QCOMPARE(parse("2020-07-01 12:00", "", "Etc/UTC"), Seconds(at(2020, 7, 1, 12)));
        QCOMPARE(parse("2020-07-01 12:00", "", "Etc/GMT+5"), Seconds(at(2020, 7, 1, 17)));
        for (const char* name : {"Mars/Base", "Nowhere", "../zoneinfo/Etc/UTC", "/Etc/UTC", "Etc",
                                 "right/Europe/Berlin", "zone.tab", "CST6CDT7", "Etc/UTC\n"}) {
            const auto parser = TimeParser::create("", name);
            QVERIFY2(!parser && parser.error().code == ErrorCode::Usage, name);
        }
    }

    // What Qt says of an instant's wall time leads back to the instant, or, where the wall showed
    // the time twice, to the earlier one.
    void equalsQtInManyZones() {
        std::mt19937_64 random(2);
        for (const char* name :
             {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
              "Pacific/Apia", "Africa/Casablanca", "America/Sao_Paulo", "Asia/Tehran"}) {
            const QTimeZone zone(name);
            auto parser = TimeParser::create("", name);
            QVERIFY(parser);
            std::vector<std::int64_t> instants;
            instants.reserve(500);
            for (int i = 0; i < 500; ++i) {
                instants.push_back(at(1990, 1, 1) +
                                   static_cast<std::int64_t>(random() % 1'200'000'000));
            }
            const auto changes = zone.transitions(QDateTime::fromSecsSinceEpoch(at(2005, 1, 1)),
                                                  QDateTime::fromSecsSinceEpoch(at(2015, 1, 1)));
            for (const auto& change : changes) {
                for (std::int64_t around = -7200; around <= 7200; around += 600) {
                    instants.push_back(change.atUtc.toSecsSinceEpoch() + around);
                }
            }
            for (const std::int64_t instant : instants) {
                const auto offset = [&](std::int64_t utc) {
                    return zone.offsetFromUtc(QDateTime::fromSecsSinceEpoch(utc, Qt::UTC));
                };
                const std::int64_t wall = instant + offset(instant);
                std::int64_t expected = instant;
                for (const auto& change : changes) {
                    const std::int64_t earlier = wall - offset(change.atUtc.toSecsSinceEpoch() - 1);
                    if (earlier < change.atUtc.toSecsSinceEpoch() &&
                        earlier + offset(earlier) == wall) {
                        expected = std::min(expected, earlier);
                    }
                }
                const QDateTime shown = QDateTime::fromSecsSinceEpoch(wall, Qt::UTC);
                const QString text = shown.toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss"));
                QVERIFY2(parser->parse(text.toStdString()) == Seconds(expected),
                         qPrintable(QString::fromLatin1(name) + ' ' + text));
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestTimeParser)
#include "test_time_parser.moc"
