// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window on a source in memory: what is opened, asked and answered, and what becomes of
// the page when something fails.
#include <QComboBox>
#include <QDateEdit>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include "core/import/demo_data.h"
#include "tests/ui/drop_files.h"
#include "tests/ui/find_widgets.h"
#include "tests/ui/main_window/opened_window.h"
#include "ui/common/banner.h"
#include "ui/events/events_panel.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/start_page.h"
#include "ui/retention/heatmap_view.h"
#include "ui/retention/question_bar.h"
#include "ui/retention/retention_page.h"

using namespace cohortist;
using namespace cohortist::test;

class TestWindow : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void beginsWithTheStartPage() {
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        QVERIFY(window.findChild<StartPage*>()->isVisible());
        QVERIFY(!window.retentionPage().isVisible());
        QVERIFY(!window.findChild<EventsPanel*>()->isVisible());
        QVERIFY(!named<QDateEdit>(window, "As of")->isVisible());
        QCOMPARE(window.windowTitle(), QStringLiteral("Cohortist"));
    }

    void theSourceOffersOthers() {
        Theme theme(ThemeChoice::Light);
        const MainWindow window(theme, false);
        const auto* source = static_cast<QToolButton*>(button(window, "No source"));
        QVERIFY(source != nullptr && source->menu() != nullptr);
        QStringList offers;
        for (const QAction* action : source->menu()->actions()) {
            offers << action->text().remove(QLatin1Char('&'));
        }
        QCOMPARE(offers,
                 QStringList({QStringLiteral("Open file…"), QStringLiteral("Connect to a server…"),
                              QStringLiteral("Open recent")}));
    }

    void showsTheFirstTable() {
        OpenedWindow it;
        QVERIFY(it.answers());
        QVERIFY(it.page.isVisible());
        QVERIFY(it.window.findChild<EventsPanel*>()->isVisible());
        QCOMPARE(it.cohort.text(), QStringLiteral("signup@period"));
        QCOMPARE(it.returned.text(), QStringLiteral("active@period"));
        QCOMPARE(it.page.model().rowCount(), 32);
        QCOMPARE(it.page.model().columnCount(), 14);
        QCOMPARE(it.figure(1, 0), QStringLiteral("100"));
        QCOMPARE(it.figure(1, 1), QStringLiteral("100.0"));
        QVERIFY(it.figure(1, 2).startsWith(QStringLiteral("1"))); // a seventh
        QVERIFY(it.window.windowTitle().contains(QStringLiteral("small.cohorts")));
        QCOMPARE(named<QDateEdit>(it.window, "As of")->date(), QDate(2026, 5, 10));
        QVERIFY(it.bannerText().isEmpty());
    }

    void asksAgainWhenTheQueryChanges() {
        OpenedWindow it;
        QVERIFY(it.answers());
        QTest::keyClicks(&it.cohort, QStringLiteral(" & premium"));
        QVERIFY(it.answers());
        QCOMPARE(it.page.model().table()->rows.size(), std::size_t{31});
        QCOMPARE(it.figure(1, 0), QStringLiteral("0")); // the premium ones came on the first day
        QVERIFY(!it.cohort.hasFault());
    }

    void everyPartOfTheQuestionAsksAgain() {
        OpenedWindow it;
        QVERIFY(it.answers());
        auto* rows = named<QSpinBox>(it.window, "Rows");
        rows->setValue(5);
        QVERIFY(it.answers());
        QCOMPARE(it.page.model().rowCount(), 6);
        named<QSpinBox>(it.window, "Last column")->setValue(2);
        QVERIFY(it.answers());
        QCOMPARE(it.page.model().columnCount(), 4);
        button(it.window, "Churn")->click();
        QVERIFY(it.answers());
        QCOMPARE(it.figure(1, 1), QStringLiteral("0.0"));
        button(it.window, "First time")->click();
        QVERIFY(it.answers());
        QVERIFY(it.page.model().table()->question.isFirstTime);
        auto* kind = named<QComboBox>(it.window, "When they came back");
        kind->setCurrentIndex(2);
        emit kind->activated(2);
        QVERIFY(it.answers());
        QCOMPARE(it.page.model().headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("day 1-3"));
        // The view alone asks nothing.
        const auto before = it.settled.size();
        button(it.window, "Users")->click();
        QCOMPARE(it.figure(1, 1), QStringLiteral("100"));
        QTest::qWait(300);
        QCOMPARE(it.settled.size(), before);
    }

    void aFaultStandsAtItsPlaceAndKeepsTheTable() {
        OpenedWindow it;
        QVERIFY(it.answers());
        const auto table = it.page.model().table();
        it.cohort.setText(QStringLiteral("signup@period & nosuchthing@period"));
        QVERIFY(it.answers());
        QVERIFY(it.cohort.hasFault());
        QCOMPARE(it.cohort.faultyText(), QStringLiteral("nosuchthing"));
        QVERIFY(!it.returned.hasFault());
        QCOMPARE(it.page.model().table(), table);
        QVERIFY(it.page.isStale()); // the figures look not final
        it.cohort.setText(QStringLiteral("signup@period & "));
        QVERIFY(it.answers());
        QVERIFY(it.cohort.hasFault());
        it.returned.setText(QStringLiteral("(active"));
        it.cohort.setText(QStringLiteral("signup@period"));
        QVERIFY(it.answers());
        QVERIFY(!it.cohort.hasFault());
        QVERIFY(it.returned.hasFault());
        QCOMPARE(it.page.model().table(), table);
        it.returned.setText(QStringLiteral("active@period"));
        QVERIFY(it.answers());
        QVERIFY(!it.returned.hasFault());
        QVERIFY(it.page.model().table() != table);
        QVERIFY(!it.page.isStale());
    }

    void mendsAMissingPeriodByOneClick() {
        OpenedWindow it;
        QVERIFY(it.answers());
        it.cohort.setText(QStringLiteral("signup & premium"));
        QVERIFY(it.answers());
        auto* fix = button(it.window, "Add @period");
        QVERIFY(fix != nullptr && fix->isVisible());
        fix->click();
        QCOMPARE(it.cohort.text(), QStringLiteral("signup@period & premium"));
        QVERIFY(it.answers());
        QVERIFY(!it.cohort.hasFault());
        QVERIFY(!fix->isVisible());
    }

    void brokenBracketsAreTold() {
        OpenedWindow it;
        QVERIFY(it.answers());
        auto* kind = named<QComboBox>(it.window, "When they came back");
        kind->setCurrentIndex(2);
        emit kind->activated(2);
        QVERIFY(it.answers());
        const auto table = it.page.model().table();
        named<QLineEdit>(it.window, "Brackets")->setText(QStringLiteral("3-1"));
        QVERIFY(it.answers());
        QCOMPARE(it.page.model().table(), table);
        bool isTold = false;
        for (const auto* label : it.page.findChildren<QLabel*>()) {
            isTold = isTold ||
                     (label->isVisible() && label->text().startsWith(QStringLiteral("Brackets")));
        }
        QVERIFY(isTold);
        named<QLineEdit>(it.window, "Brackets")->setText(QStringLiteral("0, 1-2"));
        QVERIFY(it.answers());
        QCOMPARE(it.page.model().columnCount(), 3);
    }

    void asOfMovesTheRows() {
        OpenedWindow it;
        QVERIFY(it.answers());
        named<QDateEdit>(it.window, "As of")->setDate(QDate(2026, 5, 1));
        QVERIFY(it.answers());
        QCOMPARE(it.page.model().table()->rows.back().period, *parsePeriod("2026-05-01"));
    }

    void eventsOfThePanelAreUsed() {
        OpenedWindow it;
        QVERIFY(it.answers());
        auto* tree = it.window.findChild<EventsPanel*>()->findChild<QTreeView*>();
        for (int row = 0; row < tree->model()->rowCount(); ++row) {
            const QModelIndex index = tree->model()->index(row, 0);
            if (index.data().toString().contains(QStringLiteral("two words"))) {
                emit tree->activated(index);
            }
        }
        QCOMPARE(it.cohort.text(), QStringLiteral("\"two words\"@period"));
        QVERIFY(it.answers());
        QCOMPARE(it.figure(1, 0), QStringLiteral("1"));
        it.page.useEvent("odd\xff", true); // as from a menu; it is not in the source
        QVERIFY(it.answers());
        QVERIFY(it.returned.hasFault());
    }

    void emptySourcesSaySo() {
        OpenedWindow it(std::make_shared<MemoryStore>(std::vector<MemoryKey>()));
        QTRY_VERIFY(!it.settled.isEmpty());
        QVERIFY(it.page.isVisible());
        QVERIFY(!it.page.isBusy());
        QVERIFY(it.page.model().table() == nullptr);
        QStringList texts;
        for (const auto* label : it.window.findChildren<QLabel*>()) {
            if (label->isVisible()) {
                texts.append(label->text());
            }
        }
        QVERIFY(texts.contains(QStringLiteral("This source has no events.")));
        QVERIFY(!texts.filter(QStringLiteral("no dated events")).isEmpty());
        QVERIFY(!it.window.grab().isNull());
        QCOMPARE(QString::fromStdString(it.page.csv()), QString());
        QVERIFY(!it.page.picture());
    }

    void sourcesOfFlagsAloneSaySo() {
        OpenedWindow it(std::make_shared<MemoryStore>(
            std::vector<MemoryKey>{{"premium", Kind::Unique, 0, Bitmap{1}}}));
        QTRY_VERIFY(!it.settled.isEmpty());
        QVERIFY(it.page.model().table() == nullptr);
        QVERIFY(!it.cohort.hasFault());
    }

    void cancelsALongQuestion_data() {
        QTest::addColumn<bool>("byKey");
        QTest::newRow("Escape") << true;
        QTest::newRow("button") << false;
    }
    void cancelsALongQuestion() {
        QFETCH(bool, byKey);
        const auto gated = std::make_shared<GatedStore>(smallProduct());
        gated->setOpen(true);
        OpenedWindow it(gated);
        QVERIFY(it.answers());
        const auto table = it.page.model().table();
        gated->setOpen(false);
        it.cohort.setText(QStringLiteral("active@period"));
        QTRY_VERIFY(it.page.isBusy());
        auto* cancel = button(it.window, "Cancel");
        QVERIFY(cancel->isVisible());
        QVERIFY(!it.window.grab().isNull()); // nothing is blocked
        if (byKey) {
            QTest::keyClick(&it.window, Qt::Key_Escape);
        } else {
            cancel->click();
        }
        QVERIFY(!it.page.isBusy());
        QVERIFY(!cancel->isVisible());
        QCOMPARE(it.page.model().table(), table); // what was there stays
        QVERIFY(it.bannerText().isEmpty());       // cancelling is no error
        gated->setOpen(true);
        it.cohort.setText(QStringLiteral("signup@period & active@period"));
        QVERIFY(it.answers());
        QVERIFY(it.page.model().table() != table);
    }

    // A fault found in the new text must not be followed by an answer to the old one.
    void aChangedQuestionIsNotAnsweredAsItWas() {
        const auto gated = std::make_shared<GatedStore>(smallProduct());
        gated->setOpen(true);
        OpenedWindow it(gated);
        QVERIFY(it.answers());
        const auto table = it.page.model().table();
        gated->setOpen(false);
        it.cohort.setText(QStringLiteral("active@period"));
        QTRY_VERIFY(it.page.isBusy());
        it.cohort.setText(QStringLiteral("active@period &"));
        QTRY_VERIFY(it.cohort.hasFault());
        QVERIFY(!it.page.isBusy());
        gated->setOpen(true);
        QTest::qWait(100);
        QCOMPARE(it.page.model().table(), table);
        QVERIFY(it.cohort.hasFault());
    }

    void unreadableKeysShowInTheTable() {
        const auto store = smallProduct();
        store->failKey(
            {*store->catalog()->find("active"), Kind::Day, parsePeriod("2026-05-05")->index},
            KeyState::Damaged, "its checksum is wrong");
        OpenedWindow it(store);
        QVERIFY(it.answers());
        QCOMPARE(it.figure(26, 1), QStringLiteral("unreadable")); // 5 May
        QCOMPARE(it.figure(25, 1), QStringLiteral("100.0"));
    }

    void closesWhileItCounts() {
        const auto gated = std::make_shared<GatedStore>(smallProduct());
        {
            OpenedWindow it(gated);
            QTRY_VERIFY(it.page.isBusy());
        }
        QCOMPARE(gated.use_count(), 1L);
    }

    void smallTables() {
        const std::int32_t day = parsePeriod("2026-05-01")->index;
        OpenedWindow it(std::make_shared<MemoryStore>(
            std::vector<MemoryKey>{{"signup", Kind::Day, day, Bitmap{1}}}));
        QVERIFY(it.answers());
        named<QSpinBox>(it.window, "Rows")->setValue(1);
        named<QSpinBox>(it.window, "Last column")->setValue(0);
        QVERIFY(it.answers());
        QCOMPARE(it.page.model().rowCount(), 2);
        QCOMPARE(it.page.model().columnCount(), 2);
        QVERIFY(!it.window.grab().isNull());
        it.window.resize(300, 200);
        QVERIFY(!it.window.grab().isNull());
    }
};

QTEST_MAIN(TestWindow)
#include "test_window.moc"
