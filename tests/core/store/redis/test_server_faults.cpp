// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that break off or talk nonsense: each fault ends in the right number or in an error that
// says what happened, never in a part of a number.
#include <QTest>

#include <algorithm>
#include <random>

#include <QElapsedTimer>

#include "core/session/session.h"
#include "tests/support/small_redis.h"

using namespace cohortist;
using namespace cohortist::test;

class TestServerFaults : public QObject {
    Q_OBJECT
private slots:
    void readsWhatThereIs() {
        FakeServer server(redisWith(kSmallData));
        const auto store = openAt(server.address());
        requireAll(store);
        QCOMPARE((*store)->info().prefix, std::string("trackist_"));
        QCOMPARE((*store)->info().kind, std::string("Redis 7.0.15"));
        QCOMPARE((*store)->info().name, server.address());
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
        requireWellTold(store.error());
        QVERIFY(clock.elapsed() < 20'000);
    }

    // One that begins as a Redis does. What it said before may be right, and is not made wrong.
    void talksNonsenseLater_data() {
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<QByteArray>("said");
        for (const char* command : {"SCAN", "STRLEN", "GET"}) {
            const auto row = [&](const char* name, const QByteArray& said) {
                QTest::addRow("%s %s", command, name) << QByteArray(command) << said;
            };
            row("http", "HTTP/1.1 400 Bad Request\r\n\r\n");
            row("resp3", "%1\r\n+a\r\n+b\r\n");
            row("endless line", "+" + QByteArray(100'000, 'a'));
            row("huge", "$9223372036854775807\r\n");
            row("negative", "$-5\r\n");
            row("many", "*2147483647\r\n");
            row("deep", QByteArray("*1\r\n").repeated(20) + ":1\r\n");
            row("terminator", "$2\r\nabXX");
            row("no number", ":x\r\n");
            row("another kind", "+OK\r\n");
        }
    }
    void talksNonsenseLater() {
        QFETCH(QByteArray, command);
        QFETCH(QByteArray, said);
        FakeServer server(smallRedisBut([&](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == command.toStdString() ? std::optional(FakeReply(said.toStdString()))
                                                     : std::nullopt;
        }));
        QElapsedTimer clock;
        clock.start();
        const auto store = openAt(server.address());
        KeysRead read;
        if (store) {
            read = readKeys(**store);
        }
        QVERIFY(clock.elapsed() < 20'000);
        for (const auto& [name, key] : read.reads) {
            QVERIFY2(isUnreadable(key.state) && !key.why.empty(), name.c_str());
        }
        if (store && read.done) { // the length of each value is at fault
            QCOMPARE(said, QByteArray("$9223372036854775807\r\n"));
            QCOMPARE(read.calls, smallSets().size());
            return;
        }
        const Error& error = store ? read.done.error() : store.error();
        requireWellTold(error);
        const std::string text = error.english();
        const bool namesIt = text.find(command.toStdString()) != std::string::npos ||
                             text.find("web server") != std::string::npos;
        QVERIFY2(namesIt, text.c_str());
        const bool isTooLarge = said.startsWith("*2") || said.startsWith("$9");
        QVERIFY2(error.code == (isTooLarge ? ErrorCode::TooLarge : ErrorCode::WrongFormat),
                 text.c_str());
    }

    void breaksOffAfterEachReply() {
        // Commands: INFO, CLIENT, DBSIZE, SCAN, samples, STRLENs, GETs.
        for (int after = 0; after < 16; ++after) {
            for (const std::size_t bytes : {std::size_t{0}, std::size_t{3}}) {
                std::atomic<int> answered = 0;
                FakeServer server(
                    [&, redis = redisWith(kSmallData)](const Words& words, int connection) {
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

    // Of a listing in pages, and of a value in pieces: what had come of it is not taken for all.
    void breaksOffAmidPagesAndPieces() {
        std::mt19937_64 random(3);
        std::string bytes(5 * kChunkBytes + 77, '\0');
        std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random()); });
        Strings data = kSmallData;
        data.emplace_back("trackist_long_2026-1-1", bytes);
        const auto answer =
            redisBut(data, [&](const Words& words, int) -> std::optional<FakeReply> {
                if (words[0] != "SCAN") {
                    return std::nullopt;
                }
                return words[1] == "0" ? page("11", {data[0].first, data[1].first})
                       : words[1] == "11"
                           ? page("12", {})
                           : page("0", {data[2].first, data[3].first, data[4].first});
            });
        RedisOptions options = patient();
        options.access.reading.pieceBytes = kChunkBytes;
        std::map<std::string, Bitmap> right = smallSets();
        right["long_2026-1-1"] = *fromRedisString(bytes);
        right["everyone"] =
            Bitmap::unite(std::vector<Bitmap>{right["everyone"], right["long_2026-1-1"]});
        int replies = 0;
        for (int after = -1; after < replies; ++after) {
            for (const int portion :
                 {0, 2, 1}) { // nothing of the reply, half of it, all but a byte
                std::atomic<int> answered = 0;
                FakeServer server([&](const Words& words, int connection) {
                    FakeReply reply = answer(words, connection);
                    if (answered++ == after) {
                        reply.closes = true;
                        reply.bytes.resize(portion == 0   ? 0
                                           : portion == 2 ? reply.bytes.size() / 2
                                                          : reply.bytes.size() - 1);
                    }
                    return reply;
                });
                const auto store = openAt(server.address(), options);
                QVERIFY2(store.has_value(), troubleOf(store).c_str());
                KeysRead read = readKeys(**store);
                QVERIFY2(read.done.has_value(),
                         read.done ? "" : read.done.error().english().c_str());
                QCOMPARE(read.calls, right.size());
                for (const auto& [name, set] : right) {
                    QVERIFY2(read.reads[name].bitmap == set,
                             (name + " after " + std::to_string(after)).c_str());
                }
                QCOMPARE(server.connections(), after < 0 ? 1 : 2);
                replies = after < 0 ? answered.load() : replies;
            }
        }
        QVERIFY(replies > 25);
    }

    void breaksOffForEver() {
        for (int after = 0; after < 8; ++after) {
            std::atomic<int> values = 0;
            FakeServer server(
                smallRedisBut([&](const Words& words, int) -> std::optional<FakeReply> {
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
            requireWellTold(read.done.error());
            QCOMPARE(server.connections(), 2);
            for (const auto& [name, key] : read.reads) {
                QCOMPARE(static_cast<int>(key.state), static_cast<int>(KeyState::Read));
            }
            Session session(*store);
            QVERIFY(!session.count(*parseQuery("a@2026-01-01 | a@2026-01-02 | b"), {}, {}));
        }
    }
};

QTEST_GUILESS_MAIN(TestServerFaults)
#include "test_server_faults.moc"
