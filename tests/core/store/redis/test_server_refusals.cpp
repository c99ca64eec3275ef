// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that want a password, refuse questions, say that they are busy or belong to a cluster:
// what can be read all the same is read, what passes is waited for within a limit, and the rest is
// an error that says what to do.
#include <QTest>

#include <atomic>

#include <QElapsedTimer>

#include "tests/support/small_redis.h"

using namespace cohortist;
using namespace cohortist::test;

class TestServerRefusals : public QObject {
    Q_OBJECT
private slots:
    void wantsAPassword() {
        FakeServer server(smallRedisBut([](const Words& words, int) -> std::optional<FakeReply> {
            if (words[0] == "AUTH") {
                return words == Words{"AUTH", "ana", "right"}
                           ? FakeReply("+OK\r\n")
                           : FakeReply("-WRONGPASS invalid username-password pair secret\r\n");
            }
            return std::nullopt;
        }));
        requireTrouble(openAt("redis://ana:secret@127.0.0.1:" + std::to_string(server.port())),
                       "access denied", "COHORTIST_PASSWORD");
        requireAll(openAt("redis://ana:right@127.0.0.1:" + std::to_string(server.port())));
        FakeServer strict(
            [](const Words&, int) { return FakeReply("-NOAUTH Authentication required.\r\n"); });
        requireTrouble(openAt(strict.address()), "access denied", "asks for a password");
    }

    void needsNoPasswordAfterAll() {
        for (const char* said :
             {"-ERR AUTH <password> called without any password configured for the default user. "
              "Are you sure your configuration is correct?\r\n",
              "-ERR unknown command 'AUTH', with args beginning with: 'secret' \r\n"}) {
            FakeServer server(
                smallRedisBut([&](const Words& words, int) -> std::optional<FakeReply> {
                    return words[0] == "AUTH" ? std::optional(FakeReply(said)) : std::nullopt;
                }));
            requireAll(openAt("redis://:secret@127.0.0.1:" + std::to_string(server.port())));
        }
    }

    void hasNoSuchDatabase() {
        FakeServer server(smallRedisBut([](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "SELECT"
                       ? std::optional(FakeReply("-ERR DB index is out of range\r\n"))
                       : std::nullopt;
        }));
        requireTrouble(openAt(server.address() + "/99"), "not found", "no database 99");
    }

    void connectsThoughQuestionsAreRefused() {
        const std::string refusal =
            "-NOPERM this user has no permissions to run the 'x' command\r\n";
        for (const std::string probe : {"INFO", "CLIENT", "DBSIZE", "STRLEN", "all"}) {
            FakeServer server(smallRedisBut([&](const Words& words,
                                                int) -> std::optional<FakeReply> {
                const bool isRefused = words[0] == probe ||
                                       (probe == "all" && words[0] != "SCAN" && words[0] != "GET");
                return isRefused ? std::optional(FakeReply(refusal)) : std::nullopt;
            }));
            requireAll(openAt(server.address()));
        }
        // Of a value that would come in pieces, all is asked for at once.
        const std::string bytes(3 * kChunkBytes + 5, '\x81');
        std::atomic<int> pieces = 0;
        FakeServer whole(redisBut({{"trackist_a_2026-1-1", bytes}},
                                  [&](const Words& words, int) -> std::optional<FakeReply> {
                                      if (words[0] != "GETRANGE") {
                                          return std::nullopt;
                                      }
                                      ++pieces;
                                      return FakeReply(refusal);
                                  }));
        RedisOptions options = patient();
        options.access.reading.pieceBytes = kChunkBytes;
        const auto store = openAt(whole.address(), options);
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        KeysRead read = readKeys(**store);
        QVERIFY(read.done.has_value());
        QVERIFY(read.reads["a_2026-1-1"].bitmap == *fromRedisString(bytes));
        QVERIFY(pieces > 0);
        FakeServer server(smallRedisBut([](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "SCAN"
                       ? std::optional(FakeReply("-NOPERM this user has no permissions "
                                                 "to run the 'scan' command\r\n"))
                       : std::nullopt;
        }));
        requireTrouble(openAt(server.address()), "access denied", "may not ask SCAN");
    }

    void isOneNodeOfACluster() {
        FakeServer told(smallRedisBut([](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "INFO"
                       ? std::optional(FakeReply(bulk("redis_version:7\r\nredis_mode:cluster\r\n")))
                       : std::nullopt;
        }));
        requireTrouble(openAt(told.address()), "unsupported", "redis+cluster://");
        FakeServer untold(smallRedisBut([](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "INFO"      ? std::optional(FakeReply("-NOPERM no\r\n"))
                   : words[0] == "CLUSTER" ? std::optional(FakeReply("*0\r\n"))
                                           : std::nullopt;
        }));
        requireTrouble(openAt(untold.address()), "unsupported", "redis+cluster://");
        for (const char* said : {"-MOVED 1 127.0.0.1:1\r\n", "-ASK 1 127.0.0.1:1\r\n"}) {
            FakeServer late(smallRedisBut([&](const Words& words, int) -> std::optional<FakeReply> {
                return words[0] == "GET" ? std::optional(FakeReply(said)) : std::nullopt;
            }));
            const auto store = openAt(late.address());
            QVERIFY2(store.has_value(), troubleOf(store).c_str());
            const KeysRead read = readKeys(**store);
            QVERIFY(!read.done);
            QCOMPARE(codeOf(read.done.error()), std::string("unsupported"));
            QCOMPARE(read.done.error().part, std::string("cluster"));
            requireWellTold(read.done.error());
        }
    }

    void waitsForABusyServer_data() {
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<QByteArray>("said");
        for (const char* command : {"AUTH", "INFO", "SELECT", "SCAN", "STRLEN", "GET"}) {
            for (const char* said :
                 {"-LOADING Redis is loading the dataset in memory\r\n",
                  "-BUSY Redis is busy running a script.\r\n",
                  "-ERR max number of clients reached\r\n", "-CLUSTERDOWN Hash slot\r\n"}) {
                QTest::addRow("%s %.12s", command, said) << QByteArray(command) << QByteArray(said);
            }
        }
    }
    void waitsForABusyServer() {
        QFETCH(QByteArray, command);
        QFETCH(QByteArray, said);
        std::atomic<int> left = 2; // the server goes on while it is looked at
        FakeServer server(smallRedisBut([&](const Words& words, int) -> std::optional<FakeReply> {
            if (words[0] != command.toStdString() || left == 0) {
                return std::nullopt;
            }
            --left;
            FakeReply answer(said.toStdString());
            answer.closes = said.contains("clients");
            return answer;
        }));
        const std::string address =
            "redis://ana:secret@127.0.0.1:" + std::to_string(server.port()) + "/1";
        requireAll(openAt(address));
        QCOMPARE(left.load(), 0);
        left = 1'000'000;
        QElapsedTimer clock;
        clock.start();
        const auto store = openAt(address, soonTired());
        if (command == "GET") {
            QVERIFY2(store.has_value(), troubleOf(store).c_str());
            const KeysRead read = readKeys(**store);
            QVERIFY(!read.done);
            QCOMPARE(codeOf(read.done.error()), std::string("busy"));
            requireWellTold(read.done.error());
        } else {
            requireTrouble(store, "busy", said.mid(1, 4).toStdString());
        }
        QVERIFY2(clock.elapsed() >= 150 && clock.elapsed() < 20'000,
                 qPrintable(QString::number(clock.elapsed())));
        // Six tries at the most, of up to four keys.
        QVERIFY2(1'000'000 - left <= 24, qPrintable(QString::number(1'000'000 - left)));
    }

    void isRefusedItsDatabaseOrItsSlots() {
        const std::string said = "-NOPERM this user has no permissions to run the 'x' command\r\n";
        FakeServer server(smallRedisBut([&](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "SELECT" || words[0] == "CLUSTER" ? std::optional(FakeReply(said))
                                                                 : std::nullopt;
        }));
        const std::string place = "127.0.0.1:" + std::to_string(server.port());
        requireTrouble(openAt("redis://" + place + "/2"), "access denied", "may not ask SELECT");
        requireTrouble(openAt("redis+cluster://" + place), "access denied",
                       "may not ask CLUSTER SLOTS");
    }

    // 50, 100, 200 and 400 ms, and what is left of a second.
    void asksLessAndLessOften() {
        const JobContext job;
        Waiter waiter(job);
        Patience patience(std::chrono::seconds(1));
        for (const bool isAnew : {false, true}) {
            QElapsedTimer clock;
            clock.start();
            int waits = 0;
            for (auto goesOn = patience.wait(waiter); goesOn && *goesOn;
                 goesOn = patience.wait(waiter)) {
                ++waits;
            }
            QVERIFY2(waits >= 3 && waits <= 5, qPrintable(QString::number(waits)));
            QVERIFY(clock.elapsed() >= 990);
            if (!isAnew) {
                QTest::qSleep(1100); // as long as it waits at most, all went well
            }
        }
    }

    void isFullAndHangsUpUnheard() {
        FakeServer server(
            smallRedisBut([](const Words&, int connection) -> std::optional<FakeReply> {
                FakeReply answer;
                answer.closes = true;
                return connection < 2 ? std::optional(answer) : std::nullopt;
            }));
        requireAll(openAt(server.address()));
    }
};

QTEST_GUILESS_MAIN(TestServerRefusals)
#include "test_server_refusals.moc"
