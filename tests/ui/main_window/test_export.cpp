// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves the window: copies of figures, CSV and a picture.
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <QTimer>

#include "tests/ui/answer_dialogs.h"
#include "tests/ui/main_window/opened_window.h"
#include "ui/retention/heatmap_view.h"

using namespace cohortist;
using namespace cohortist::test;

class TestExport : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void copiesFiguresBetweenTabs() {
        ActiveWindow it;
        QVERIFY(it.isReady);
        const auto clipboard = [] { return QApplication::clipboard()->text(); };
        it.action("Copy table")->trigger();
        QStringList lines = clipboard().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 33); // mean, 31 rows, and what stands behind the last line's end
        QCOMPARE(lines[1].count(QLatin1Char('\t')), 13);
        QVERIFY(lines[1].startsWith(QStringLiteral("100\t100.0\t1")));
        it.action("Copy table with headings")->trigger();
        lines = clipboard().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 34);
        QVERIFY(lines[0].startsWith(QStringLiteral("\tusers\tday 0\tday 1\t")));
        QVERIFY(lines[1].startsWith(QStringLiteral("Mean\t3100\t")));
        QVERIFY(lines[2].startsWith(QStringLiteral("Fri 10 Apr\t100\t100.0\t")));

        it.page.heatmap().select(it.page.model().index(1, 1));
        it.action("Copy table")->trigger();
        QCOMPARE(clipboard(), QStringLiteral("100.0\n"));

        it.press("Table");
        auto* selection = it.table().selectionModel();
        selection->select({it.page.model().index(1, 0), it.page.model().index(2, 1)},
                          QItemSelectionModel::ClearAndSelect);
        it.action("Copy table")->trigger();
        QCOMPARE(clipboard(), QStringLiteral("100\t100.0\n100\t100.0\n"));
    }

    // Ctrl and a click add cells: what lies between them belongs to no selection, but the copy is
    // the rectangle that holds them all.
    void copiesAllThatIsSelected() {
        ActiveWindow it;
        QVERIFY(it.isReady);
        it.press("Table");
        auto* selection = it.table().selectionModel();
        selection->select(it.page.model().index(3, 1), QItemSelectionModel::ClearAndSelect);
        selection->select(it.page.model().index(1, 0), QItemSelectionModel::Select);
        it.action("Copy table")->trigger();
        QCOMPARE(QApplication::clipboard()->text(),
                 QStringLiteral("100\t100.0\n100\t100.0\n100\t100.0\n"));
    }

    void nothingToCopyWithoutATable() {
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        QApplication::clipboard()->setText(QStringLiteral("kept"));
        window.retentionPage().copy(true);
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("kept"));
        for (auto* action : window.findChildren<QAction*>()) {
            if (action->text().contains(QStringLiteral("able "))) { // "Save table as", …
                QVERIFY(!action->isEnabled());
            }
        }
    }

    void savesCsvAndPng() {
        ActiveWindow it;
        QVERIFY(it.isReady);
        const QTemporaryDir folder;
        const QString csv = folder.filePath(QStringLiteral("table.csv"));
        answerFileDialog(csv);
        it.action("Save table as CSV…")->trigger();
        QCOMPARE(bytesOf(csv).toStdString(),
                 retentionCsv(*it.page.model().table(), RetentionUnit::Percent,
                              RetentionMean::Weighted));
        const QString png = folder.filePath(QStringLiteral("table.png"));
        answerFileDialog(png);
        it.action("Save table as PNG…")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(png), 10'000);
        const QImage image(png);
        QVERIFY(image.width() > 800 && image.height() > 800);
        QVERIFY(it.page.findChild<Banner*>()->isHidden());

        answerFileDialog(folder.filePath(QStringLiteral("no/such/folder.csv")));
        QTimer::singleShot(2000, &it.window, [] { // should the dialog itself complain
            while (QWidget* modal = QApplication::activeModalWidget()) {
                modal->close();
            }
        });
        it.action("Save table as CSV…")->trigger();
        QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("no"))));
    }
};

QTEST_MAIN(TestExport)
#include "test_export.moc"
