// SPDX-License-Identifier: GPL-3.0-or-later
// The table as it is read: each text in tests/data/ui is a source, a question, and what the model
// must show of the answer.
#include <QAbstractItemModelTester>
#include <QDirIterator>
#include <QFont>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/table_fixture.h"
#include "ui/retention/retention_model.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

QString shown(const RetentionModel& model, int row, int column) {
    if (row < 0) {
        return column < 0 ? QString()
                          : model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    }
    return column < 0 ? model.headerData(row, Qt::Vertical, Qt::DisplayRole).toString()
                      : model.index(row, column).data().toString();
}

// A line a row; row headings to the left, figures to the right, a figure that is not final in
// italics: /25.9/.
QStringList tableText(const RetentionModel& model) {
    QStringList lines;
    for (int row = -1; row < model.rowCount(); ++row) {
        QStringList line;
        for (int column = -1; column < model.columnCount(); ++column) {
            qsizetype width = 0;
            for (int other = -1; other < model.rowCount(); ++other) {
                width = std::max(width, shown(model, other, column).size());
            }
            const QString text = shown(model, row, column);
            line.append(column < 0 ? text.leftJustified(width) : text.rightJustified(width));
        }
        lines.append(line.join(QLatin1String(" | ")));
    }
    return lines;
}

RetentionView viewFrom(const QString& heading) { // "show percent weighted"
    return {heading.contains(QLatin1String("users")) ? RetentionUnit::Users
                                                     : RetentionUnit::Percent,
            heading.contains(QLatin1String("simple")) ? RetentionMean::Simple
                                                      : RetentionMean::Weighted};
}

QStringList trimmedLines(QStringList lines) {
    for (QString& line : lines) {
        while (line.endsWith(QLatin1Char(' '))) {
            line.chop(1);
        }
    }
    return lines;
}

} // namespace

class TestRetentionModel : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void reads_data() {
        QTest::addColumn<QString>("path");
        QDirIterator files(QStringLiteral(COHORTIST_TEST_DATA "/ui"), {QStringLiteral("*.txt")});
        while (files.hasNext()) {
            const QString path = files.next();
            QTest::newRow(qPrintable(files.fileInfo().completeBaseName())) << path;
        }
    }
    void reads() {
        QFETCH(QString, path);
        const TableFixture fixture = readTableFixture(path);
        RetentionModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTable(std::make_shared<const RetentionResult>(tableOf(fixture)));
        QVERIFY(!fixture.expected.empty());
        for (const auto& [heading, expected] : fixture.expected) {
            QStringList actual;
            if (heading.startsWith(QLatin1String("show "))) {
                model.setView(viewFrom(heading));
                actual = tableText(model);
            } else { // say ROW COLUMN
                const QStringList words = heading.split(QLatin1Char(' '));
                const QModelIndex index = model.index(words[1].toInt(), words[2].toInt());
                QVERIFY2(index.isValid(), qPrintable(heading));
                const QString sentence = index.data(Qt::ToolTipRole).toString();
                QCOMPARE(index.data(Qt::AccessibleTextRole).toString(), sentence);
                actual = sentence.split(QLatin1Char('\n'));
            }
            const QString is = trimmedLines(actual).join(QLatin1Char('\n'));
            QVERIFY2(is == trimmedLines(expected).join(QLatin1Char('\n')),
                     qPrintable(QStringLiteral("\n%1\n%2\n").arg(heading, is)));
        }
    }

    void marksWhatIsNotFinal() {
        const TableFixture fixture =
            readTableFixture(QStringLiteral(COHORTIST_TEST_DATA "/ui/states.txt"));
        RetentionModel model;
        const auto table = std::make_shared<const RetentionResult>(tableOf(fixture));
        model.setTable(table);
        int partial = 0;
        for (int row = 1; row < model.rowCount(); ++row) {
            for (int column = 1; column < model.columnCount(); ++column) {
                const QModelIndex index = model.index(row, column);
                const bool isPartial = table->rows[static_cast<std::size_t>(row - 1)]
                                           .cells[static_cast<std::size_t>(column - 1)]
                                           .state == RetentionCell::State::Partial;
                QCOMPARE(index.data(Qt::FontRole).value<QFont>().italic(), isPartial);
                partial += isPartial ? 1 : 0;
            }
        }
        QVERIFY(partial > 0);
        QVERIFY(model.index(0, 1).data(Qt::FontRole).value<QFont>().weight() > QFont::Normal);
    }

    void emptyAndBackAgain() {
        RetentionModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.columnCount(), 0);
        QVERIFY(!model.headerData(0, Qt::Horizontal, Qt::DisplayRole).isValid());
        model.setView({RetentionUnit::Users, RetentionMean::Simple});
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setTable(halvesTable(1, 1));
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.columnCount(), 2);
        QCOMPARE(model.index(1, 1).data().toString(), QStringLiteral("50"));
        QVERIFY(!model.headerData(2, Qt::Horizontal, Qt::DisplayRole).isValid());
        QVERIFY(!model.headerData(2, Qt::Vertical, Qt::DisplayRole).isValid());
        QVERIFY(!model.headerData(-1, Qt::Vertical, Qt::DisplayRole).isValid());
        model.setTable(nullptr);
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(resets.size(), 2);
    }

    void tellsOfAChangedView() {
        RetentionModel model;
        model.setTable(halvesTable(3, 4));
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        model.setView(model.view());
        QCOMPARE(changes.size(), 0);
        model.setView({RetentionUnit::Users, RetentionMean::Weighted});
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes[0][0].toModelIndex(), model.index(0, 0));
        QCOMPARE(changes[0][1].toModelIndex(), model.index(3, 4));
    }

    void holdsAMillionCells() {
        RetentionModel model;
        model.setTable(halvesTable(1000, 1000));
        QCOMPARE(model.rowCount(), 1001);
        QCOMPARE(model.columnCount(), 1001);
        QCOMPARE(model.index(1000, 1000).data().toString(), QStringLiteral("50.0"));
        QCOMPARE(model.headerData(1000, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("day 999"));
    }

    void copiesAsASpreadsheetTakesIt() {
        const TableFixture fixture =
            readTableFixture(QStringLiteral(COHORTIST_TEST_DATA "/ui/copied.txt"));
        RetentionModel model;
        model.setTable(std::make_shared<const RetentionResult>(tableOf(fixture)));
        const auto last = model.index(model.rowCount() - 1, model.columnCount() - 1);
        QCOMPARE(tabSeparated(model, model.index(0, 0), last, false),
                 QStringLiteral("2400\t100.0\t25.0\n"
                                "1200\t100.0\t25.0\n"
                                "1200\t100.0\t50.0\n" // still running, a figure all the same
                                "0\t\t\n"));
        QCOMPARE(tabSeparated(model, model.index(1, 1), model.index(2, 2), true),
                 QStringLiteral("\tday 0\tday 1\n"
                                "Fri 1 May\t100.0\t25.0\n"
                                "Sat 2 May\t100.0\t50.0\n"));
        QCOMPARE(tabSeparated(model, last, last, false), QStringLiteral("\n"));
        model.setView({RetentionUnit::Users, RetentionMean::Weighted});
        QCOMPARE(tabSeparated(model, model.index(0, 2), model.index(1, 2), false),
                 QStringLiteral("300.0\n300\n"));
    }
};

QTEST_MAIN(TestRetentionModel)
#include "test_retention_model.moc"
