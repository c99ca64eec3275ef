// SPDX-License-Identifier: GPL-3.0-or-later
// A server under the window: past periods kept between two openings, and believed as far as the
// server still counts as many users.
#include <algorithm>
#include <bit>
#include <csignal>

#include <QAction>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QStatusBar>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "core/calendar/period.h"
#include "core/store/kept/kept_folder.h"
#include "tests/support/fake_server.h"
#include "tests/support/redis_process.h"
#include "tests/ui/find_widgets.h"
#include "ui/main_window/main_window.h"
#include "ui/retention/question_bar.h"
#include "ui/retention/retention_page.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

std::string daysAgo(const std::string& event, int days) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    Period day = periodAt(Granularity::Day, now);
    day.index -= days;
    return "trackist_" + event + "_" + toBitmapist(day);
}

FakeServer::Script countingProduct() {
    const std::vector<std::pair<std::string, std::string>> data = {{daysAgo("signup", 5), "\x80"},
                                                                   {daysAgo("signup", 4), "\x40"},
                                                                   {daysAgo("active", 5), "\xc0"},
                                                                   {daysAgo("active", 4), "\xe0"}};
    return [data, plain = redisWith(data)](const Words& words, int connection) -> FakeReply {
        if (words[0] != "BITCOUNT") {
            return plain(words, connection);
        }
        int count = 0;
        for (const auto& [key, value] : data) {
            for (const char byte : key == words.at(1) ? value : std::string()) {
                count += std::popcount(static_cast<unsigned char>(byte));
            }
        }
        return ":" + std::to_string(count) + "\r\n";
    };
}

std::size_t valuesAsked(FakeServer& server) {
    const auto commands = server.commands();
    return static_cast<std::size_t>(
        std::count_if(commands.begin(), commands.end(), [](const Words& words) {
            return words[0] == "GET" || words[0] == "GETRANGE";
        }));
}

struct ServerWindow {
    explicit ServerWindow(const std::string& address)
        : source(QString::fromStdString(address))
        , settled(&window, &MainWindow::settled) {
        window.show();
    }
    bool opens() {
        window.open(source);
        return answers();
    }
    bool answers() {
        const auto before = settled.size();
        return QTest::qWaitFor([&] { return settled.size() > before; }, 30'000) &&
               window.retentionPage().model().table() != nullptr;
    }
    [[nodiscard]] QString sourceText() const { // of the tool bar
        for (const auto* candidate : window.findChildren<QToolButton*>()) {
            if (candidate->text().startsWith(QStringLiteral("127.0.0.1"))) {
                return candidate->text();
            }
        }
        return {};
    }
    [[nodiscard]] bool saysBelow(const QString& text) const { // in the status line
        const auto labels = window.statusBar()->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel* label) { return label->text().contains(text); });
    }
    [[nodiscard]] QString saysCached() const {
        const auto* label = button(window, "cached");
        return label->isVisible() ? label->accessibleDescription() : QString();
    }
    Theme theme{ThemeChoice::Light};
    MainWindow window{theme, false};
    QString source;
    QSignalSpy settled;
};

} // namespace

class TestServers : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QStandardPaths::setTestModeEnabled(true);
        QVERIFY(m_cache.isValid());
        qputenv("XDG_CACHE_HOME", m_cache.path().toLocal8Bit());
    }

    void keepsPastPeriodsAndSaysSo() {
        FakeServer server(countingProduct());
        {
            ServerWindow first(server.address());
            QVERIFY(first.opens());
            QCOMPARE(first.saysCached(), QString());
            QVERIFY(valuesAsked(server) > 0);
        } // what it had to keep is written now
        ServerWindow second(server.address());
        const auto before = valuesAsked(server);
        QVERIFY(second.opens());
        QCOMPARE(valuesAsked(server), before);
        QVERIFY2(second.saysCached().startsWith(QStringLiteral("4 of the 4 keys read are copies")),
                 qPrintable(second.saysCached()));
        const QString toolTip = button(second.window, "cached")->toolTip();
        QVERIFY(toolTip.contains(QStringLiteral("4 of the 4 keys"))); // spaces, so lines break

        // Refresh believes none of them.
        auto* refresh = action(second.window, "Re&fresh");
        QVERIFY(refresh != nullptr && refresh->isEnabled());
        refresh->trigger();
        QVERIFY(second.answers());
        QVERIFY(valuesAsked(server) >= before + 4);
        QCOMPARE(second.saysCached(), QString());
    }

    void aServerThatIsKilledIsTriedAgain() {
        const auto server = startRedis();
        if (!server) {
            QVERIFY2(!requiresPeers(), "no redis-server");
            QSKIP("no redis-server");
        }
        fill(server->port());
        ServerWindow it(server->address());
        QVERIFY(it.opens());
        const auto table = it.window.retentionPage().model().table();
        QVERIFY2(it.sourceText().contains(QStringLiteral("Redis")), qPrintable(it.sourceText()));
        server->kill();

        QSignalSpy failed(&it.window, &MainWindow::openFailed);
        action(it.window, "Re&fresh")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 20'000);
        QCOMPARE(it.window.retentionPage().model().table(), table);
        QVERIFY2(it.sourceText().contains(QStringLiteral("connection lost")),
                 qPrintable(it.sourceText()));
        QVERIFY(it.saysBelow(QStringLiteral("connection lost")));
        QVERIFY(!it.saysBelow(QStringLiteral("connected in")));

        // A question stands beside the figures of the one before.
        it.window.retentionPage().bar().cohort().setText(QStringLiteral("active@period"));
        QVERIFY(it.answers());
        QVERIFY(it.window.retentionPage().isStale());
        QCOMPARE(it.window.retentionPage().model().table(), table);

        server->restart();
        fill(server->port());
        auto* again = button(it.window.retentionPage(), "Try again");
        QVERIFY(again != nullptr && again->isVisible());
        again->click();
        QVERIFY(it.answers());
        QVERIFY(!it.window.retentionPage().isStale());
        QVERIFY(it.window.retentionPage().model().table() != table);
        QVERIFY2(it.sourceText().contains(QStringLiteral("Redis")), qPrintable(it.sourceText()));
        QVERIFY(it.saysBelow(QStringLiteral("connected in")));
    }

    void aServerThatIsFrozenCanBeLeft() {
        const auto server = startRedis();
        if (!server) {
            QVERIFY2(!requiresPeers(), "no redis-server");
            QSKIP("no redis-server");
        }
        fill(server->port());
        ServerWindow it(server->address());
        QVERIFY(it.opens());
        RetentionPage& page = it.window.retentionPage();
        const auto table = page.model().table();
        ::kill(static_cast<pid_t>(server->processId()), SIGSTOP);
        page.bar().cohort().setText(QStringLiteral("active@period"));
        QTRY_VERIFY(page.isBusy());
        QTest::qWait(500);
        QVERIFY(page.isBusy());
        QTest::keyClick(&it.window, Qt::Key_Escape);
        QTRY_VERIFY(!page.isBusy());
        QCOMPARE(page.model().table(), table);
        ::kill(static_cast<pid_t>(server->processId()), SIGCONT);
        page.bar().cohort().setText(QStringLiteral("signup@period "));
        QVERIFY(it.answers());
        QVERIFY(page.model().table() != table && !page.isStale());
    }

    void aServerHasNothingInMemory() {
        FakeServer server(countingProduct());
        ServerWindow it(server.address());
        QVERIFY(it.opens());
        for (const auto* label : it.window.findChildren<QLabel*>()) {
            QVERIFY(!label->text().startsWith(QStringLiteral("In memory")) || label->isHidden());
        }
    }

    void clearsWhatIsKeptOnceItIsConfirmed() {
        QVERIFY(clearKept(defaultKeptFolder()));
        FakeServer server(countingProduct());
        {
            ServerWindow first(server.address());
            QVERIFY(first.opens());
        }
        QCOMPARE(keptSources(defaultKeptFolder()).size(), 1U);
        ServerWindow it(server.address());
        auto* file = it.window.menuBar()->actions().constFirst()->menu();
        emit file->aboutToShow();
        QTRY_VERIFY(action(it.window, "C&lear kept data of servers (") != nullptr);
        auto* clear = action(it.window, "C&lear kept data of servers (");
        for (const bool isMeant : {false, true}) {
            clear->trigger();
            QTRY_VERIFY(it.window.findChild<QMessageBox*>() != nullptr);
            auto* box = it.window.findChild<QMessageBox*>();
            QVERIFY2(box->text().contains(QStringLiteral("0.1 MB")), qPrintable(box->text()));
            QCOMPARE(keptSources(defaultKeptFolder()).size(), 1U);
            (isMeant ? button(*box, "Remove") : box->button(QMessageBox::Cancel))->click();
            QTRY_VERIFY(it.window.findChild<QMessageBox*>() == nullptr);
        }
        QTRY_VERIFY(keptSources(defaultKeptFolder()).empty());
        QTRY_VERIFY(!clear->isEnabled());
    }

    void tellsHowMuchOfTheServerIsKept() {
        QVERIFY(clearKept(defaultKeptFolder()));
        FakeServer server(countingProduct());
        ServerWindow it(server.address());
        QVERIFY(it.opens());
        QTRY_VERIFY_WITH_TIMEOUT(label(it.window, "On this computer 0.1 MB") != nullptr, 10'000);
    }

private:
    static void fill(int port) {
        RawClient client(port);
        for (int days = 0; days < 6; ++days) {
            for (const char* event : {"signup", "active"}) {
                client.ask({"SETBIT", daysAgo(event, days), std::to_string(days), "1"});
            }
        }
    }

    static QLabel* label(const QWidget& window, const char* text) {
        for (auto* candidate : window.findChildren<QLabel*>()) {
            if (candidate->text() == QLatin1String(text) && candidate->isVisible()) {
                return candidate;
            }
        }
        return nullptr;
    }

    static QAction* action(const QWidget& window, const char* text) {
        for (auto* candidate : window.findChildren<QAction*>()) {
            if (candidate->text().startsWith(QString::fromUtf8(text))) {
                return candidate;
            }
        }
        return nullptr;
    }

    QTemporaryDir m_cache;
};

QTEST_MAIN(TestServers)
#include "test_servers.moc"
