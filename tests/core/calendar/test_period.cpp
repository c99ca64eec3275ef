// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cstdlib>
#include <ctime>

#include "core/calendar/period.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using test::below;

namespace {

constexpr Granularity kAll[] = {Granularity::Hour, Granularity::Day, Granularity::Week,
                                Granularity::Month, Granularity::Year};

Period period(const char* text) {
    return parsePeriod(text).value_or(Period{Granularity::Year, 0});
}

std::string name(std::optional<Period> p) {
    return p ? std::string(nameOf(p->granularity)) + " " + toText(*p) : "nothing";
}

} // namespace

class TestPeriod : public QObject {
    Q_OBJECT
private slots:
    void initTestCase_data() {
        QTest::addColumn<QByteArray>("zone");
        QTest::newRow("Pacific/Kiritimati") << QByteArray("Pacific/Kiritimati");
        QTest::newRow("America/New_York") << QByteArray("America/New_York");
    }
    void init() {
        QFETCH_GLOBAL(QByteArray, zone);
        ::setenv("TZ", zone.constData(), 1);
        ::tzset();
    }

    void reads_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected"); // "nothing" for what is no period
        const auto row = [](const char* text, const char* expected) {
            QTest::newRow(*text == '\0' ? "empty" : text)
                << QByteArray(text) << QByteArray(expected);
        };
        row("2020", "year 2020");
        row("987", "year 0987");
        row("9999", "year 9999");
        row("2020-1", "month 2020-01");
        row("2020-01", "month 2020-01");
        row("2020-12", "month 2020-12");
        row("2020-W4", "week 2020-W04");
        row("2020-W04", "week 2020-W04");
        row("2020-W53", "week 2020-W53");
        row("2020-1-5", "day 2020-01-05");
        row("2020-02-29", "day 2020-02-29");
        row("2000-2-29", "day 2000-02-29");
        row("2020-1-25T5", "hour 2020-01-25T05");
        row("2020-01-25T00", "hour 2020-01-25T00");
        row("2020-01-25T23", "hour 2020-01-25T23");
        for (const char* text :
             {"",           "0",           "0000",          "-2020",       "+2020",
              "10000",      "2020-",       "2020-0",        "2020-00",     "2020-13",
              "2020-001",   "2020-1-",     "2020-1-0",      "2020-1-32",   "2020-4-31",
              "2020-02-30", "2021-02-29",  "1900-02-29",    "2020-W",      "2020-W0",
              "2020-W54",   "2021-W53",    "2019-W53",      "2020-W004",   "2020-w04",
              "W2020-4",    "2020-1-25T",  "2020-1-25T24",  "2020-1-25t5", "2020-1-25 5",
              "2020-1-25-", "2020-1-25-5", "2020-1-25T005", " 2020",       "2020 ",
              "2020x",      "20 20",       "day",           "2020-1-1-1-1"}) {
            row(text, "nothing");
        }
    }
    void reads() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(name(parsePeriod(text.toStdString())), expected.toStdString());
    }

    // A key is dated only when the period prints back to the same bytes.
    void readsKeys_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* text, const char* expected) {
            QTest::newRow(*text == '\0' ? "empty" : text)
                << QByteArray(text) << QByteArray(expected);
        };
        row("2020-1-25-15", "hour 2020-01-25T15");
        row("2020-1-25-0", "hour 2020-01-25T00");
        row("2020-1-25", "day 2020-01-25");
        row("2020-12-31", "day 2020-12-31");
        row("W2020-4", "week 2020-W04");
        row("W2020-53", "week 2020-W53");
        row("2020-1", "month 2020-01");
        row("2020-12", "month 2020-12");
        for (const char* text : {"",
                                 "2020",
                                 "2020-01",
                                 "2020-1-05",
                                 "2020-01-5",
                                 "W2020-04",
                                 "W2020",
                                 "W2020-",
                                 "W2021-53",
                                 "W2020-0",
                                 "2020-W4",
                                 "w2020-4",
                                 "2020-1-25-05",
                                 "2020-1-25-24",
                                 "2020-1-25T15",
                                 "2020-13",
                                 "2020-2-30",
                                 "2020-0",
                                 "2020-1-",
                                 "02020-1",
                                 "2020-1-25-",
                                 "2020-1-25-1-1",
                                 "u",
                                 "W",
                                 "-",
                                 "WW2020-4",
                                 "2020-1 "}) {
            row(text, "nothing");
        }
    }
    void readsKeys() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        const auto read = parseBitmapist(text.toStdString());
        QCOMPARE(name(read), expected.toStdString());
        if (read) {
            QCOMPARE(toBitmapist(*read), text.toStdString());
        }
    }

    // What is read is what would be printed, byte by byte, and nothing that is printed is not read.
    void readsWhatIsPrinted() {
        std::mt19937_64 random(32);
        constexpr std::string_view kBytes = "0123456789-WTu 0129--";
        int read = 0;
        for (int round = 0; round < 200'000; ++round) {
            const Granularity granularity = kAll[below(random, std::size(kAll))];
            const Instant instant(std::chrono::seconds(
                static_cast<std::int64_t>(below(random, 300'000'000'000)) - 60'000'000'000));
            const Period p = periodAt(granularity, instant);
            std::string text = toBitmapist(p);
            QVERIFY((parseBitmapist(text) == p) == (granularity != Granularity::Year));
            for (std::size_t changes = below(random, 3); changes > 0; --changes) {
                const std::size_t at = below(random, text.size());
                const char byte = kBytes[below(random, kBytes.size())];
                if (below(random, 2) == 0) {
                    text.insert(at, 1, byte);
                } else {
                    text[at] = byte;
                }
            }
            if (const auto changed = parseBitmapist(text)) {
                ++read;
                QCOMPARE(toBitmapist(*changed), text);
            }
        }
        QVERIFY(read > 50'000);
    }

    void knowsTheAwkwardWeeks() {
        const auto weekOf = [](const char* day) {
            return toText(periodAt(Granularity::Week, startOf(period(day))));
        };
        QCOMPARE(weekOf("2018-12-31"), std::string("2019-W01"));
        QCOMPARE(weekOf("2021-01-03"), std::string("2020-W53"));
        QCOMPARE(weekOf("2016-01-03"), std::string("2015-W53"));
        QCOMPARE(weekOf("2027-01-01"), std::string("2026-W53"));
    }

    void shifts() {
        QCOMPARE(toText(shifted(period("2020-02-28"), 2)), std::string("2020-03-01"));
        QCOMPARE(toText(shifted(period("2020-01"), -1)), std::string("2019-12"));
        QCOMPARE(toText(shifted(period("2020-W53"), 1)), std::string("2021-W01"));
        QCOMPARE(toText(shifted(period("2020-01-01T00"), -1)), std::string("2019-12-31T23"));
        QCOMPARE(toText(shifted(period("2020"), -20)), std::string("2000"));
        std::mt19937_64 random(31);
        for (int round = 0; round < 20'000; ++round) {
            const Granularity granularity = kAll[below(random, std::size(kAll))];
            const Instant instant(std::chrono::seconds(
                static_cast<std::int64_t>(below(random, 8'000'000'000)) - 4'000'000'000));
            const Period p = periodAt(granularity, instant);
            QVERIFY(startOf(p) <= instant && instant < endOf(p));
            QVERIFY(periodAt(granularity, startOf(p)) == p);
            QVERIFY(periodAt(granularity, endOf(p)) == shifted(p, 1));
            QVERIFY(currentPeriod(granularity, endOf(p)) == p);
            QVERIFY(endOf(p) == startOf(shifted(p, 1)));
            const auto steps = static_cast<std::int64_t>(below(random, 200)) - 100;
            QVERIFY(shifted(shifted(p, steps), -steps) == p);
            QCOMPARE(shifted(p, steps).index - p.index, steps);
            QVERIFY(parsePeriod(toText(p)) == p);
        }
    }

    void staysWithinTheYears() {
        const std::pair<const char*, const char*> ends[] = {{"0001", "9999"},
                                                            {"0001-01", "9999-12"},
                                                            {"0001-W01", "9999-W52"},
                                                            {"0001-01-01", "9999-12-31"},
                                                            {"0001-01-01T00", "9999-12-31T23"}};
        for (const auto& [first, last] : ends) {
            QCOMPARE(toText(period(first)), std::string(first));
            QCOMPARE(toText(period(last)), std::string(last));
            for (const std::int64_t far : {std::int64_t{1}, std::int64_t{1} << 33U, INT64_MAX}) {
                QCOMPARE(toText(shifted(period(first), -far)), std::string(first));
                QCOMPARE(toText(shifted(period(last), far)), std::string(last));
            }
            QCOMPARE(toText(shifted(period(first), INT64_MIN)), std::string(first));
            QVERIFY(startOf(period(first)) < endOf(period(last)));
        }
        QVERIFY(!parsePeriod("9999-W53"));
    }

    void splitsIntoParts() {
        const auto parts = [](const char* text, Granularity finer) {
            const PeriodRange range = partsOf(period(text), finer);
            return toText({finer, range.first}) + " " + toText({finer, range.last - 1}) + " " +
                   std::to_string(range.size());
        };
        QCOMPARE(parts("2020", Granularity::Month), std::string("2020-01 2020-12 12"));
        QCOMPARE(parts("2020", Granularity::Day), std::string("2020-01-01 2020-12-31 366"));
        QCOMPARE(parts("2021-02", Granularity::Day), std::string("2021-02-01 2021-02-28 28"));
        QCOMPARE(parts("2020-W53", Granularity::Day), std::string("2020-12-28 2021-01-03 7"));
        QCOMPARE(parts("2021-01-03", Granularity::Hour),
                 std::string("2021-01-03T00 2021-01-03T23 24"));
        QCOMPARE(parts("2021-01-03", Granularity::Day), std::string("2021-01-03 2021-01-03 1"));
        const PeriodRange range = partsOf(period("2020-W53"), Granularity::Day);
        QVERIFY(range.contains(period("2021-01-03")) && !range.contains(period("2021-01-04")));
        QVERIFY(!range.contains(period("2020-12-27")) && !range.contains(period("2020-12")));
    }

    void readsInstants() {
        for (const char* text :
             {"1970-01-01T00:00:00Z", "2026-11-22T23:59:59Z", "0001-01-01T00:00:00Z",
              "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "2020-02-29T12:34:56Z",
              "10000-01-01T00:00:00Z", "10000-01-03T00:00:00Z"}) { // where periods of 9999 end
            const auto instant = parseIso(text);
            QVERIFY2(instant.has_value(), text);
            QCOMPARE(toIso(*instant), std::string(text));
        }
        QCOMPARE(parseIso("1970-01-02T01:01:01Z")->time_since_epoch().count(), 90061);
        QCOMPARE(parseIso("1969-12-31T23:59:59Z")->time_since_epoch().count(), -1);
        for (const char* text :
             {"", "2026-11-22", "2026-11-22T23:59:59", "2026-11-22 23:59:59Z",
              "2026-11-22T24:00:00Z", "2026-11-22T23:60:00Z", "2026-11-22T23:59:60Z",
              "2026-02-29T00:00:00Z", "2026-11-22T23:59:59z", "2026-11-22T3:59:59ZZ",
              "2026-11-22T23:59:59Z ", "2026-1-22T023:59:59Z", "2026-11-22T23:59:5Z",
              "0000-12-31T00:00:00Z", "10000-01-03T00:00:01Z", "02026-11-22T23:59:59Z"}) {
            QVERIFY2(!parseIso(text), text);
        }
    }

    void readsAsOf() {
        QCOMPARE(toIso(parseAsOf("2026-11-22").value()), std::string("2026-11-23T00:00:00Z"));
        QCOMPARE(toIso(parseAsOf("2026-11-22T15").value()), std::string("2026-11-22T16:00:00Z"));
        const Instant asOf = parseAsOf("2018-12-31").value();
        QCOMPARE(toText(currentPeriod(Granularity::Hour, asOf)), std::string("2018-12-31T23"));
        QCOMPARE(toText(currentPeriod(Granularity::Day, asOf)), std::string("2018-12-31"));
        QCOMPARE(toText(currentPeriod(Granularity::Week, asOf)), std::string("2019-W01"));
        QCOMPARE(toText(currentPeriod(Granularity::Month, asOf)), std::string("2018-12"));
        QCOMPARE(toText(currentPeriod(Granularity::Year, asOf)), std::string("2018"));
        for (const char* text : {"", "2026", "2026-11", "2026-W40", "2026-02-30", "today"}) {
            QVERIFY2(!parseAsOf(text), text);
        }
    }

    void namesGranularities() {
        for (const Granularity granularity : kAll) {
            QVERIFY(granularityNamed(nameOf(granularity)) == granularity);
        }
        QVERIFY(!granularityNamed("days") && !granularityNamed("") && !granularityNamed("Day"));
    }
};

QTEST_APPLESS_MAIN(TestPeriod)
#include "test_period.moc"
