// SPDX-License-Identifier: GPL-3.0-or-later
// From an event log to its table, and from a table's cell to the file of its users, in the window.
#include <QAction>
#include <QFile>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/ui/answer_dialogs.h"
#include "tests/ui/drop_files.h"
#include "tests/ui/find_widgets.h"
#include "tests/ui/main_window/sources.h"
#include "ui/common/banner.h"
#include "ui/export/users_dialog.h"
#include "ui/import/import_page.h"
#include "ui/main_window/exports.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/start_page.h"
#include "ui/retention/heatmap_view.h"
#include "ui/retention/question_bar.h"
#include "ui/retention/retention_page.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

QByteArray smallLog() {
    QByteArray log = "user,event,time\n";
    for (int day = 10; day < 20; ++day) {
        for (int user = 0; user < 5; ++user) {
            log += QByteArray::number(day * 10 + user) + ",signup,2026-11-" +
                   QByteArray::number(day) + "\n" + QByteArray::number(day * 10 + user - 10) +
                   ",active,2026-11-" + QByteArray::number(day) + "\n";
        }
    }
    return log;
}

// Answers the users dialog with the query (empty: as it stands) and accepts or leaves it.
void answerUsersDialog(const QString& query, std::function<void(UsersDialog&)> look) {
    auto* timer = new QTimer;
    QObject::connect(timer, &QTimer::timeout, timer, [timer, query, look = std::move(look)] {
        auto* dialog = qobject_cast<UsersDialog*>(QApplication::activeModalWidget());
        if (dialog == nullptr) {
            return;
        }
        timer->stop();
        timer->deleteLater();
        if (!query.isEmpty()) {
            dialog->query().setText(query);
        }
        QVERIFY(
            QTest::qWaitFor([&] { return button(*dialog, "Save as CSV…")->isEnabled(); }, 30'000));
        look(*dialog);
    });
    timer->start(10);
}

QAction* action(const MainWindow& window, const char* text) {
    for (auto* candidate : window.findChildren<QAction*>()) {
        if (candidate->text() == QString::fromUtf8(text)) {
            return candidate;
        }
    }
    return nullptr;
}

} // namespace

class TestImportAndUsers : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void aDroppedLogBecomesATable() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("log.csv"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(smallLog());
        file.close();
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        QSignalSpy settled(&window, &MainWindow::settled);
        QVERIFY(dropFiles(window, {QUrl::fromLocalFile(path)}));
        auto* page = window.findChild<ImportPage*>();
        QVERIFY(page->isVisible());
        QVERIFY(settled.wait(10'000));
        button(*page, "Import")->click();
        QTRY_VERIFY_WITH_TIMEOUT(window.retentionPage().model().table() != nullptr, 10'000);
        QVERIFY(window.retentionPage().isVisible());
        QCOMPARE(window.retentionPage().model().table()->rows.size(), std::size_t{10});
        auto* banner = window.retentionPage().findChild<Banner*>();
        QVERIFY(banner->isVisible());
        QVERIFY(banner->text().startsWith(QStringLiteral("100 lines of 2 events")));
        button(*banner, "Details…")->click();
        QVERIFY(page->isVisible());
        QTest::keyClick(&window, Qt::Key_Escape);
        QVERIFY(window.retentionPage().isVisible());
    }

    void escapeLeavesTheImportPage() {
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        window.open(QStringLiteral("nosuch.csv"));
        auto* page = window.findChild<ImportPage*>();
        QVERIFY(page->isVisible());
        const QSignalSpy previewed(page, &ImportPage::previewed);
        QTRY_VERIFY(!previewed.isEmpty());
        QTest::keyClick(&window, Qt::Key_Escape);
        QVERIFY(window.findChild<StartPage*>()->isVisible());
    }

    void aFailureIsToldUntilOneSucceeds() {
        const QTemporaryDir folder;
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        const auto session = sessionOn(smallProduct());
        window.openSession(session, QStringLiteral("small.cohorts"));
        QTRY_VERIFY_WITH_TIMEOUT(window.retentionPage().model().table() != nullptr, 10'000);
        const auto* banner = window.retentionPage().findChild<Banner*>();
        auto* exports = window.findChild<Exports*>();
        const auto save = [&](const char* file) {
            exports->saveUsers(session, {}, *parseQuery("signup@2026-04-11"), {},
                               folder.filePath(QLatin1String(file)));
        };
        save("no/such/users.csv");
        QTRY_VERIFY(banner->isVisible());
        save("users.csv");
        QTRY_VERIFY(QFile::exists(folder.filePath(QStringLiteral("users.csv"))));
        QTRY_VERIFY(!banner->isVisible());
    }

    void aCellsUsersAreExported() {
        QTemporaryDir folder;
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        window.show();
        QAction* users = action(window, "Export &users…");
        QVERIFY(!users->isEnabled());
        window.openSession(sessionOn(smallProduct()), QStringLiteral("small.cohorts"));
        QVERIFY(users->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(window.retentionPage().model().table() != nullptr, 10'000);
        const RetentionPage& page = window.retentionPage();
        page.heatmap().select(page.model().index(2, 3));
        const auto& table = *page.model().table();
        const std::uint64_t count = table.rows[1].cells[2].count;
        QVERIFY(count > 0);
        const QString path = folder.filePath(QStringLiteral("users.csv"));
        answerUsersDialog({}, [&](UsersDialog& dialog) {
            QCOMPARE(dialog.query().text(),
                     QStringLiteral("signup@2026-04-11 & active@2026-04-13"));
            answerFileDialog(path);
            dialog.accept();
        });
        page.heatmap().select(page.model().index(2, 3));
        page.heatmap().setFocus();
        QTest::keyClick(&page.heatmap(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path), 10'000);
        const QList<QByteArray> lines = bytesOf(path).trimmed().split('\n');
        QCOMPARE(lines.first(), QByteArray("user_id"));
        QCOMPARE(static_cast<std::uint64_t>(lines.size() - 1), count);
    }

    void theDialogCountsAndRefuses() {
        JobRunner runner;
        UsersDialog dialog(runner, sessionOn(smallProduct()), {});
        dialog.show();
        QSignalSpy counted(&dialog, &UsersDialog::counted);
        auto* save = button(dialog, "Save as CSV…");
        QVERIFY(!save->isEnabled());
        dialog.query().setText(QStringLiteral("signup@2026-04-11"));
        QVERIFY(counted.wait(10'000));
        QVERIFY(save->isEnabled());
        QStringList texts;
        for (const auto* label : dialog.findChildren<QLabel*>()) {
            texts << label->text();
        }
        QVERIFY(texts.contains(QStringLiteral("100 users")));
        dialog.query().setText(QStringLiteral("signup@2026-04-11 & nosuch"));
        QVERIFY(counted.wait(10'000));
        QVERIFY(!save->isEnabled());
        QCOMPARE(dialog.query().faultyText(), QStringLiteral("nosuch"));
        dialog.query().setText(QStringLiteral("("));
        QVERIFY(counted.wait(10'000));
        QVERIFY(!save->isEnabled());
        QVERIFY(!dialog.expr());
    }
};

QTEST_MAIN(TestImportAndUsers)
#include "test_import_and_users.moc"
