// SPDX-License-Identifier: GPL-3.0-or-later
// Sources that come and go: opened, dropped, missing, replaced under the window.
#include <algorithm>

#include <QInputDialog>
#include <QLabel>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "core/import/demo_data.h"
#include "tests/ui/drop_files.h"
#include "tests/ui/find_widgets.h"
#include "tests/ui/main_window/opened_window.h"
#include "ui/common/banner.h"
#include "ui/main_window/start_page.h"

using namespace cohortist;
using namespace cohortist::test;

class TestOpening : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    // The old source's answer is late: it must not stand in the new source's page.
    void theNextSourceEndsTheQuestion() {
        const auto gated = std::make_shared<GatedStore>(smallProduct());
        OpenedWindow it(gated);
        QTRY_VERIFY(it.page.isBusy());
        it.window.openSession(sessionOn(std::make_shared<MemoryStore>(std::vector<MemoryKey>())),
                              QStringLiteral("empty.cohorts"));
        gated->setOpen(true);
        QVERIFY(!it.page.isBusy());
        QTest::qWait(100);
        QVERIFY(it.page.model().table() == nullptr);
        it.window.openSession(sessionOn(smallProduct()), QStringLiteral("again.cohorts"));
        QVERIFY(it.answers());
        QVERIFY(it.page.model().table() != nullptr);
    }

    void aReplacedFileIsOpenedAgainWithTheSameQuestion() {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.cohorts"));
        QVERIFY(writeDemo({.users = 2000, .days = 40}, path.toStdString(), {}));
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        window.open(path);
        RetentionPage& page = window.retentionPage();
        QTRY_VERIFY_WITH_TIMEOUT(page.model().table() != nullptr, 10'000);
        const auto before = page.model().table();
        QVERIFY(writeDemo({.users = 3000, .days = 40}, path.toStdString(), {}));
        page.bar().cohort().setText(QStringLiteral("login@period"));
        QTRY_VERIFY_WITH_TIMEOUT(page.findChild<Banner*>()->isVisible(), 10'000);
        QVERIFY(page.isStale());
        auto* again = button(page, "Open again");
        QVERIFY(again != nullptr);
        again->click();
        QTRY_VERIFY_WITH_TIMEOUT(page.model().table() != nullptr && page.model().table() != before,
                                 10'000);
        QCOMPARE(page.bar().cohort().text(), QStringLiteral("login@period"));
        QVERIFY(!page.findChild<Banner*>()->isVisible());
        QVERIFY(!page.isStale());
    }

    void offersThePrefixesOfAFile() {
        const QString file = QStringLiteral(COHORTIST_TEST_DATA "/bitmapist_server/names.db");
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        QSignalSpy settled(&window, &MainWindow::settled);
        window.open(file);
        QTRY_VERIFY_WITH_TIMEOUT(!settled.isEmpty(), 10'000);
        const auto& banner = window.findChild<StartPage*>()->banner();
        QVERIFY2(banner.text().endsWith(QStringLiteral("Choose one of them.")),
                 qPrintable(banner.text()));
        button(banner, "Choose a prefix…")->click();
        auto* dialog = window.findChild<QInputDialog*>();
        QVERIFY(dialog != nullptr && dialog->comboBoxItems().contains("bitmapist__"));
        dialog->setTextValue(QStringLiteral("bitmapist__"));
        dialog->accept();
        QTRY_VERIFY_WITH_TIMEOUT(window.windowTitle().startsWith("names.db · bitmapist__"), 10'000);
        QVERIFY(button(window, "names.db · bitmapist__ · bitmapist-server file") != nullptr);
    }

    void aLongNameLeavesRoomInTheToolBar() {
        const QTemporaryDir folder;
        const QString name = QString(120, QLatin1Char('n')) + QStringLiteral(".cohorts");
        QVERIFY(writeDemo({.users = 100, .days = 3}, folder.filePath(name).toStdString(), {}));
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        QSignalSpy settled(&window, &MainWindow::settled);
        window.open(folder.filePath(name));
        QTRY_VERIFY_WITH_TIMEOUT(!settled.isEmpty(), 10'000);
        const QString whole = QStringLiteral("Source: %1 · snapshot").arg(name);
        const auto buttons = window.findChildren<QToolButton*>();
        const auto source =
            std::find_if(buttons.begin(), buttons.end(),
                         [&](const QToolButton* each) { return each->accessibleName() == whole; });
        QVERIFY(source != buttons.end() && (*source)->toolTip().contains(name));
        QVERIFY2((*source)->width() < 420, qPrintable(QString::number((*source)->width())));
    }

    void tellsHowFullTheMemoryIs() {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.cohorts"));
        QVERIFY(writeDemo({.users = 200'000, .days = 10}, path.toStdString(), {}));
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        QSignalSpy settled(&window, &MainWindow::settled);
        window.open(path);
        QTRY_VERIFY_WITH_TIMEOUT(!settled.isEmpty(), 10'000);
        QString text;
        for (const auto* label : window.findChildren<QLabel*>()) {
            if (label->text().startsWith(QStringLiteral("In memory "))) {
                QVERIFY(label->isVisible());
                text = label->text();
            }
        }
        QVERIFY2(QRegularExpression(QStringLiteral("^In memory [0-9.]+ of [0-9,]+ MB$"))
                     .match(text)
                     .hasMatch(),
                 qPrintable(text));
        QVERIFY2(!text.startsWith(QStringLiteral("In memory 0.0 ")), qPrintable(text));
    }

    void faultsGoWithTheirSource() {
        OpenedWindow it;
        QVERIFY(it.answers());
        it.cohort.setText(QStringLiteral("nosuchthing@period"));
        QVERIFY(it.answers());
        it.window.openSession(sessionOn(std::make_shared<MemoryStore>(std::vector<MemoryKey>())),
                              QStringLiteral("empty.cohorts"));
        QVERIFY(!it.cohort.hasFault());
        QVERIFY(it.cohort.toolTip().isEmpty());
    }

    void aMissingFileKeepsWhatIsOpen() {
        OpenedWindow it;
        QVERIFY(it.answers());
        const auto table = it.page.model().table();
        it.window.open(QStringLiteral("/no/such/file.cohorts"));
        QVERIFY(it.answers());
        QVERIFY(it.bannerText().contains(QStringLiteral("/no/such/file.cohorts")));
        QCOMPARE(it.page.model().table(), table);
        QVERIFY(it.window.windowTitle().contains(QStringLiteral("small.cohorts")));
        QVERIFY(!button(it.window, "Cancel")->isVisible());
        QVERIFY(button(it.window, "Choose another…") != nullptr);
    }

    void aMissingFileIsToldOnTheStartPage() {
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        QSignalSpy settled(&window, &MainWindow::settled);
        window.open(QStringLiteral("/no/such/file.cohorts"));
        QTRY_VERIFY(!settled.isEmpty());
        const auto& start = *window.findChild<StartPage*>();
        QVERIFY(start.isVisible() && start.banner().isVisible());
        QVERIFY(start.banner().text().contains(QStringLiteral("/no/such/file.cohorts")));
    }

    void opensFilesThatAreDropped() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("dröpped.cohorts"));
        DemoOptions options;
        options.users = 200;
        options.days = 10;
        QVERIFY(writeDemo(options, path.toStdString(), {}).has_value());
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        QSignalSpy settled(&window, &MainWindow::settled);
        const auto drop = [&window](const QList<QUrl>& urls) { return dropFiles(window, urls); };
        QVERIFY(!drop({QUrl(QStringLiteral("https://example.org/a.cohorts"))}));
        QVERIFY(!drop({}));
        QVERIFY(!drop({QUrl::fromLocalFile(path), QUrl::fromLocalFile(path)}));
        QVERIFY(drop({QUrl::fromLocalFile(path)}));
        QTRY_VERIFY(!settled.isEmpty());
        QVERIFY(window.windowTitle().contains(QStringLiteral("dröpped.cohorts")));
        QVERIFY(window.retentionPage().model().table() != nullptr);
    }

    // "Drop one anywhere": on a query too, which would else take the path for a text.
    void queriesLeaveDroppedFilesToTheWindow() {
        OpenedWindow it;
        QVERIFY(it.answers());
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(QStringLiteral("/tmp/none.cohorts"))});
        data.setText(QStringLiteral("/tmp/none.cohorts")); // as file managers do
        QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, {});
        enter.ignore();
        QCoreApplication::sendEvent(&it.cohort, &enter); // and on to his parents
        QVERIFY(enter.isAccepted());
        QDropEvent drop({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&it.cohort, &drop);
        QTRY_VERIFY(it.bannerText().contains(QStringLiteral("/tmp/none.cohorts")));
        QCOMPARE(it.cohort.text(), QStringLiteral("signup@period"));
        QMimeData text;
        text.setText(QStringLiteral("active"));
        QDragEnterEvent textEnter({10, 10}, Qt::CopyAction, &text, Qt::LeftButton, {});
        textEnter.ignore();
        QCoreApplication::sendEvent(&it.cohort, &textEnter);
        QVERIFY(textEnter.isAccepted());
    }
};

QTEST_MAIN(TestOpening)
#include "test_opening.moc"
