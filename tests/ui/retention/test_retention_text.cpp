// SPDX-License-Identifier: GPL-3.0-or-later
// Headings and sentences of tables that no small source makes, brackets as they are typed, and
// notes. The sentences of every state are in tests/data/ui.
#include <QLocale>
#include <QTest>

#include "ui/retention/retention_text.h"

using namespace cohortist;

namespace {

using Table = RetentionQuestion::Kind;

// One row, one figure: 312 of 1,204 in column 7.
RetentionResult tableWith(std::uint64_t count, std::uint64_t base, int column) {
    RetentionResult table;
    table.question.cohort = *parseQuery("signup@period");
    table.question.returned = *parseQuery("active@period");
    table.question.columns = column;
    RetentionRow row;
    row.period = *parsePeriod("2026-05-03");
    row.size = base;
    row.cells.resize(static_cast<std::size_t>(column) + 1);
    RetentionCell& cell = row.cells.back();
    cell.state = RetentionCell::State::Value;
    cell.count = count;
    cell.base = base;
    if (base > 0) {
        const Interval interval = wilsonInterval(count, base);
        cell.rate = static_cast<double>(count) / static_cast<double>(base);
        cell.low = interval.low;
        cell.high = interval.high;
    }
    table.rows = {row};
    table.weightedMean.resize(row.cells.size());
    table.simpleMean.resize(row.cells.size());
    table.rowsUsed.resize(row.cells.size());
    return table;
}

} // namespace

class TestRetentionText : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void saysTheWholeSentence() {
        QCOMPARE(cellSentence(tableWith(312, 1204, 7), 0, 7),
                 QStringLiteral("312 of 1,204 users who did signup on 3 May 2026 did active 7 days "
                                "later: 25.9 %, 95 % interval 23.5–28.5"));
        QCOMPARE(cellSentence(tableWith(1, 1, 1), 0, 1),
                 QStringLiteral("1 of 1 user who did signup on 3 May 2026 did active 1 day later: "
                                "100.0 %, 95 % interval 20.7–100.0"));
    }

    void figuresFollowTheLocale() {
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        const QString sentence = cellSentence(tableWith(312, 1204, 7), 0, 7);
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QVERIFY2(sentence.contains(QStringLiteral("1.204")), qPrintable(sentence));
        QVERIFY2(sentence.contains(QStringLiteral("25,9 %")), qPrintable(sentence));
        // Words are in the language of the translation, not of the figures.
        QVERIFY2(sentence.contains(QStringLiteral("3 May 2026")), qPrintable(sentence));
    }

    void hasNoRateOfNobody() {
        RetentionResult table = tableWith(0, 0, 1);
        table.question.base = RetentionQuestion::Base::Previous;
        QCOMPARE(figureText(table.rows[0].cells[1], {}), QString());
        QCOMPARE(
            figureText(table.rows[0].cells[1], {RetentionUnit::Users, RetentionMean::Weighted}),
            QStringLiteral("0"));
        QVERIFY(cellSentence(table, 0, 1).endsWith(QStringLiteral("no rate")));
        // The cell is complete: it has its part in a mean of users, and none in a mean of rates.
        QCOMPARE(meanSentence(table, {RetentionUnit::Users, RetentionMean::Weighted}, 1),
                 QStringLiteral("0.0 users on average at day 1, over the rows that are complete "
                                "(1 / 1)."));
        QCOMPARE(meanSentence(table, {}, 1),
                 QStringLiteral("No mean: no row has a complete day 1."));
    }

    void meansSayHowTheyWeigh() {
        RetentionResult table = tableWith(312, 1204, 7);
        table.weightedMean[7] = 0.259;
        table.simpleMean[7] = 0.301;
        table.rowsUsed[7] = 1;
        QCOMPARE(meanSentence(table, {}, 7),
                 QStringLiteral("25.9 % at day 7, weighted by the rows' sizes, over the rows that "
                                "are complete (1 / 1)."));
        QCOMPARE(meanSentence(table, {RetentionUnit::Percent, RetentionMean::Simple}, 7),
                 QStringLiteral("30.1 % at day 7, each row counting the same, over the rows that "
                                "are complete (1 / 1)."));
    }

    void churnOfMoreThanAllIsToldAsReturn() {
        RetentionResult table = tableWith(5, 10, 1);
        table.question.isChurn = true;
        QVERIFY(cellSentence(table, 0, 1).startsWith(QStringLiteral("5 of 10 users")));
        QVERIFY(cellSentence(table, 0, 1).contains(QStringLiteral("did not do active")));
    }

    void cutsLongQueries() {
        RetentionResult table = tableWith(1, 2, 1);
        table.question.cohort = *parseQuery("\"" + std::string(300, 'x') + "\"@period");
        const QString sentence = cellSentence(table, 0, 1, 20);
        QVERIFY(sentence.contains(QStringLiteral("xxxxxxxxxx…xxxxxxxxx ")));
        QVERIFY(sentence.size() < 140);
    }

    void headsColumns() {
        RetentionQuestion question;
        QCOMPARE(columnHeading(question, 3), QStringLiteral("day 3"));
        question.by = Granularity::Week;
        QCOMPARE(columnHeading(question, 0), QStringLiteral("week 0"));
        question.kind = Table::Bracket;
        question.brackets = {{0, 0}, {4, 7}};
        QCOMPARE(columnHeading(question, 0), QStringLiteral("week 0"));
        QCOMPARE(columnHeading(question, 1), QStringLiteral("week 4-7"));
    }

    void readsBrackets_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("normal"); // empty: these are none
        const auto row = [](const char* text, const char* normal) {
            QTest::newRow(*text == '\0' ? "nothing" : text)
                << QString::fromUtf8(text) << QString::fromUtf8(normal);
        };
        row("0", "0");
        row("0,1-3,4-7", "0, 1-3, 4-7");
        row(" 0 , 1 - 3 ", "0, 1-3");
        row("1–3", "1-3"); // as a text program writes it
        row("3-3", "3");
        row("", "");
        row(",", "");
        row("1,", "");
        row("3-1", "");
        row("-1", "");
        row("1-", "");
        row("1-2-3", "");
        row("a", "");
        row("1 2", "");
        row("99999999999", "");
    }
    void readsBrackets() {
        QFETCH(QString, text);
        QFETCH(QString, normal);
        const auto brackets = parseBrackets(text);
        QCOMPARE(brackets.has_value(), !normal.isEmpty());
        if (brackets) {
            QCOMPARE(bracketsText(*brackets), normal);
            QVERIFY(parseBrackets(bracketsText(*brackets)) == brackets);
        }
    }

    void spansYearsOfRows() {
        RetentionResult table = tableWith(1, 2, 0);
        QVERIFY(!spansYears(table));
        table.rows.insert(table.rows.begin(), table.rows.front());
        table.rows.front().period = *parsePeriod("2025-12-31");
        QVERIFY(spansYears(table));
        QVERIFY(!spansYears(RetentionResult()));
    }

    void notesWhatAReaderMustKnow() {
        RetentionResult table = tableWith(1, 2, 0);
        QVERIFY(tableNotes(table).isEmpty());
        table.question.kind = Table::After;
        table.question.isFirstTime = true;
        table.knownSince = *parsePeriod("2026-01-01");
        const QStringList notes = tableNotes(table);
        QCOMPARE(notes.size(), 2);
        QVERIFY(notes[0].contains(QStringLiteral("1 Jan 2026")));
    }
};

QTEST_APPLESS_MAIN(TestRetentionText)
#include "test_retention_text.moc"
