// SPDX-License-Identifier: GPL-3.0-or-later
// TLS with a real redis-server: what is trusted is read, and nothing else; a server that speaks no
// TLS, or nothing but, says what to write instead.
#include <QTest>

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>

#include "tests/support/redis_process.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

class TestTls : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<ServerProcess> m_server;
    std::unique_ptr<ServerProcess> m_strict;

    QString path(const QString& name) const { return m_folder.filePath(name); }

    // A key and a certificate for it, signed by itself or by another.
    bool certify(const QString& name, const QString& alternative, const QString& issuer = {}) {
        QStringList arguments = {"req",
                                 "-x509",
                                 "-newkey",
                                 "ec",
                                 "-pkeyopt",
                                 "ec_paramgen_curve:prime256v1",
                                 "-nodes",
                                 "-days",
                                 "2",
                                 "-subj",
                                 "/CN=" + name,
                                 "-keyout",
                                 path(name + ".key"),
                                 "-out",
                                 path(name + ".pem"),
                                 "-addext",
                                 "subjectAltName=" + alternative};
        if (!issuer.isEmpty()) {
            arguments += {"-CA", path(issuer + ".pem"), "-CAkey", path(issuer + ".key")};
        }
        return QProcess::execute(programPath("openssl"), arguments) == 0;
    }

    // The same once more by the same authority, but of yesterday.
    bool letExpire(const QString& name, const QString& alternative, const QString& issuer) {
        const QString request = path(name + ".csr");
        return QProcess::execute(programPath("openssl"),
                                 {"req", "-new", "-key", path(name + ".key"), "-subj",
                                  "/CN=" + name, "-addext", "subjectAltName=" + alternative, "-out",
                                  request}) == 0 &&
               QProcess::execute(programPath("openssl"),
                                 {"x509", "-req", "-in", request, "-CA", path(issuer + ".pem"),
                                  "-CAkey", path(issuer + ".key"), "-set_serial", "9", "-days",
                                  "-1", "-copy_extensions", "copy", "-out", path(name + ".pem")}) ==
                   0;
    }

    std::unique_ptr<ServerProcess> serve(const QString& certificate, const QString& clients) {
        auto server = std::make_unique<ServerProcess>(programPath("redis-server"),
                                                      QStringList{"--tls-port",
                                                                  "%1",
                                                                  "--port",
                                                                  "0",
                                                                  "--bind",
                                                                  "127.0.0.1",
                                                                  "--dir",
                                                                  "%2",
                                                                  "--save",
                                                                  "",
                                                                  "--unixsocket",
                                                                  "%2/redis.sock",
                                                                  "--tls-cert-file",
                                                                  path(certificate + ".pem"),
                                                                  "--tls-key-file",
                                                                  path(certificate + ".key"),
                                                                  "--tls-ca-cert-file",
                                                                  path("ca.pem"),
                                                                  "--tls-auth-clients",
                                                                  clients});
        return server->isRunning() ? std::move(server) : nullptr;
    }
    std::string addressOf(const ServerProcess& server, const QString& parameters,
                          const char* host = "127.0.0.1") const {
        return "rediss://" + std::string(host) + ":" + std::to_string(server.port()) + "?" +
               parameters.toStdString();
    }
    QString trusting() const { return "ca=" + path("ca.pem"); }
    static void requireTroubleAt(const std::string& address, const std::string& code,
                                 const std::string& words, const std::string& part,
                                 const RedisOptions& options = patient()) {
        const auto store = openAt(address, options);
        requireTrouble(store, code, words);
        QCOMPARE(store ? std::string() : store.error().part, part);
    }

private slots:
    void initTestCase() {
        const bool isThere =
            !programPath("redis-server").isEmpty() && !programPath("openssl").isEmpty();
        if (!isThere && !requiresPeers()) {
            QSKIP("there is no redis-server, or no openssl to make certificates with");
        }
        QVERIFY(certify("ca", "DNS:ca"));
        QVERIFY(certify("here", "IP:127.0.0.1,DNS:localhost", "ca"));
        QVERIFY(certify("elsewhere", "DNS:elsewhere.example", "ca"));
        QVERIFY(certify("client", "DNS:client", "ca"));
        m_server = serve("here", "no");
        m_strict = serve("here", "yes");
        QVERIFY2(m_server && m_strict, "redis-server does not start with TLS");
    }

    void readsOverTls() {
        std::string bytes = toRedisString(poolOfSets()[10]);
        bytes.resize(9'000'000, '\x11');
        FakeServer quick(redisWith({{"trackist_a_2026-1-1", bytes}}));
        QProcess client;
        client.start("redis-cli",
                     {"--tls", "--cacert", path("ca.pem"), "-p", QString::number(m_server->port()),
                      "-x", "SET", "trackist_a_2026-1-1"});
        QVERIFY(client.waitForStarted());
        client.write(QByteArray::fromStdString(bytes));
        client.closeWriteChannel();
        QVERIFY(client.waitForFinished());
        for (const char* host : {"127.0.0.1", "localhost"}) {
            const auto store = openAt(addressOf(*m_server, trusting(), host));
            QVERIFY2(store.has_value(), troubleOf(store).c_str());
            KeysRead read = readKeys(**store);
            QVERIFY2(read.done.has_value(), read.done ? "" : read.done.error().english().c_str());
            QVERIFY(read.reads["a_2026-1-1"].bitmap == *fromRedisString(bytes));
        }
    }

    void trustsNobodyElse() {
        requireTroubleAt(addressOf(*m_server, ""), "access denied", "?ca=FILE", "ca");
        const auto other = serve("elsewhere", "no");
        QVERIFY(other != nullptr);
        requireTroubleAt(addressOf(*other, trusting()), "access denied", "another host", "host");
        requireTroubleAt(addressOf(*m_server, "ca=" + path("client.pem")), "access denied",
                         "not trusted", "ca");
        requireTroubleAt(addressOf(*m_server, "ca=" + path("none.pem")), "not found",
                         "none.pem cannot be read (No such file", "ca");
        requireTroubleAt(addressOf(*m_server, trusting() + "&cert=" + path("none.crt")),
                         "not found", "none.crt", "certificate");
        requireTroubleAt(addressOf(*m_server, "ca=" + path("here.key")), "not found",
                         "must be a PEM file", "ca");
    }

    void takesNoExpiredCertificate() {
        QVERIFY(certify("late", "IP:127.0.0.1", "ca"));
        QVERIFY(letExpire("late", "IP:127.0.0.1", "ca"));
        const auto late = serve("late", "no");
        QVERIFY(late != nullptr);
        requireTroubleAt(addressOf(*late, trusting()), "access denied", "has expired", "");
    }

    void showsItsCertificate() {
        const QString shown = "&cert=" + path("client.pem") + "&key=" + path("client.key");
        const auto store = openAt(addressOf(*m_strict, trusting() + shown));
        QVERIFY2(troubleOf(store).find("it is empty") != std::string::npos,
                 troubleOf(store).c_str());
        const auto refused = openAt(addressOf(*m_strict, trusting()));
        QVERIFY(!refused);
        QCOMPARE(refused.error().part, std::string("certificate"));
        QVERIFY2(refused.error().english().find("?cert=FILE&key=FILE") != std::string::npos,
                 refused.error().english().c_str());
    }

    void saysWhatToWriteInstead() {
        requireTroubleAt("redis://127.0.0.1:" + std::to_string(m_server->port()), "lost",
                         "rediss://", "tls");
        FakeServer plain([](const Words&, int) { return FakeReply(); });
        const std::string address = "rediss://127.0.0.1:" + std::to_string(plain.port());
        QElapsedTimer clock;
        clock.start();
        requireTroubleAt(address, "timed out", "redis://", "tls", impatient());
        QVERIFY(clock.elapsed() < 10'000);
        FakeServer chatty([](const Words&, int) { return FakeReply(); });
        chatty.greetWith(std::string("-ERR max number of clients reached\r\n"));
        requireTroubleAt("rediss://127.0.0.1:" + std::to_string(chatty.port()), "wrong format",
                         "redis://", "tls");
        const auto real = startRedis(); // what TLS begins with is no whole line to it
        QVERIFY(real != nullptr);
        requireTroubleAt("rediss" + real->address().substr(5), "timed out", "redis://", "tls",
                         impatient());
    }
};

QTEST_GUILESS_MAIN(TestTls)
#include "test_tls.moc"
