// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers, dates and messages as the window writes them.
#include <QFontMetricsF>
#include <QLocale>
#include <QTest>
#include <QTextDocument>

#include "ui/common/messages.h"
#include "ui/common/numbers.h"

using namespace cohortist;

namespace {

Period period(const char* text) {
    return *parsePeriod(text);
}

Error error(const char* what, const char* why, const char* advice) {
    return {ErrorCode::Damaged, {what, {}}, {why, {}}, {advice, {}}, {}, {}};
}

} // namespace

class TestTexts : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void writesNumbers() {
        QCOMPARE(countText(0), QStringLiteral("0"));
        QCOMPARE(countText(1204), QStringLiteral("1,204"));
        QCOMPARE(countText(UINT64_MAX), QStringLiteral("18,446,744,073,709,551,615"));
        QCOMPARE(rateText(0.2591), QStringLiteral("25.9"));
        QCOMPARE(rateText(1), QStringLiteral("100.0"));
        QCOMPARE(rateText(0), QStringLiteral("0.0"));
        QCOMPARE(rateText(-0.0), QStringLiteral("0.0"));
        QCOMPARE(decimalText(1204.34), QStringLiteral("1,204.3"));
        QCOMPARE(durationText(0.2), QStringLiteral("under 1 ms"));
        QCOMPARE(durationText(4.2), QStringLiteral("4 ms"));
        QCOMPARE(durationText(1234), QStringLiteral("1.2 s"));
        QCOMPARE(durationText(999.7), QStringLiteral("1.0 s")); // not 1,000 ms
    }

    void writesPeriods_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("label");
        QTest::addColumn<QString>("labelWithYear");
        QTest::addColumn<QString>("when");
        const auto row = [](const char* text, const char* label, const char* withYear,
                            const char* when) {
            QTest::newRow(text) << QByteArray(text) << QString::fromUtf8(label)
                                << QString::fromUtf8(withYear) << QString::fromUtf8(when);
        };
        row("2026-11-09", "Mon 9 Nov", "Mon 9 Nov 2026", "on 9 Nov 2026");
        row("2026-11-09T07", "Mon 9 Nov 07:00", "Mon 9 Nov 2026 07:00", "at 07:00 on 9 Nov 2026");
        row("2026-W46", "Week of 9 Nov", "Week of 9 Nov 2026", "in the week of 9 Nov 2026");
        row("2026-11", "Nov 2026", "Nov 2026", "in November 2026");
        row("2026", "2026", "2026", "in 2026");
        row("0001-01-01", "Mon 1 Jan", "Mon 1 Jan 0001", "on 1 Jan 0001");
        row("9999-12-31", "Fri 31 Dec", "Fri 31 Dec 9999", "on 31 Dec 9999");
    }
    void writesPeriods() {
        QFETCH(QByteArray, text);
        QFETCH(QString, label);
        QFETCH(QString, labelWithYear);
        QFETCH(QString, when);
        const Period p = period(text.constData());
        QCOMPARE(rowLabel(p, false), label);
        QCOMPARE(rowLabel(p, true), labelWithYear);
        QCOMPARE(whenText(p), when);
    }

    void writesSteps() {
        QCOMPARE(laterText(0, Granularity::Day), QStringLiteral("on the same day"));
        QCOMPARE(laterText(0, Granularity::Hour), QStringLiteral("in the same hour"));
        QCOMPARE(laterText(1, Granularity::Week), QStringLiteral("1 week later"));
        QCOMPARE(laterText(1000, Granularity::Month), QStringLiteral("1,000 months later"));
        QCOMPARE(stepsText(7, Granularity::Year), QStringLiteral("7 years"));
        QCOMPARE(unitName(Granularity::Hour), QStringLiteral("hour"));
    }

    void figuresAreEquallyWide() {
        const QFontMetricsF metrics(figureFont(QFont()));
        for (const char digit : std::string("123456789")) {
            QVERIFY(qAbs(metrics.horizontalAdvance(QLatin1Char(digit)) -
                         metrics.horizontalAdvance(QLatin1Char('0'))) <= 0.01);
        }
    }

    void putsArgumentsInOnce() {
        // A name with %1 in it is a name.
        QCOMPARE(translated(message("core", "%2 is not %1", std::string("%2"), std::string("%1"))),
                 QStringLiteral("%1 is not %2"));
        QCOMPARE(translated(message("core", "100 % of %1 %9", std::string("a"))),
                 QStringLiteral("100 % of a %9"));
        QCOMPARE(translated({}), QString());
    }

    void makesSentences() {
        QCOMPARE(whatAndWhy(error("cannot open x", "it is gone", "")),
                 QStringLiteral("Cannot open x: it is gone."));
        QCOMPARE(whole(error("cannot open x", "it is gone", "Look elsewhere.")),
                 QStringLiteral("Cannot open x: it is gone. Look elsewhere."));
        QCOMPARE(whole(error("cannot open x", "", "")), QStringLiteral("Cannot open x."));
        QCOMPARE(whole(error("", "", "")), QString());
    }

    void findsPlacesInCharacters() {
        // é is two bytes, 注 three, a face four and two UTF-16 units.
        const QString text = QString::fromUtf8("\xc3\xa9 \xe6\xb3\xa8 \xf0\x9f\x98\x80 x");
        const auto at = [&text](std::size_t offset, std::size_t length) {
            const CharacterSpan span = inCharacters(text, {offset, length});
            return text.mid(span.offset, span.length);
        };
        QCOMPARE(at(0, 2), QString::fromUtf8("\xc3\xa9"));
        QCOMPARE(at(3, 3), QString::fromUtf8("\xe6\xb3\xa8"));
        QCOMPARE(at(7, 4), QString::fromUtf8("\xf0\x9f\x98\x80"));
        QCOMPARE(at(12, 1), QStringLiteral("x"));
        QCOMPARE(at(13, 0), QString());
        QCOMPARE(at(99, 5), QString()); // beyond the end is the end
    }

    void toolTipsShowMarkupAsItIs() {
        QCOMPARE(plainToolTip(QStringLiteral("a < b\nc")), QStringLiteral("a < b\nc"));
        const QString tip = plainToolTip(QStringLiteral("<b>x</b>\ny"));
        QTextDocument document;
        document.setHtml(tip);
        QVERIFY(document.toPlainText().contains(QStringLiteral("<b>x</b>")));
    }
};

QTEST_MAIN(TestTexts)
#include "test_texts.moc"
