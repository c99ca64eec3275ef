// SPDX-License-Identifier: GPL-3.0-or-later
// Every day from 1900 to 2200 against a table made by Python's isocalendar, whatever the zone that
// the machine stands in.
#include <QFile>
#include <QTest>

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/calendar/period.h"

using namespace cohortist;

namespace {

constexpr std::int32_t kFirstDay = -25567; // 1900-01-01 counted from 1970-01-01

// A date that is counted on by hand: knows nothing of the library's calendar.
struct Date {
    int year = 1900;
    int month = 1;
    int day = 1;
    bool operator==(const Date&) const = default;

    [[nodiscard]] int monthLength() const {
        const bool isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        static constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        return month == 2 && isLeap ? 29 : kLengths[month - 1];
    }
    void advance() {
        if (++day > monthLength()) {
            day = 1;
            month = month % 12 + 1;
            year += month == 1 ? 1 : 0;
        }
    }
};

struct IsoYear {
    int year = 0;
    Date monday;
    int weeks = 0;
};

std::vector<IsoYear> readTable() {
    std::vector<IsoYear> table;
    QFile file(QStringLiteral(COHORTIST_TEST_DATA "/calendar/iso_weeks.txt"));
    if (!file.open(QIODevice::ReadOnly)) {
        return table;
    }
    for (const QByteArray& line : file.readAll().split('\n')) {
        IsoYear row;
        if (std::sscanf(line.constData(), "%d %d-%d-%d %d", &row.year, &row.monday.year,
                        &row.monday.month, &row.monday.day, &row.weeks) == 5) {
            table.push_back(row);
        }
    }
    return table;
}

std::string text(const char* format, auto... numbers) {
    return QString::asprintf(format, numbers...).toStdString();
}

// How the library writes a period and reads it back.
struct Written {
    Period period;
    std::string text;
    std::string bitmapist; // empty: bitmapist stores none
};

QString misread(const Written& w) {
    if (toText(w.period) != w.text || parsePeriod(w.text) != w.period) {
        return QString::fromStdString(w.text + " is written as " + toText(w.period));
    }
    const bool isStored = !w.bitmapist.empty();
    if (isStored &&
        (toBitmapist(w.period) != w.bitmapist || parseBitmapist(w.bitmapist) != w.period)) {
        return QString::fromStdString(w.bitmapist + " is written as " + toBitmapist(w.period));
    }
    return {};
}

} // namespace

class TestIsoWeeks : public QObject {
    Q_OBJECT
private slots:
    void equalsThePythonTable_data() {
        QTest::addColumn<QByteArray>("zone");
        for (const char* zone : {"Pacific/Kiritimati", "America/New_York", "UTC"}) {
            QTest::newRow(zone) << QByteArray(zone);
        }
    }
    void equalsThePythonTable() {
        QFETCH(QByteArray, zone);
        QCOMPARE(::setenv("TZ", zone.constData(), 1), 0);
        ::tzset();
        const std::vector<IsoYear> table = readTable();
        QCOMPARE(table.size(), std::size_t{302});
        Date date;
        auto isoYear = table.begin();
        int daysIntoYear = 0; // of the ISO year
        for (std::int32_t index = kFirstDay; date.year <= 2200; ++index, ++daysIntoYear) {
            if (std::next(isoYear) != table.end() && date == std::next(isoYear)->monday) {
                QCOMPARE(daysIntoYear, isoYear->weeks * 7);
                ++isoYear;
                daysIntoYear = 0;
            }
            const Period day{Granularity::Day, index};
            const Instant noon = startOf(day) + std::chrono::hours(12);
            const Period week = periodAt(Granularity::Week, noon);
            const int weekNumber = daysIntoYear / 7 + 1;
            const Written all[] = {
                {day, text("%04d-%02d-%02d", date.year, date.month, date.day),
                 text("%d-%d-%d", date.year, date.month, date.day)},
                {week, text("%04d-W%02d", isoYear->year, weekNumber),
                 text("W%d-%d", isoYear->year, weekNumber)},
                {periodAt(Granularity::Hour, noon),
                 text("%04d-%02d-%02dT12", date.year, date.month, date.day),
                 text("%d-%d-%d-12", date.year, date.month, date.day)},
                {periodAt(Granularity::Month, noon), text("%04d-%02d", date.year, date.month),
                 text("%d-%d", date.year, date.month)},
                {periodAt(Granularity::Year, noon), text("%04d", date.year), {}}};
            for (const Written& written : all) {
                QCOMPARE(misread(written), QString());
            }
            QCOMPARE(weekdayOf(day), daysIntoYear % 7);
            QCOMPARE(startOf(day).time_since_epoch().count(), std::int64_t{index} * 86400);
            QCOMPARE(endOf(day) - startOf(day), std::chrono::seconds(86400));
            const PeriodRange days = partsOf(week, Granularity::Day);
            QCOMPARE(days.first, index - daysIntoYear % 7);
            QCOMPARE(days.size(), std::int64_t{7});
            QVERIFY(days.contains(day));
            const PeriodRange ofMonth = partsOf(all[3].period, Granularity::Day);
            QCOMPARE(ofMonth.first, index - date.day + 1);
            QCOMPARE(ofMonth.size(), std::int64_t{date.monthLength()});
            date.advance();
        }
        QVERIFY(std::next(isoYear) == table.end());
    }
};

QTEST_APPLESS_MAIN(TestIsoWeeks)
#include "test_iso_weeks.moc"
