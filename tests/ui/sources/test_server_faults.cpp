// SPDX-License-Identifier: GPL-3.0-or-later
// What the connect dialog makes of servers that cannot be read: it names the server and what to do
// in the words of its own fields, and puts the cursor into the one that is at fault.
#include <QAccessible>
#include <QApplication>
#include <QRegularExpression>
#include <QStandardPaths>

#include "tests/ui/sources/open_dialog.h"
#include "ui/common/messages.h"
#include "ui/sources/fault_advice.h"
#include "ui/sources/finding_view.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

// Of the command line: options, schemes to write, parameters of an address, its environment.
const QRegularExpression kOthersWords(
    QStringLiteral("--[a-z]|\\?[a-z]+=|rediss?(\\+[a-z]+)?://|COHORTIST_|cohortist-cli"));

struct Case {
    FakeServer::Script script;
    std::function<void(ServerForm&)> change;
    const char* says;
    const char* focus; // the field, as a screen reader names it
};

FakeServer::Script answering(const std::string& command, const std::string& answer) {
    return [command, answer, redis = redisWith({{"trackist_a_2026-1-1", "\x80"}})](
               const Words& words, int connection) -> FakeReply {
        return words[0] == command || command.empty() ? FakeReply(answer)
                                                      : redis(words, connection);
    };
}

FakeServer::Script hangingUp() {
    return [](const Words&, int) {
        FakeReply reply;
        reply.closes = true;
        return reply;
    };
}

const std::map<std::string, Case>& cases() {
    using Kind = ServerForm::Kind;
    static const std::map<std::string, Case> kCases = {
        {"a password is wanted",
         {answering("", "-NOAUTH Authentication required.\r\n"),
          {},
          "Write the password",
          "Password"}},
        {"the password is wrong",
         {answering("AUTH", "-WRONGPASS invalid username-password pair\r\n"),
          [](ServerForm& form) { form.password = QStringLiteral("wr0ng"); },
          "Check the user and the password", "Password"}},
        {"the user may not list",
         {answering("SCAN", "-NOPERM this user has no permissions to run the 'scan' command\r\n"),
          {},
          "Ask for a user who may",
          "User"}},
        {"no such database",
         {answering("SELECT", "-ERR DB index is out of range\r\n"),
          [](ServerForm& form) { form.database = QStringLiteral("99"); }, "no database 99",
          "Database"}},
        {"no such host",
         {answering("", ""), [](ServerForm& form) { form.host = QStringLiteral("nosuch.invalid"); },
          "nosuch.invalid", "Address"}},
        {"nobody listens",
         {answering("", ""), [](ServerForm& form) { form.port = QStringLiteral("1"); },
          "refuses the connection", "Address"}},
        {"no such socket",
         {answering("", ""),
          [](ServerForm& form) {
              form.kind = Kind::Socket;
              form.host = QStringLiteral("/nowhere/redis.sock");
          },
          "Check the path", "Address"}},
        {"a web server",
         {answering("", "HTTP/1.1 400 Bad Request\r\n\r\n"), {}, "web server", "Port"}},
        {"something else", {answering("", "SSH-2.0-OpenSSH_9.2\r\n"), {}, "not what", "Port"}},
        {"it speaks TLS",
         {answering("", std::string("\x15\x03\x01\x00\x02\x02\x46", 7)), {}, "Tick TLS.", "TLS"}},
        {"it hangs up", {hangingUp(), {}, "expects TLS does that: tick TLS", "TLS"}},
        {"it speaks no TLS",
         {answering("", ""), [](ServerForm& form) { form.isTls = true; }, "Untick TLS.", "TLS"}},
        {"no such CA file",
         {answering("", ""),
          [](ServerForm& form) {
              form.isTls = true;
              form.caFile = QStringLiteral("/nowhere/ca.pem");
          },
          "Check the path", "CA file"}},
        {"no such key",
         {answering("", ""),
          [](ServerForm& form) {
              form.isTls = true;
              form.keyFile = QStringLiteral("/nowhere/key.pem");
          },
          "/nowhere/key.pem", "Its key"}},
        {"a node of a cluster",
         {answering("INFO", bulk("redis_version:7\r\nredis_mode:cluster\r\n")),
          {},
          "Choose Redis Cluster as its kind",
          "Kind: Redis Cluster"}},
        {"no cluster",
         {answering("CLUSTER", "-ERR This instance has cluster support disabled\r\n"),
          [](ServerForm& form) { form.kind = Kind::Cluster; },
          "Choose Redis, Valkey or bitmapist-server as its kind",
          "Kind: Redis, Valkey or bitmapist-server"}},
        {"nothing at all", {redisWith({}), {}, "Check that it is the right one", "Database"}},
        {"nothing in that database",
         {redisWith({}), [](ServerForm& form) { form.database = QStringLiteral("3"); },
          "most servers keep everything in 0", "Database"}},
        {"a command is unknown",
         {answering("SCAN", "-ERR unknown command\r\n"),
          {},
          "Check that it is a Redis or alike",
          "Address"}},
        {"no events", {redisWith({{"unrelated", "x"}}), {}, "Check the database", "Prefix"}},
        {"no such prefix",
         {redisWith({{"trackist_a_2026-1-1", "x"}}), [](ServerForm& form) { form.prefix = "app_"; },
          "no key begins with", "Prefix"}},
    };
    return kCases;
}

// What a screen reader says. Of a combo box Qt tells the text, and the name by its label.
QString nameOf(QWidget& widget) {
    const QString name = widget.accessibleName();
    return name.isEmpty() ? QAccessible::queryAccessibleInterface(&widget)->text(QAccessible::Name)
                          : name;
}

Error faultOf(const char* part, ErrorCode code) {
    return {code, {}, {}, message("core", "core's"), {}, part};
}

} // namespace

class TestServerFaults : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        qunsetenv("COHORTIST_PASSWORD");
    }

    void namesTheFieldAtFault_data() {
        QTest::addColumn<QString>("fault");
        for (const auto& [name, each] : cases()) {
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
    void namesTheFieldAtFault() {
        QFETCH(QString, fault);
        const Case& each = cases().at(fault.toStdString());
        const QString focus = QString::fromUtf8(each.focus);
        FakeServer server(each.script);
        if (fault == QStringLiteral("it speaks no TLS")) {
            server.greetWith(std::string("-ERR max number of clients reached\r\n"));
        }
        ServerForm form = formAt(server.port());
        if (each.change) {
            each.change(form);
        }
        OpenDialog it(form);
        QVERIFY(it.presses("Connect"));
        QVERIFY(it.connected.isEmpty() && it.dialog.isVisible());
        QString text = it.dialog.finding();
        QVERIFY2(text.contains(QString::fromUtf8(each.says)), qPrintable(text));
        const QString name = QString::fromStdString(addressOf(form)->name());
        QVERIFY2(text.contains(name) || focus.startsWith(QStringLiteral("Kind")), qPrintable(text));
        text.remove(name);
        QVERIFY2(!text.contains(kOthersWords), qPrintable(text));
        QVERIFY2(!text.contains(QStringLiteral("wr0ng")), qPrintable(text));
        QVERIFY(it.dialog.focusWidget() != nullptr);
        QCOMPARE(nameOf(*it.dialog.focusWidget()), focus);
        QVERIFY(it.dialog.focusWidget()->isVisible());
    }

    // Silence takes too long for a test of the dialog, and certificates need a server with TLS.
    void advisesOnSilenceAndCertificates() {
        ServerForm plain;
        ServerForm tls;
        tls.isTls = true;
        const auto says = [](const Error& error, const ServerForm& form, const char* words) {
            const QString advice = adviceFor(error, form);
            return advice.contains(QString::fromUtf8(words)) && !advice.contains(kOthersWords);
        };
        const Error silent = faultOf("tls", ErrorCode::TimedOut);
        QVERIFY(says(silent, plain, "not stopped or overloaded"));
        QVERIFY(says(silent, plain, "tick TLS"));
        QVERIFY(says(silent, tls, "Untick TLS, if"));
        const Error unknown = faultOf("ca", ErrorCode::AccessDenied);
        QVERIFY(says(unknown, tls, "choose its CA file"));
        tls.caFile = QStringLiteral("/ca.pem");
        QVERIFY(says(unknown, tls, "who issued"));
        const Error wanted = faultOf("certificate", ErrorCode::AccessDenied);
        QVERIFY(says(wanted, tls, "choose yours"));
        tls.certificateFile = QStringLiteral("/me.pem");
        QVERIFY(says(wanted, tls, "accepts this certificate"));
        QVERIFY(says(faultOf("prefixes", ErrorCode::NotFound), plain, "one of them"));
        QVERIFY(says(faultOf("", ErrorCode::Busy), plain, "core's"));
    }

    // A banner leads to the dialog by a button, so it need not speak of the command line.
    void bannersSpeakTheWindowsWords() {
        const auto advice = [](const char* part, const char* source) {
            const Error error = faultOf(part, ErrorCode::AccessDenied);
            return translated(inTheWindow(error, QString::fromUtf8(source)).advice);
        };
        QVERIFY(advice("password", "redis://localhost").startsWith("Write the password"));
        QCOMPARE(advice("prefixes", "redis://localhost"), QStringLiteral("Choose one of them."));
        QCOMPARE(advice("prefixes", "/copy.db"), QStringLiteral("Choose one of them."));
        QCOMPARE(advice("", "redis://localhost"), QStringLiteral("core's"));
        QCOMPARE(advice("prefix", "/copy.db"), QStringLiteral("core's"));
    }

    void theFindingIsReadAloudAsText() {
        FakeServer server(redisWith({{"trackist_a_2026-1-1", "x"}}));
        OpenDialog it(formAt(server.port()));
        QVERIFY(it.presses("Test"));
        const QString name = it.dialog.findChild<FindingView*>()->accessibleName();
        QVERIFY2(name.contains(QStringLiteral("trackist_ 1 event, 1 key")), qPrintable(name));
    }
};

QTEST_MAIN(TestServerFaults)
#include "test_server_faults.moc"
