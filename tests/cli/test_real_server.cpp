// SPDX-License-Identifier: GPL-3.0-or-later
// Every command on a real redis-server, listened to all the while: nothing that could change it is
// sent, and it is as it was before.
#include <algorithm>

#include <QTemporaryDir>
#include <QTest>

#include "tests/support/cli_process.h"
#include "tests/support/redis_process.h"

using namespace cohortist::test;

class TestRealServer : public QObject {
    Q_OBJECT
private slots:
    void leavesTheServerAsItWas() {
        if (programPath("redis-server").isEmpty() && !requiresPeers()) {
            QSKIP("there is no redis-server");
        }
        const auto server = startRedis({"--enable-debug-command", "yes"});
        QVERIFY(server != nullptr);
        RawClient client(server->port());
        for (const char* key : {"trackist_signup_2026-1-1", "trackist_signup_2026-1",
                                "trackist_active_2026-1-1", "trackist_active_2026-1-2"}) {
            client.ask({"SET", key, "\xf0"});
        }
        client.ask({"SETBIT", "trackist_active_2026-1", "50000000", "1"}); // comes in pieces
        client.ask({"SET", "volatile", "x", "PXAT", "4000000000000"});
        const std::string digest = client.ask({"DEBUG", "DIGEST"}).text;
        QCOMPARE(digest.size(), std::size_t{40});

        QTemporaryDir folder;
        const QByteArray before = qgetenv("XDG_CACHE_HOME");
        qputenv("XDG_CACHE_HOME", folder.path().toUtf8());
        CommandRecorder recorder(server->port());
        const QString source = QString::fromStdString(server->socketAddress());
        const QString copy = folder.filePath("copy.cohorts");
        const QStringList both = {"signup@2026-01-01 & active@2026-01-02"};
        for (const QStringList& words :
             {QStringList{"events", source}, QStringList{"count", source} + both,
              QStringList{"count", source} + both, // what is kept
              QStringList{"count", source, "--refresh"} + both, QStringList{"users", source} + both,
              QStringList{"explain", source} + both, QStringList{"count", source, "active@2026-01"},
              QStringList{"retention", source, "--cohort", "signup@period", "--return",
                          "active@period", "--by", "day", "--start", "2026-01-01", "--rows", "1",
                          "--cols", "1"},
              QStringList{"snapshot", source, "-o", copy}}) {
            const Outcome outcome = run(words);
            QVERIFY2(outcome.exit == 0, words[0].toUtf8() + ": " + outcome.err);
        }
        QCOMPARE(run({"check", source}).exit, 1); // only files can be checked
        QCOMPARE(run(QStringList{"count", copy} + both).out, QByteArray("4\n"));
        qputenv("XDG_CACHE_HOME", before);

        const auto sent = recorder.finish();
        for (const std::string& name : sent) {
            QVERIFY2(allowedCommands().contains(name), name.c_str());
        }
        for (const char* name : {"INFO", "CLIENT SETNAME", "DBSIZE", "SCAN", "STRLEN", "GET",
                                 "GETRANGE", "BITCOUNT"}) {
            QVERIFY2(std::find(sent.begin(), sent.end(), name) != sent.end(), name);
        }
        QVERIFY(client.ask({"DEBUG", "DIGEST"}).text == digest);
        QCOMPARE(client.ask({"DBSIZE"}).integer, 6LL);
        QCOMPARE(client.ask({"PEXPIRETIME", "volatile"}).integer, 4000000000000LL);
        QCOMPARE(client.ask({"TTL", "trackist_active_2026-1"}).integer, -1LL);
    }
};

QTEST_GUILESS_MAIN(TestRealServer)
#include "test_real_server.moc"
