// SPDX-License-Identifier: GPL-3.0-or-later
// The connect dialog against servers of the tests' own making: what it says, what it opens, and
// that a password goes nowhere but to the server and the keychain.
#include <map>

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLayout>
#include <QLineEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include "tests/ui/sources/open_dialog.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/recent_sources.h"
#include "ui/retention/retention_page.h"
#include "ui/sources/server_sources.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

FakeServer::Script twoProducts() {
    return redisWith({{"trackist_signup_2026-4-1", "\x80"},
                      {"trackist_signup_2026-4-2", "\x80"},
                      {"trackist_active_2026-4-1", "\xc0"},
                      {"bitmapist_login_2026-4-1", "\x80"},
                      {"unrelated", "x"}});
}

FakeServer::Script withPassword(const std::string& password, FakeServer::Script script) {
    return [password, script = std::move(script), isIn = std::make_shared<std::map<int, bool>>()](
               const Words& words, int connection) -> FakeReply {
        if (words[0] == "AUTH" || words[0] == "HELLO") {
            const bool fits = std::find(words.begin(), words.end(), password) != words.end();
            (*isIn)[connection] = fits;
            return fits ? std::string("+OK\r\n")
                        : std::string("-WRONGPASS invalid username-password pair\r\n");
        }
        return (*isIn)[connection] ? script(words, connection)
                                   : FakeReply("-NOAUTH Authentication required.\r\n");
    };
}

} // namespace

class TestConnectDialog : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Cohortist tests"));
        QSettings().clear();
        qunsetenv("COHORTIST_PASSWORD");
        qRegisterMetaType<ServerAddress>();
    }

    void tellsWhatTheServerIs() {
        FakeServer server(twoProducts());
        OpenDialog it(formAt(server.port()));
        QVERIFY(it.presses("Test"));
        const QString text = it.dialog.finding();
        QVERIFY2(text.contains(QStringLiteral("Redis 7.0.15")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("<b>trackist_</b> 2 events, 3 keys")),
                 qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("<b>bitmapist_</b> 1 event, 1 key")),
                 qPrintable(text));
        QVERIFY2(!text.contains(QStringLiteral("1 keys")), qPrintable(text));
        QCOMPARE(it.dialog.form().prefix, std::optional<std::string>("trackist_"));
        QVERIFY(it.connected.isEmpty());
    }

    void growsWithWhatItFinds() {
        const std::string why =
            "-NOPERM" + QByteArray(" words").repeated(30).toStdString() + "\r\n";
        FakeServer server([why](const Words&, int) { return FakeReply(why); });
        OpenDialog it(formAt(server.port()));
        QVERIFY(it.presses("Test"));
        const auto isPressed = [&] {
            return it.dialog.height() < it.dialog.layout()->totalHeightForWidth(it.dialog.width());
        };
        QTRY_VERIFY(!isPressed());
        it.dialog.resize(it.dialog.minimumSize());
        button(it.dialog, "TLS")->setChecked(true);
        button(it.dialog, "Certificates…")->setChecked(true);
        QTRY_VERIFY(!isPressed());
    }

    void offersPrefixesBeforeItConnects() {
        FakeServer server(twoProducts());
        OpenDialog it(formAt(server.port()));
        QVERIFY(it.presses("Connect"));
        QVERIFY(it.connected.isEmpty() && it.dialog.isVisible());
        QVERIFY(it.dialog.finding().contains(QStringLiteral("2 prefixes")));
        QVERIFY(it.presses("Connect"));
        QCOMPARE(it.connected.size(), 1);
        QVERIFY(!it.dialog.isVisible());
        const auto address = it.connected[0][0].value<ServerAddress>();
        QCOMPARE(address.prefix, std::optional<std::string>("trackist_"));
    }

    void anAddressFillsTheFields() {
        OpenDialog it({});
        QApplication::clipboard()->setText(QStringLiteral(
            " rediss+cluster://ana:s3cr3t@stats.example.com:6380?prefix=app_&ca=/ca\n"));
        auto* user = named<QLineEdit>(it.dialog, "User");
        user->setFocus();
        QTest::keySequence(user, QKeySequence::Paste);
        const ServerForm form = it.dialog.form();
        QCOMPARE(form.kind, ServerForm::Kind::Cluster);
        QCOMPARE(form.host, QStringLiteral("stats.example.com"));
        QCOMPARE(form.port, QStringLiteral("6380"));
        QCOMPARE(form.user, QStringLiteral("ana"));
        QCOMPARE(form.password, QStringLiteral("s3cr3t"));
        QVERIFY(form.isTls);
        QCOMPARE(form.caFile, QStringLiteral("/ca"));
        QCOMPARE(form.prefix, std::optional<std::string>("app_"));
        QCOMPARE(named<QLineEdit>(it.dialog, "Password")->echoMode(), QLineEdit::Password);
    }

    void aPortMayFollowTheHost() {
        FakeServer server(twoProducts());
        ServerForm form;
        form.prefix = "trackist_";
        OpenDialog it(form);
        named<QLineEdit>(it.dialog, "Address")
            ->setText(QStringLiteral("127.0.0.1:%1").arg(server.port()));
        QVERIFY(it.presses("Connect"));
        QCOMPARE(it.connected.size(), 1);
        QCOMPARE(it.dialog.form().host, QStringLiteral("127.0.0.1"));
        QCOMPARE(it.dialog.form().port, QString::number(server.port()));
    }

    void anAddressThatCannotBeReadSaysWhy() {
        OpenDialog it({});
        auto* host = named<QLineEdit>(it.dialog, "Address");
        host->setText(QStringLiteral("redis://:s3cr3t@localhost:99999"));
        QVERIFY(it.presses("Connect"));
        const QString text = it.dialog.finding();
        QVERIFY2(text.contains(QStringLiteral("its port is no number of 1 to 65535")),
                 qPrintable(text));
        QVERIFY(!text.contains(QStringLiteral("s3cr3t")));
    }

    void tellsAnEmptyServerFromOneOfOthers() {
        FakeServer empty(redisWith({}));
        ServerForm form = formAt(empty.port());
        OpenDialog it(form);
        QVERIFY(it.presses("Test"));
        QVERIFY2(it.dialog.finding().contains(QStringLiteral("It is empty.")),
                 qPrintable(it.dialog.finding()));
        form.database = QStringLiteral("3");
        it.dialog.setForm(form);
        QVERIFY(it.presses("Test"));
        QVERIFY2(it.dialog.finding().contains(QStringLiteral("Database 3 is empty.")),
                 qPrintable(it.dialog.finding()));
    }

    void tellsHowLongItWaits() {
        FakeServer server(neverAnswers());
        OpenDialog it(formAt(server.port()));
        button(it.dialog, "Connect")->click();
        QVERIFY(!it.dialog.finding().contains(QStringLiteral(" s\n")));
        QTRY_VERIFY_WITH_TIMEOUT(it.dialog.finding().contains(QStringLiteral(" · 3 s\n")), 9'000);
        button(it.dialog, "Stop")->click();
        QCOMPARE(it.dialog.finding(), QString());
    }

    void aWrongPasswordStaysInTheDialog() {
        FakeServer server(withPassword("s3cr3t", twoProducts()));
        ServerForm form = formAt(server.port());
        form.prefix = "trackist_";
        form.password = QStringLiteral("wr0ng");
        OpenDialog it(form);
        QVERIFY(it.presses("Connect"));
        QVERIFY(it.dialog.isVisible() && it.connected.isEmpty());
        QVERIFY2(it.dialog.finding().contains(QStringLiteral("Check the user and the password")),
                 qPrintable(it.dialog.finding()));
        QVERIFY(!it.dialog.finding().contains(QStringLiteral("wr0ng")));
        QVERIFY(it.kept.kept.isEmpty());
        named<QLineEdit>(it.dialog, "Password")->setText(QStringLiteral("s3cr3t"));
        QVERIFY(it.presses("Connect"));
        QCOMPARE(it.connected.size(), 1);
        QCOMPARE(it.kept.kept.values(), QStringList(QStringLiteral("s3cr3t")));
    }

    void thePasswordOfOneServerIsNotOfferedToAnother() {
        OpenDialog it({});
        it.kept.kept.insert(QStringLiteral("redis://stats.example.com"), QStringLiteral("s3cr3t"));
        auto* host = named<QLineEdit>(it.dialog, "Address");
        auto* password = named<QLineEdit>(it.dialog, "Password");
        const auto write = [&](const char* name) {
            host->setText(QString::fromLatin1(name));
            emit host->editingFinished();
            return password->text();
        };
        QCOMPARE(write("stats.example.com"), QStringLiteral("s3cr3t"));
        QCOMPARE(write("elsewhere.example.com"), QString());
        QCOMPARE(write("stats.example.com"), QStringLiteral("s3cr3t"));
        password->setText(QStringLiteral("by hand"));
        QCOMPARE(write("elsewhere.example.com"), QStringLiteral("by hand"));
    }

    void nobodyListens() {
        int port = 0;
        {
            const FakeServer gone(twoProducts());
            port = gone.port();
        }
        OpenDialog it(formAt(port));
        QVERIFY(it.presses("Connect"));
        QVERIFY(it.dialog.isVisible() && it.connected.isEmpty());
        QVERIFY2(it.dialog.finding().contains(QString::number(port)),
                 qPrintable(it.dialog.finding()));
    }

    void escapeLeavesASilentServer() {
        FakeServer server(neverAnswers());
        OpenDialog it(formAt(server.port()));
        button(it.dialog, "Connect")->click();
        QVERIFY(it.dialog.isBusy());
        QTRY_VERIFY(server.connections() > 0);
        QTest::keyClick(&it.dialog, Qt::Key_Escape);
        QVERIFY(!it.dialog.isVisible() && !it.dialog.isBusy());
    }

    void thePasswordGoesNowhereElse() {
        FakeServer server(withPassword("s3cr3t", twoProducts()));
        const QString source =
            QStringLiteral("redis://:s3cr3t@127.0.0.1:%1?prefix=trackist_").arg(server.port());
        const QString kept =
            QStringLiteral("redis://127.0.0.1:%1?prefix=trackist_").arg(server.port());
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, true);
        KeptPasswords passwords;
        window.servers().setPasswords(std::make_unique<FakeKeychain>(passwords));
        window.show();
        QSignalSpy settled(&window, &MainWindow::settled);
        window.open(source);
        QTRY_VERIFY_WITH_TIMEOUT(window.retentionPage().model().table() != nullptr, 20'000);
        QCOMPARE(recentSources().value(0), kept);
        QSettings settings;
        settings.sync();
        for (const QString& key : settings.allKeys()) {
            QVERIFY(!settings.value(key)
                         .toStringList()
                         .join(QLatin1Char(' '))
                         .contains(QStringLiteral("s3cr3t")));
        }
        QVERIFY(window.windowTitle().contains(QStringLiteral("127.0.0.1")));
        QVERIFY(!window.windowTitle().contains(QStringLiteral("s3cr3t")));
        for (auto* widget : window.findChildren<QWidget*>()) {
            QVERIFY(!widget->toolTip().contains(QStringLiteral("s3cr3t")));
            QVERIFY(!widget->accessibleName().contains(QStringLiteral("s3cr3t")));
        }
        // Without it in the source the window still knows it, as for a refresh.
        const auto before = window.retentionPage().model().table();
        window.open(kept);
        QTRY_VERIFY_WITH_TIMEOUT(window.retentionPage().model().table() != before, 20'000);
        QVERIFY(window.findChild<ConnectDialog*>() == nullptr);
    }

    void recentSourcesKeepNoPassword() {
        rememberSource(QStringLiteral("redis://ana:s3cr3t@stats.example.com"));
        rememberSource(QStringLiteral("redis://ana:s3cr3t@stats.example.com:port"));
        QCOMPARE(recentSources().value(0), QStringLiteral("redis://ana@stats.example.com"));
    }

    void aRecentServerAsksForItsPassword() {
        FakeServer server(withPassword("s3cr3t", twoProducts()));
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, true);
        KeptPasswords passwords;
        window.servers().setPasswords(std::make_unique<FakeKeychain>(passwords));
        window.show();
        const QString source =
            QStringLiteral("redis://127.0.0.1:%1?prefix=trackist_").arg(server.port());
        window.open(source);
        QTRY_VERIFY(window.findChild<ConnectDialog*>() != nullptr);
        auto* dialog = window.findChild<ConnectDialog*>();
        QCOMPARE(dialog->form().port, QString::number(server.port()));
        named<QLineEdit>(*dialog, "Password")->setText(QStringLiteral("s3cr3t"));
        button(*dialog, "Connect")->click();
        QTRY_VERIFY_WITH_TIMEOUT(window.retentionPage().model().table() != nullptr, 20'000);
    }

    // Where a source has several prefixes the dialog offers them, however it was opened.
    void offersPrefixesOfASourceThatIsOpened() {
        FakeServer server(twoProducts());
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        KeptPasswords passwords;
        window.servers().setPasswords(std::make_unique<FakeKeychain>(passwords));
        window.show();
        const QString source = QString::fromStdString(server.address());
        const auto refused = openServer(*parseServerAddress(server.address()), {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().part, std::string("prefixes"));
        window.servers().ask(source, refused.error());
        auto* dialog = window.findChild<ConnectDialog*>();
        QTRY_VERIFY(dialog->finding().contains(QStringLiteral("Choose one under Prefix")));
        auto* prefixes = named<QComboBox>(*dialog, "Prefix");
        QCOMPARE(prefixes->count(), 2);
        prefixes->setCurrentIndex(1);
        emit prefixes->activated(1);
        QCOMPARE(dialog->form().prefix, std::optional<std::string>("bitmapist_"));
    }
};

QTEST_MAIN(TestConnectDialog)
#include "test_connect_dialog.moc"
