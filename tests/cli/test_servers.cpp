// SPDX-License-Identifier: GPL-3.0-or-later
// The commands on a server instead of a file.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "core/calendar/period.h"
#include "tests/support/cli_process.h"
#include "tests/support/fake_server.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

Outcome runWith(const QString& password, const QStringList& arguments) {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("COHORTIST_PASSWORD"), password);
    return run(arguments, {}, environment);
}

// Users 0 to 3 signed up on one day, users 0 and 1 came back on the next; a list is no bitmap.
FakeServer::Script product() {
    return [redis = redisWith({{"trackist_signup_2026-1-1", "\xf0"},
                               {"trackist_active_2026-1-1", "\xf0"},
                               {"trackist_active_2026-1-2", "\xc0"},
                               {"trackist_list_u", "\x80"}})](const Words& words,
                                                              int connection) -> FakeReply {
        if (words[0] == "AUTH" && words.back() != "right") {
            return std::string(
                "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
        }
        if (words[0] == "BITCOUNT") { // of what a question below needs
            return std::string(words[1] == "trackist_signup_2026-1-1" ? ":4\r\n" : ":2\r\n");
        }
        if (words[0] == "STRLEN" && words[1] == "trackist_list_u") {
            return std::string("-WRONGTYPE Operation against a key\r\n");
        }
        return redis(words, connection);
    };
}

} // namespace

class TestServers : public QObject {
    Q_OBJECT
private slots:
    void answersFromAServer() {
        FakeServer server(product());
        const QString source = QString::fromStdString(server.address());
        const Outcome events = run({"events", source});
        QVERIFY2(events.exit == 0, events.err.constData());
        QVERIFY(events.out.contains("signup,day,2026-01-01,2026-01-01,1"));
        QCOMPARE(run({"count", source, "signup@2026-01-01 & active@2026-01-02"}).out,
                 QByteArray("2\n"));
        QCOMPARE(run({"users", source, "active@2026-01-02"}).out, QByteArray("user_id\n0\n1\n"));
        const Outcome table =
            run({"retention", source, "--cohort", "signup@period", "--return", "active@period",
                 "--by", "day", "--start", "2026-01-01", "--rows", "1", "--cols", "1"});
        QVERIFY2(table.out.contains("2026-01-01,4,100.0,50.0"), table.out + table.err);
        const Outcome tree = run({"explain", source, "list", "--json"});
        QVERIFY2(tree.out.contains("wrong type"), tree.out + tree.err);
        const Outcome wrong = run({"count", source, "list"});
        QCOMPARE(wrong.exit, 1);
        QVERIFY2(wrong.err.contains("trackist_list_u: wrong type"), wrong.err.constData());
        QVERIFY2(wrong.err.contains("none of bitmapist's"), wrong.err.constData());
        QCOMPARE(wrong.err.count('\n'), 1);
    }

    void takesThePasswordFromTheEnvironment() {
        FakeServer server(product());
        const QString place = QStringLiteral("127.0.0.1:%1").arg(server.port());
        QCOMPARE(runWith("right", {"count", "redis://" + place, "signup@2026-01-01"}).out,
                 QByteArray("4\n"));
        QCOMPARE(
            runWith("topsecret", {"count", "redis://:right@" + place, "signup@2026-01-01"}).out,
            QByteArray("4\n"));
        for (const Outcome& refused : {runWith("topsecret", {"events", "redis://" + place}),
                                       run({"events", "redis://ana:topsecret@" + place}),
                                       run({"events", "redis://ana:topsecret@" + place + "/x"}),
                                       run({"check", "redis://ana:topsecret@" + place})}) {
            QVERIFY(refused.exit == 1 || refused.exit == 2);
            QVERIFY(!refused.err.contains("topsecret"));
            QVERIFY2(refused.err.startsWith("cohortist-cli: "), refused.err.constData());
            QCOMPARE(refused.err.count('\n'), 1);
        }
    }

    void copiesAServer() {
        FakeServer server(product());
        const QString source = QString::fromStdString(server.address());
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("copy.cohorts"));
        const Outcome refused = run({"snapshot", source, "-o", file});
        QCOMPARE(refused.exit, 1);
        QVERIFY2(refused.err.contains("list") && refused.err.contains("wrong type"),
                 refused.err.constData());
        QVERIFY(!QFile::exists(file));
        const Outcome copied =
            run({"snapshot", source, "-o", file, "--events", "signup", "--events", "active"});
        QVERIFY2(copied.exit == 0, copied.err.constData());
        QCOMPARE(run({"check", file}).exit, 0);
        QVERIFY(!run({"cache"}).out.contains("unfinished copy"));
        QCOMPARE(run({"count", file, "signup@2026-01-01 & active@2026-01-02"}).out,
                 QByteArray("2\n"));
    }

    void keepsPastPeriodsUntilTheyAreCleared() {
        FakeServer server(product());
        QTemporaryDir folder;
        const QByteArray before = qgetenv("XDG_CACHE_HOME");
        qputenv("XDG_CACHE_HOME", folder.path().toUtf8());
        const QString source = QString::fromStdString(server.address());
        const QStringList question = {"count", source, "signup@2026-01-01 & active@2026-01-02"};
        auto gets = [&, seen = std::size_t{0}]() mutable {
            int count = 0;
            const auto commands = server.commands();
            for (; seen < commands.size(); ++seen) {
                count += commands[seen][0] == "GET" ? 1 : 0;
            }
            return count;
        };
        for (const int expected : {2, 0}) {
            QCOMPARE(run(question).out, QByteArray("2\n"));
            QCOMPARE(gets(), expected);
        }
        QCOMPARE(run(question + QStringList{"--refresh"}).out, QByteArray("2\n"));
        QCOMPARE(gets(), 2);
        const auto sources = [](const Outcome& outcome) {
            return QJsonDocument::fromJson(outcome.out).object()["sources"].toArray();
        };
        const Outcome kept = run({"cache", "--json"});
        QVERIFY2(kept.exit == 0 && kept.out.startsWith('{'), kept.err.constData());
        QCOMPARE(sources(kept).size(), 1);
        QCOMPARE(sources(kept)[0].toObject()["source"].toString(), source);
        QVERIFY(sources(kept)[0].toObject()["bytes"].toInt() > 0);
        QCOMPARE(run({"cache"}).out.count('\n'), 2);
        QVERIFY(sources(run({"cache", "--clear", "--json"})).isEmpty());
        QCOMPARE(run(question).out, QByteArray("2\n"));
        QCOMPARE(gets(), 2);
        qputenv("XDG_CACHE_HOME", before);
    }

    // Killed in the middle, and begun again by the same words.
    void goesOnWithACopyThatWasKilled() {
        constexpr int kDays = 600;
        constexpr int kBefore = 400;
        std::vector<std::pair<std::string, std::string>> data;
        data.reserve(kDays);
        for (int day = 0; day < kDays; ++day) {
            data.emplace_back("trackist_a_" + toBitmapist({Granularity::Day, 18'000 + day}),
                              "\x0f");
        }
        std::atomic<int> gets = 0;
        std::atomic<bool> isSlow = true;
        FakeServer server([&, redis = redisWith(data)](const Words& words, int connection) {
            if (words[0] == "BITCOUNT") {
                return FakeReply(":4\r\n");
            }
            FakeReply reply = redis(words, connection);
            reply.isSilent = words[0] == "GET" && ++gets > kBefore && isSlow;
            if (reply.isSilent) {
                reply.bytes.clear();
            }
            return reply;
        });
        QTemporaryDir folder;
        const QByteArray before = qgetenv("XDG_CACHE_HOME");
        qputenv("XDG_CACHE_HOME", folder.path().toUtf8());
        const QString file = folder.filePath(QStringLiteral("copy.cohorts"));
        const QStringList words = {"snapshot", QString::fromStdString(server.address()), "-o",
                                   file};
        QProcess process;
        process.start(QStringLiteral(COHORTIST_CLI), words);
        QTRY_VERIFY_WITH_TIMEOUT(gets > kBefore, 30'000);
        process.kill();
        QVERIFY(process.waitForFinished());
        QVERIFY(!QFile::exists(file));
        QVERIFY(run({"cache"}).out.contains("unfinished copy"));
        isSlow = false;
        gets = 0;
        const Outcome copied = run(words);
        QVERIFY2(copied.exit == 0, copied.err.constData());
        QVERIFY2(copied.err.contains("600 keys"), copied.err.constData());
        QVERIFY2(gets <= kDays - 256, qPrintable(QString::number(gets))); // a batch was saved
        QCOMPARE(run({"check", file}).exit, 0);
        QVERIFY(!run({"cache"}).out.contains("unfinished copy"));
        qputenv("XDG_CACHE_HOME", before);
    }

    void saysWhatCheckingCanDo() {
        const Outcome outcome = run({"check", "redis://127.0.0.1:1"});
        QCOMPARE(outcome.exit, 1);
        QVERIFY2(outcome.err.contains("cohortist-cli snapshot"), outcome.err.constData());
        QCOMPARE(outcome.err.count('\n'), 1);
    }
};

QTEST_GUILESS_MAIN(TestServers)
#include "test_servers.moc"
