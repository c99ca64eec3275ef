// SPDX-License-Identifier: GPL-3.0-or-later
// The import page on real files: what it finds by itself, what the user changes, and what it makes.
#include <QComboBox>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "core/session/session.h"
#include "tests/ui/find_widgets.h"
#include "ui/common/banner.h"
#include "ui/import/import_form.h"
#include "ui/import/import_page.h"
#include "ui/import/preview_model.h"

using namespace cohortist;
using namespace cohortist::test;

class TestImportPage : public QObject {
    Q_OBJECT
private:
    struct Page {
        explicit Page(const QByteArray& log, const QString& name = QStringLiteral("log.csv")) {
            path = folder.filePath(name);
            write(path, log);
            page.show();
            page.setLog(path);
        }
        static void write(const QString& to, const QByteArray& bytes) {
            QFile file(to);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(bytes);
        }
        [[nodiscard]] bool isPreviewed() { return !previewed.isEmpty() || previewed.wait(10'000); }
        [[nodiscard]] bool isPreviewedAgain() {
            previewed.clear();
            return previewed.wait(10'000);
        }
        [[nodiscard]] QAbstractButton* import() const {
            for (const char* text : {"Import", "Import and replace", "Import and add"}) {
                if (auto* found = button(page, text)) {
                    return found;
                }
            }
            return nullptr;
        }
        [[nodiscard]] bool imports() {
            imported.clear();
            import()->click();
            return imported.wait(10'000);
        }
        void choose(const char* box, const char* text) const {
            auto* combo = named<QComboBox>(page, box);
            const int index = combo->findText(QString::fromUtf8(text));
            QVERIFY2(index >= 0, text);
            combo->setCurrentIndex(index);
            emit combo->activated(index);
        }
        [[nodiscard]] QString chosen(const char* box) const {
            return named<QComboBox>(page, box)->currentText();
        }
        [[nodiscard]] QString textsOf(const char* objectName) const {
            QStringList texts;
            for (const auto* label : page.findChildren<QLabel*>(QString::fromLatin1(objectName))) {
                if (label->isVisible()) {
                    texts << label->text();
                }
            }
            return texts.join(QLatin1Char('\n'));
        }
        [[nodiscard]] std::uint64_t count(const char* query) const {
            const auto session = Session::open(page.form().output().toStdString(), {});
            const auto result =
                session ? (*session)->count(*parseQuery(query), {}, {}) : fail(session.error());
            return result ? result->count : UINT64_MAX;
        }
        QTemporaryDir folder;
        QString path;
        JobRunner runner;
        ImportPage page{runner};
        QSignalSpy previewed{&page, &ImportPage::previewed};
        QSignalSpy imported{&page, &ImportPage::imported};
        QSignalSpy failed{&page, &ImportPage::failed};
    };

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void findsEverythingByItself() {
        Page it("Time,User ID,Event,Extra\n2026-11-20 10:00,7,login,x\n"
                "2026-11-21 10:00,8,login,y\n2026-11-21 11:00,7,sign up,z\n");
        QVERIFY(it.isPreviewed());
        QCOMPARE(it.chosen("Column of user ids"), QStringLiteral("User ID"));
        QCOMPARE(it.chosen("Column of event names"), QStringLiteral("Event"));
        QCOMPARE(it.chosen("Column of times"), QStringLiteral("Time"));
        const PreviewModel& preview = it.page.preview();
        QCOMPARE(preview.rowCount(), 3);
        QCOMPARE(preview.columnCount(), 6);
        QCOMPARE(preview.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("User ID → user"));
        QCOMPARE(preview.index(1, 4).data().toString(), QStringLiteral("8"));
        QCOMPARE(preview.index(1, 5).data().toString(), QStringLiteral("2026-11-21 10:00:00"));
        QVERIFY(it.import()->isEnabled());
        QVERIFY(it.textsOf("dim").contains(QStringLiteral("ISO 8601")));
        QVERIFY(it.imports());
        QCOMPARE(it.imported.first().at(0).toString(), it.folder.filePath("log.cohorts"));
        QCOMPARE(it.imported.first().at(1).toString(),
                 QStringLiteral("3 lines of 2 events by 2 users, 20 Nov 2026 to 21 Nov 2026."));
        QCOMPARE(it.count("login@2026-11-21"), 1U);
        QCOMPARE(it.count("login@2026-11"), 2U);
    }

    void takesTheColumnsThatAreChosen() {
        Page it("a,b,c\n1,buy,2026-11-20\n2,buy,2026-11-20\n");
        QVERIFY(it.isPreviewed());
        QVERIFY(!it.import()->isEnabled());
        QVERIFY(it.textsOf("fault").contains(QStringLiteral("no column is recognised as user")));
        QVERIFY(!it.textsOf("fault").contains(QStringLiteral("--"))); // no words of the terminal
        it.choose("Column of user ids", "a");
        it.choose("Column of event names", "b");
        it.choose("Column of times", "c");
        QVERIFY(it.isPreviewedAgain());
        QVERIFY(it.import()->isEnabled());
        QVERIFY(it.textsOf("fault").isEmpty());
        const QHeaderView& heads = *it.page.findChild<QTableView*>()->horizontalHeader();
        for (int column = 0; column < heads.count(); ++column) { // "a → user" is wider than "a"
            QVERIFY(heads.sectionSize(column) >= heads.sectionSizeHint(column));
        }
        QVERIFY(it.imports());
        QCOMPARE(it.count("buy@2026-11-20"), 2U);
    }

    void readsALogWithoutHeader() {
        Page it("5;2026-11-20;login\n6;2026-11-21;login\n");
        QVERIFY(it.isPreviewed());
        QCOMPARE(it.page.preview().headerData(0, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("Column 1"));
        it.choose("Column of user ids", "Column 1");
        it.choose("Column of event names", "Column 3");
        it.choose("Column of times", "Column 2");
        QVERIFY(it.isPreviewedAgain());
        QVERIFY(it.imports());
        QCOMPARE(it.count("login@2026-11"), 2U);
    }

    void aChosenColumnStaysWhenTheHeaderIsDenied() {
        Page it("user,event,time\n1,buy,2026-11-20\n");
        QVERIFY(it.isPreviewed());
        it.choose("Column of user ids", "user");
        it.choose("Column of event names", "event");
        it.choose("Column of times", "time");
        button(it.page, "is data")->click();
        QVERIFY(it.isPreviewedAgain());
        QCOMPARE(it.chosen("Column of times"), QStringLiteral("Column 3"));
        QVERIFY(!it.import()->isEnabled()); // the first line is no event
        button(it.page, "names columns")->click();
        QVERIFY(it.isPreviewedAgain());
        QVERIFY(it.import()->isEnabled());
    }

    void oneEventForAllLines() {
        Page it("id,ts\n1,1763600000\n2,1763600000\n", QStringLiteral("visits.csv"));
        QVERIFY(it.isPreviewed());
        it.choose("Column of event names", "one event for all lines:");
        QVERIFY(it.isPreviewedAgain());
        auto* name = named<QLineEdit>(it.page, "Event of the whole log");
        QVERIFY(name->isVisible());
        QCOMPARE(name->text(), QStringLiteral("visits"));
        QVERIFY(it.textsOf("dim").contains(QStringLiteral("Unix seconds")));
        QVERIFY(it.imports());
        QCOMPARE(it.count("visits@2025-11-20"), 2U);
    }

    void textIdsAreRecognised() {
        Page it("user,event,time\nu-1,buy,2026-11-20\n,buy,2026-11-20\n");
        QVERIFY(it.isPreviewed());
        QVERIFY(it.page.form().options().hasTextIds);
        button(it.page, "is left out")->click();
        QVERIFY(it.isPreviewedAgain());
        QVERIFY(it.imports());
        QCOMPARE(it.count("ids(\"u-1\")"), 1U);
    }

    void anEmptyIdMakesNoTexts() {
        Page it("user,event,time\n,buy,2026-11-20\n3,buy,2026-11-20\n");
        QVERIFY(it.isPreviewed());
        QVERIFY(!it.page.form().options().hasTextIds);
    }

    void readsTimesInAGivenFormAndZone() {
        Page it("user,event,time\n1,buy,20/11/2026 00:30\n");
        QVERIFY(it.isPreviewed());
        QVERIFY(!it.import()->isEnabled());
        QCOMPARE(it.page.preview().index(0, 4).data().toString(), QStringLiteral("not a time"));
        named<QLineEdit>(it.page, "How times are written")->setText("%d/%m/%Y %H:%M");
        named<QComboBox>(it.page, "Zone of times without one")->setEditText("Europe/Berlin");
        QVERIFY(it.isPreviewedAgain());
        QCOMPARE(it.page.preview().index(0, 4).data().toString(),
                 QStringLiteral("2026-11-19 23:30:00"));
        QVERIFY(it.imports());
        QCOMPARE(it.count("buy@2026-11-19"), 1U);
        named<QComboBox>(it.page, "Zone of times without one")->setEditText("Mars/Base");
        QVERIFY(it.isPreviewedAgain());
        QVERIFY(!it.import()->isEnabled());
        QVERIFY(it.textsOf("fault").contains(QStringLiteral("Mars/Base")));
    }

    void aFaultFurtherDownStopsItAndOffersAWayOut() {
        QByteArray log = "user,event,time\n";
        for (int i = 0; i < 60'000; ++i) {
            log += "1,buy,2026-11-20T10:00:00Z\n";
        }
        log += "x,buy,2026-11-20\n";
        Page it(log);
        QVERIFY(it.isPreviewed());
        QVERIFY(it.import()->isEnabled());
        it.import()->click();
        QVERIFY(it.failed.wait(10'000));
        auto* banner = it.page.findChild<Banner*>();
        QVERIFY(banner->isVisible());
        QVERIFY(banner->text().contains(QStringLiteral("line 60002, column 1")));
        QVERIFY2(!banner->text().contains(QStringLiteral("--")), qPrintable(banner->text()));
        QVERIFY(!QFile::exists(it.page.form().output()));
        button(*banner, "Leave such lines out")->click();
        QVERIFY(it.imported.wait(10'000));
        const QString summary = it.imported.first().at(1).toString();
        QVERIFY2(summary.contains(QStringLiteral("Left out: 1 of 60,001 lines.")),
                 qPrintable(summary));
        QVERIFY(it.textsOf("summary").contains(
            QStringLiteral("1 line with a user id that is no plain integer; the first is line "
                           "60,002, column 1: \"x\"")));
        it.page.setLog(it.path); // the way out was for this log alone
        QVERIFY(it.isPreviewedAgain());
        QVERIFY(!it.page.form().options().isSkipping);
    }

    void replacesOrAddsAsItSays() {
        Page it("user,event,time\n1,buy,2026-11-20\n");
        QVERIFY(it.isPreviewed());
        QCOMPARE(it.import()->text(), QStringLiteral("Import"));
        QVERIFY(it.imports());
        Page::write(it.path, "user,event,time\n2,buy,2026-11-20\n");
        it.page.setLog(it.path);
        QVERIFY(it.isPreviewedAgain());
        QCOMPARE(it.import()->text(), QStringLiteral("Import and replace"));
        button(it.page, "Add to what is in it")->click();
        QCOMPARE(it.import()->text(), QStringLiteral("Import and add"));
        QVERIFY(it.imports());
        QCOMPARE(it.count("buy@2026-11-20"), 2U);
        button(it.page, "Add to what is in it")->click();
        QVERIFY(it.imports());
        QCOMPARE(it.count("buy@2026-11-20"), 1U);
    }

    void whatCannotBeReadIsSaid_data() {
        QTest::addColumn<QByteArray>("log");
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << QByteArray() << QStringLiteral("empty");
        QTest::newRow("one column") << QByteArray("abc\ndef\n") << QStringLiteral("divides");
        QTest::newRow("utf-16") << QByteArray("\xff\xfeu\0s\0", 6) << QStringLiteral("UTF-16");
        QTest::newRow("broken gzip")
            << QByteArray("\x1f\x8b\x08\0zzzzzzzz", 12) << QStringLiteral("gzip");
    }
    void whatCannotBeReadIsSaid() {
        QFETCH(QByteArray, log);
        QFETCH(QString, text);
        Page it(log);
        QVERIFY(it.isPreviewed());
        QVERIFY(!it.import()->isEnabled());
        QVERIFY2(it.textsOf("fault").contains(text), qPrintable(it.textsOf("fault")));
        QCOMPARE(it.page.preview().rowCount(), 0);
    }

    void stopsWithoutATrace() {
        QByteArray log = "user,event,time\n";
        for (int i = 0; i < 400'000; ++i) {
            log += QByteArray::number(i) + ",buy,2026-11-20\n";
        }
        Page it(log);
        QVERIFY(it.isPreviewed());
        it.import()->click();
        QVERIFY(it.page.isBusy());
        QVERIFY(!it.page.form().isEnabled());
        it.page.stop();
        QVERIFY(!it.page.isBusy());
        QVERIFY(it.page.form().isEnabled());
        QTest::qWait(200);
        QVERIFY(it.imported.isEmpty());
        QTRY_COMPARE(QDir(it.folder.path()).entryList(QDir::Files),
                     QStringList{QStringLiteral("log.csv")});
    }
};

QTEST_MAIN(TestImportPage)
#include "test_import_page.moc"
