// SPDX-License-Identifier: GPL-3.0-or-later
// The connect dialog's fields and the addresses they stand for.
#include <random>

#include <QTest>

#include "ui/sources/passwords.h"
#include "ui/sources/server_form.h"

using namespace cohortist;

namespace {

// From characters that addresses have to encode, too.
std::string randomText(std::mt19937& random, std::string_view from, std::size_t least) {
    const std::size_t length = least + random() % 8;
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
        text += from[random() % from.size()];
    }
    return text;
}

constexpr std::string_view kAny = "abcXYZ019_:@/?&#%+=.-~[]\"'\\";

ServerAddress randomAddress(std::mt19937& random) {
    using Transport = ServerAddress::Transport;
    ServerAddress address;
    address.transport = std::array{Transport::Tcp, Transport::Tls, Transport::Unix}[random() % 3];
    address.user = randomText(random, kAny, 0);
    if (random() % 2 == 0) {
        address.prefix = randomText(random, kAny, 0);
    }
    address.database = static_cast<std::uint32_t>(random() % 3);
    if (address.transport == Transport::Unix) {
        address.path = "/" + randomText(random, kAny, 1);
        address.port = 0;
        return address;
    }
    address.host = random() % 4 == 0 ? "::1" : randomText(random, "abc019.-", 1);
    address.port = random() % 3 == 0 ? 6379 : static_cast<std::uint16_t>(1 + random() % 65535);
    address.isCluster = random() % 3 == 0;
    if (address.isCluster) {
        address.database = 0;
        address.usesReplicas = random() % 2 == 0;
    }
    if (address.transport == Transport::Tls) {
        address.caFile = random() % 2 == 0 ? "" : "/" + randomText(random, kAny, 1);
        address.certificateFile = random() % 2 == 0 ? "" : "/" + randomText(random, kAny, 1);
        address.keyFile = random() % 2 == 0 ? "" : "/" + randomText(random, kAny, 1);
    }
    return address;
}

} // namespace

class TestServerForm : public QObject {
    Q_OBJECT
private slots:
    void fieldsAndAddressesGoRound() {
        std::mt19937 random(6);
        for (int i = 0; i < 5000; ++i) {
            const ServerAddress address = randomAddress(random);
            const ServerForm form = formOf(address);
            const auto back = addressOf(form);
            QVERIFY2(back.has_value(), address.text().c_str());
            QVERIFY2(*back == address, address.text().c_str());
            const auto read = parseServerAddress(back->text());
            QVERIFY2(read.has_value(), address.text().c_str());
            QVERIFY2(formOf(*read) == form, address.text().c_str());
        }
    }

    void passwordsNeverLeaveTheForm() {
        std::mt19937 random(7);
        for (int i = 0; i < 2000; ++i) {
            ServerAddress address = randomAddress(random);
            address.password = "s3cr3t" + randomText(random, kAny, 0);
            const QString text = QString::fromStdString(address.text());
            QCOMPARE(addressOf(formOf(address))->password, address.password);
            for (const QString& shown :
                 {*withoutPassword(text), titleOf(text), Passwords::keyOf(address)}) {
                QVERIFY(!shown.contains(QStringLiteral("s3cr3t")));
            }
        }
        const QString whole = QStringLiteral("redis://ana:s3cr3t@stats.example.com:6380/2");
        QCOMPARE(*withoutPassword(whole), QStringLiteral("redis://ana@stats.example.com:6380/2"));
        QCOMPARE(titleOf(whole), QStringLiteral("stats.example.com:6380/2"));
        QVERIFY(!withoutPassword(QStringLiteral("redis://ana:s3cr3t@host:port")).has_value());
        QCOMPARE(*withoutPassword(QStringLiteral("/a/b.cohorts")), QStringLiteral("/a/b.cohorts"));
    }

    void aFileMayHaveAPrefixChosen() {
        const QString file = QStringLiteral("/a/copy.db");
        QCOMPARE(fileOf(file), file);
        QCOMPARE(titleOf(file), QStringLiteral("copy.db"));
        const QString chosen = withPrefix(file, "app/50%_");
        QCOMPARE(chosen, QStringLiteral("/a/copy.db?prefix=app%2F50%25_"));
        QCOMPARE(fileOf(chosen), file);
        QCOMPARE(titleOf(chosen), QStringLiteral("copy.db · app/50%_"));
    }

    void faultsNameTheirField_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("port");
        QTest::addColumn<QString>("database");
        QTest::addColumn<QString>("field");
        const auto row = [](const char* name, const char* host, const char* port,
                            const char* database, const char* field) {
            QTest::newRow(name) << QString(host) << QString(port) << QString(database)
                                << QString(field);
        };
        row("nothing", "", "6379", "0", "host");
        row("half an address", "ana:s3cr3t@host", "6379", "0", "host");
        row("a host and what is no port", "host:redis", "6379", "0", "host");
        row("a database behind the host", "host/2", "6379", "0", "host");
        row("port 0", "host", "0", "0", "port");
        row("port too high", "host", "65536", "0", "port");
        row("a port of letters", "host", "redis", "0", "port");
        row("a database of letters", "host", "6379", "x", "database");
        row("a database below 0", "host", "6379", "-1", "database");
    }
    void faultsNameTheirField() {
        QFETCH(const QString, host);
        QFETCH(const QString, port);
        QFETCH(const QString, database);
        ServerForm form;
        form.host = host;
        form.port = port;
        form.database = database;
        const auto address = addressOf(form);
        QVERIFY(!address.has_value());
        QTEST(QString::fromStdString(address.error().part), "field");
        QVERIFY(!QString::fromStdString(address.error().english()).contains("s3cr3t"));
    }

    void aHostMayBeWrittenWithItsPort_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("host"); // empty: they are no two
        QTest::addColumn<QString>("port");
        const auto row = [](const char* text, const char* host, const char* port) {
            QTest::newRow(text) << QString(text) << QString(host) << QString(port);
        };
        row("localhost:7499", "localhost", "7499");
        row(" 10.0.0.7:1 ", "10.0.0.7", "1");
        row("[::1]:6380", "::1", "6380");
        row("localhost", "", "");
        row("localhost:", "", "");
        row("localhost:redis", "", "");
        row("::1", "", "");
        row("fe80::1:6379", "", "");
        row("ana:5ecret@localhost:6379", "", "");
        row("redis://localhost:6379", "", "");
    }
    void aHostMayBeWrittenWithItsPort() {
        QFETCH(const QString, text);
        const auto parts = hostAndPort(text);
        QTEST(parts ? parts->host : QString(""), "host");
        QTEST(parts ? parts->port : QString(""), "port");
    }

    void anEmptyPortOrDatabaseIsTheUsualOne() {
        ServerForm form;
        form.host = QStringLiteral(" stats.example.com ");
        form.port.clear();
        form.database.clear();
        QCOMPARE(addressOf(form)->text(), std::string("redis://stats.example.com"));
    }
};

QTEST_APPLESS_MAIN(TestServerForm)
#include "test_server_form.moc"
