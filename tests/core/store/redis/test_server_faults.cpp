// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that refuse, stall, break off or talk nonsense: each fault ends in the right number or in
// an error that says what happened, and never late.
#include <QTest>

#include <atomic>
#include <future>

#include <QElapsedTimer>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/session/session.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

const std::vector<std::pair<std::string, std::string>> kData = {{"trackist_a_2026-1-1", "\x80"},
                                                                {"trackist_a_2026-1-2", "\x40\x01"},
                                                                {"trackist_a_2026-1", "\xc0\x01"},
                                                                {"trackist_b_u", "\xff"}};

// The small Redis, but for what `instead` answers.
FakeServer::Script
redisBut(std::function<std::optional<FakeReply>(const Words& words, int connection)> instead) {
    return [instead = std::move(instead), redis = redisWith(kData)](const Words& words,
                                                                    int connection) {
        const auto answer = instead(words, connection);
        return answer ? *answer : redis(words, connection);
    };
}

std::string bigString() {
    return std::string(2'000'000, '\x55');
}

} // namespace

class TestServerFaults : public QObject {
    Q_OBJECT

    // Everything read as it should be.
    static void requireAll(const Result<std::shared_ptr<BitmapStore>>& store) {
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        KeysRead read = readKeys(**store);
        QVERIFY2(read.done.has_value(), read.done ? "" : read.done.error().english().c_str());
        QCOMPARE(read.calls, std::size_t{5});
        QVERIFY(read.reads["a_2026-1-1"].bitmap == Bitmap{0});
        QVERIFY(read.reads["a_2026-1-2"].bitmap == (Bitmap{1, 15}));
        QVERIFY(read.reads["a_2026-1"].bitmap == (Bitmap{0, 1, 15}));
        QVERIFY(read.reads["b_u"].bitmap == Bitmap::fromRange(0, 8));
        QVERIFY(read.reads["everyone"].bitmap == (Bitmap{0, 1, 2, 3, 4, 5, 6, 7, 15}));
    }
    static void requireTrouble(const Result<std::shared_ptr<BitmapStore>>& store,
                               const std::string& code, const std::string& words) {
        QVERIFY(!store);
        const std::string trouble = troubleOf(store);
        QVERIFY2(trouble.starts_with(code + ": "), trouble.c_str());
        QVERIFY2(trouble.find(words) != std::string::npos, trouble.c_str());
        QVERIFY2(trouble.find("secret") == std::string::npos, trouble.c_str());
    }

private slots:
    void readsWhatThereIs() {
        FakeServer server(redisWith(kData));
        const auto store = openAt(server.address());
        requireAll(store);
        QCOMPARE((*store)->info().prefix, std::string("trackist_"));
        QCOMPARE((*store)->info().kind, std::string("Redis 7.0.15"));
        QCOMPARE((*store)->info().name, server.address());
    }

    void wantsAPassword() {
        FakeServer server(redisBut([](const Words& words, int) -> std::optional<FakeReply> {
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
            FakeServer server(redisBut([&](const Words& words, int) -> std::optional<FakeReply> {
                return words[0] == "AUTH" ? std::optional(FakeReply(said)) : std::nullopt;
            }));
            requireAll(openAt("redis://:secret@127.0.0.1:" + std::to_string(server.port())));
        }
    }

    void hasNoSuchDatabase() {
        FakeServer server(redisBut([](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "SELECT"
                       ? std::optional(FakeReply("-ERR DB index is out of range\r\n"))
                       : std::nullopt;
        }));
        requireTrouble(openAt(server.address() + "/99"), "not found", "no database 99");
    }

    void connectsThoughQuestionsAreRefused() {
        for (const std::string probe : {"INFO", "CLIENT", "DBSIZE", "STRLEN", "GETRANGE", "all"}) {
            FakeServer server(redisBut([&](const Words& words, int) -> std::optional<FakeReply> {
                const bool isRefused = words[0] == probe ||
                                       (probe == "all" && words[0] != "SCAN" && words[0] != "GET");
                return isRefused
                           ? std::optional(FakeReply("-NOPERM this user has no permissions to "
                                                     "run the 'x' command\r\n"))
                           : std::nullopt;
            }));
            RedisOptions options = patient();
            options.access.reading.pieceBytes = kChunkBytes;
            requireAll(openAt(server.address(), options));
        }
        FakeServer server(redisBut([](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "SCAN"
                       ? std::optional(FakeReply("-NOPERM this user has no permissions "
                                                 "to run the 'scan' command\r\n"))
                       : std::nullopt;
        }));
        requireTrouble(openAt(server.address()), "access denied", "may not ask SCAN");
    }

    void isOneNodeOfACluster() {
        FakeServer told(redisBut([](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "INFO"
                       ? std::optional(FakeReply(bulk("redis_version:7\r\nredis_mode:cluster\r\n")))
                       : std::nullopt;
        }));
        requireTrouble(openAt(told.address()), "unsupported", "redis+cluster://");
        FakeServer untold(redisBut([](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "INFO"      ? std::optional(FakeReply("-NOPERM no\r\n"))
                   : words[0] == "CLUSTER" ? std::optional(FakeReply("*0\r\n"))
                                           : std::nullopt;
        }));
        requireTrouble(openAt(untold.address()), "unsupported", "redis+cluster://");
    }

    void waitsForABusyServer_data() {
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<QByteArray>("said");
        for (const char* command : {"INFO", "SCAN", "STRLEN", "GET"}) {
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
        FakeServer server(redisBut([&](const Words& words, int) -> std::optional<FakeReply> {
            if (words[0] != command.toStdString() || left == 0) {
                return std::nullopt;
            }
            --left;
            FakeReply answer(said.toStdString());
            answer.closes = said.contains("clients");
            return answer;
        }));
        requireAll(openAt(server.address()));
        QCOMPARE(left.load(), 0);
        left = 1'000'000;
        QElapsedTimer clock;
        clock.start();
        const auto store = openAt(server.address(), soonTired());
        if (command == "GET") {
            QVERIFY2(store.has_value(), troubleOf(store).c_str());
            const KeysRead read = readKeys(**store);
            QVERIFY(!read.done);
            QCOMPARE(codeOf(read.done.error()), std::string("busy"));
        } else {
            requireTrouble(store, "busy", said.mid(1, 4).toStdString());
        }
        QVERIFY2(clock.elapsed() >= 150 && clock.elapsed() < 20'000,
                 qPrintable(QString::number(clock.elapsed())));
        // Six tries at the most, of up to four keys.
        QVERIFY2(1'000'000 - left <= 24, qPrintable(QString::number(1'000'000 - left)));
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
        FakeServer server(redisBut([](const Words&, int connection) -> std::optional<FakeReply> {
            FakeReply answer;
            answer.closes = true;
            return connection < 2 ? std::optional(answer) : std::nullopt;
        }));
        requireAll(openAt(server.address()));
    }

    void isNoRedis_data() {
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("http") << QByteArray("HTTP/1.1 400 Bad Request\r\n\r\n")
                              << QByteArray("web server");
        QTest::newRow("tls") << QByteArray("\x15\x03\x01\x00\x02\x02\x46", 7)
                             << QByteArray("rediss://");
        QTest::newRow("resp3") << QByteArray("%1\r\n+a\r\n+b\r\n") << QByteArray("RESP3");
        QTest::newRow("ssh") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n")
                             << QByteArray("not what Redis would say");
        QTest::newRow("endless line")
            << QByteArray("+" + QByteArray(100'000, 'a')) << QByteArray("INFO");
        QTest::newRow("huge") << QByteArray("$9223372036854775807\r\n") << QByteArray("INFO");
        QTest::newRow("many") << QByteArray("*2147483647\r\n") << QByteArray("INFO");
        QTest::newRow("terminator") << QByteArray("$2\r\nabXX") << QByteArray("INFO");
        QTest::newRow("moved") << QByteArray("-MOVED 1 127.0.0.1:1\r\n") << QByteArray("");
    }
    void isNoRedis() {
        QFETCH(QByteArray, said);
        QFETCH(QByteArray, words);
        FakeServer server([&](const Words&, int) { return FakeReply(said.toStdString()); });
        QElapsedTimer clock;
        clock.start();
        const auto store = openAt(server.address());
        QVERIFY(!store);
        QVERIFY2(troubleOf(store).find(words.toStdString()) != std::string::npos,
                 troubleOf(store).c_str());
        QVERIFY(clock.elapsed() < 20'000);
    }

    void saysNothing() {
        FakeServer server([](const Words&, int) { return FakeReply(); });
        QElapsedTimer clock;
        clock.start();
        requireTrouble(openAt(server.address(), impatient()), "timed out", "rediss://");
        QVERIFY(clock.elapsed() >= 700 && clock.elapsed() < 10'000);
    }

    // A read each 20 ms is no timeout of a socket, but the reply has one.
    void speaksAByteAtATime() {
        FakeReply slow(bulk(bigString()));
        slow.bytesAtOnce = 1;
        slow.pause = std::chrono::milliseconds(20);
        FakeServer server(redisBut([&](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "GET" ? std::optional(slow) : std::nullopt;
        }));
        const auto store = openAt(server.address(), impatient());
        QVERIFY(store.has_value());
        QElapsedTimer clock;
        clock.start();
        const auto read =
            stoppedAfter(4, [&](const JobContext& job) { return readKeys(**store, {}, job); });
        QVERIFY(!read.done);
        QCOMPARE(codeOf(read.done.error()), std::string("timed out"));
        QCOMPARE(read.calls, std::size_t{0});
        QVERIFY(clock.elapsed() >= 700 && clock.elapsed() < 10'000);
    }

    void swallowsConnections() {
        // Nobody takes what waits here, and so no more than this may wait.
        const int listener = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        auto* const address = reinterpret_cast<sockaddr*>(&name);
        QVERIFY(::bind(listener, address, size) == 0 && listen(listener, 0) == 0 &&
                getsockname(listener, address, &size) == 0);
        std::vector<int> waiting;
        for (int i = 0; i < 4; ++i) {
            waiting.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
            static_cast<void>(::connect(waiting.back(), address, size));
        }
        QElapsedTimer clock;
        clock.start();
        const std::string text = "redis://127.0.0.1:" + std::to_string(ntohs(name.sin_port));
        requireTrouble(openAt(text, impatient()), "timed out", "nobody answers");
        QVERIFY(clock.elapsed() >= 1490 && clock.elapsed() < 10'000);

        std::stop_source stop;
        RedisOptions slow = patient();
        slow.access.timeouts.connect = std::chrono::seconds(20);
        auto opened = std::async(std::launch::async,
                                 [&] { return openAt(text, slow, JobContext(stop.get_token())); });
        QTest::qSleep(50);
        clock.start();
        stop.request_stop();
        QCOMPARE(codeOf(opened.get().error()), std::string("cancelled"));
        QVERIFY(clock.elapsed() < 10'000);
        for (const int each : waiting) {
            close(each);
        }
        close(listener);
    }

    void isNotThere() {
        const int port = [] {
            const FakeServer server([](const Words&, int) { return FakeReply(); });
            return server.port();
        }();
        requireTrouble(openAt("redis://127.0.0.1:" + std::to_string(port)), "not found",
                       "refuses the connection");
        requireTrouble(openAt("redis+unix:///nowhere/redis.sock"), "not found", "No such file");
        const auto unknown = openAt("redis://nosuch.invalid");
        QVERIFY(!unknown);
        QVERIFY2(unknown.error().english().find("host") != std::string::npos,
                 unknown.error().english().c_str());
    }

    void breaksOffAfterEachReply() {
        // Commands: INFO, CLIENT, DBSIZE, SCAN, samples, STRLENs, GETs.
        for (int after = 0; after < 16; ++after) {
            for (const std::size_t bytes : {std::size_t{0}, std::size_t{3}}) {
                std::atomic<int> answered = 0;
                FakeServer server(
                    [&, redis = redisWith(kData)](const Words& words, int connection) {
                        FakeReply answer = redis(words, connection);
                        if (answered++ == after) {
                            answer.closes = true;
                            answer.bytes.resize(std::min(bytes, answer.bytes.size()));
                        }
                        return answer;
                    });
                requireAll(openAt(server.address()));
                QVERIFY(server.connections() <= 2);
            }
        }
    }

    void breaksOffForEver() {
        for (int after = 0; after < 8; ++after) {
            std::atomic<int> values = 0;
            FakeServer server(redisBut([&](const Words& words, int) -> std::optional<FakeReply> {
                if (words[0] != "GET" || values++ < after) {
                    return std::nullopt;
                }
                FakeReply answer(std::string("$1\r\n"));
                answer.closes = true;
                return answer;
            }));
            const auto store = openAt(server.address());
            QVERIFY(store.has_value());
            const KeysRead read = readKeys(**store);
            if (after >= 6) { // all keys, and those of everyone
                QVERIFY(read.calls >= 4);
                continue;
            }
            QVERIFY(!read.done);
            QCOMPARE(codeOf(read.done.error()), std::string("lost"));
            for (const auto& [name, key] : read.reads) {
                QCOMPARE(static_cast<int>(key.state), static_cast<int>(KeyState::Read));
            }
            Session session(*store);
            QVERIFY(!session.count(*parseQuery("a@2026-01-01 | a@2026-01-02 | b"), {}, {}));
        }
    }

    void stopsWithinASecond() {
        std::atomic<bool> isSilent = false;
        FakeServer server(redisBut([&](const Words& words, int) -> std::optional<FakeReply> {
            return isSilent && words[0] == "GET" ? std::optional(FakeReply()) : std::nullopt;
        }));
        const auto store = openAt(server.address());
        QVERIFY(store.has_value());
        isSilent = true;
        std::stop_source stop;
        auto reading = std::async(std::launch::async, [&] {
            return readKeys(**store, {}, JobContext(stop.get_token())).done;
        });
        QTest::qSleep(100);
        QElapsedTimer clock;
        clock.start();
        stop.request_stop();
        const auto done = reading.get();
        QVERIFY(!done);
        QCOMPARE(codeOf(done.error()), std::string("cancelled"));
        QVERIFY(clock.elapsed() < 10'000);
        isSilent = false;
        requireAll(*store); // and goes on with another connection
    }
};

QTEST_GUILESS_MAIN(TestServerFaults)
#include "test_server_faults.moc"
