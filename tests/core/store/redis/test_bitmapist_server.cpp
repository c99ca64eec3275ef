// SPDX-License-Identifier: GPL-3.0-or-later
// bitmapist-server: one reply with all keys, a star that stops at a slash, values known by their
// reply alone. Against a stand-in that is held to a transcript of the real one, and against the
// real one where the variable BITMAPIST_SERVER or the PATH names it.
#include <QTest>

#include <fstream>

#include <nlohmann/json.hpp>

#include "core/catalog/key_scheme.h"
#include "tests/support/bitmapist_stand_in.h"
#include "tests/support/redis_process.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

// The lines of an array reply come in any order.
std::string sorted(const std::string& reply) {
    std::vector<std::string> lines;
    std::size_t begin = 0;
    while (begin < reply.size()) {
        const std::size_t end = std::min(reply.find("\r\n", begin), reply.size());
        lines.push_back(reply.substr(begin, end - begin));
        begin = end + 2;
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) {
        text += line + "\n";
    }
    return text;
}

std::string fromLatin1(const std::string& utf8) {
    return QString::fromStdString(utf8).toLatin1().toStdString();
}

const std::map<std::string, Bitmap>& marked() {
    static const std::map<std::string, Bitmap> kMarked = {
        {"trackist_login_2026-1-1", Bitmap{0, 7, 65536}},
        {"trackist_login_2026-1", Bitmap::fromRange(0, 100'000)},
        {"trackist_login_W2026-1", Bitmap{1}},
        {"trackist_os/web_2026-1-1", Bitmap{2, 3}},
        {"trackist_a/b/c_2026-1-1", Bitmap{4}},
        {"trackist_a///_2026-1-1", Bitmap{5}},
        {"trackist_a/////_2026-1-1", Bitmap{11}}, // and none has four slashes
        {"trackist_two words_u", Bitmap{6}},
        {"trackist_x*[y]?\\_2026-1-1", Bitmap{8}},
        {"trackist_premium", Bitmap{9}},
        {"trackist_bitop_AND_x", Bitmap{10}}};
    return kMarked;
}

std::map<std::string, std::string> strings() {
    std::map<std::string, std::string> result;
    for (const auto& [key, set] : marked()) {
        result[key] = toRedisString(set);
    }
    return result;
}

} // namespace

class TestBitmapistServer : public QObject {
    Q_OBJECT

    static void requireMarked(const std::string& address, const RedisOptions& options) {
        for (const char* parameters : {"", "?prefix=trackist_"}) {
            const auto store = openAt(address + parameters, options);
            QVERIFY2(store.has_value(), troubleOf(store).c_str());
            QCOMPARE((*store)->info().kind, std::string("bitmapist-server"));
            QCOMPARE((*store)->catalog()->keyCount(), marked().size() - 1);
            KeysRead read = readKeys(**store);
            QVERIFY2(read.done.has_value(), read.done ? "" : read.done.error().english().c_str());
            for (const auto& [key, set] : marked()) {
                if (key.find("bitop") != std::string::npos) {
                    continue;
                }
                const std::string name = key == "trackist_premium" ? "premium_u" : key.substr(9);
                QVERIFY2(read.reads[name].state == KeyState::Read, name.c_str());
                QVERIFY2(read.reads[name].bitmap == set, name.c_str());
            }
            const ChunkRange range{1, 2};
            QVERIFY(readKeys(**store, range).reads["login_2026-1"].bitmap ==
                    Bitmap::fromRange(65536, 100'000));
        }
    }

private slots:
    void standInSaysWhatTheRealOneSaid() {
        std::ifstream file(std::string(COHORTIST_TEST_DATA) + "/bitmapist_server/transcript.jsonl");
        BitmapistStandIn server;
        int lines = 0;
        for (std::string line; std::getline(file, line); ++lines) {
            const auto entry = nlohmann::json::parse(line);
            Words words;
            for (const auto& word : entry["send"]) {
                words.push_back(fromLatin1(word.get<std::string>()));
            }
            const std::string expected = fromLatin1(entry["reply"].get<std::string>());
            std::transform(words[0].begin(), words[0].end(), words[0].begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            const FakeReply answer = server.answer(words);
            // How often it was asked what is all that differs.
            if (words == Words{"INFO", "commands"}) {
                continue;
            }
            QVERIFY2(sorted(answer.bytes) == sorted(expected),
                     (line + " -> " + answer.bytes).c_str());
            QCOMPARE(answer.closes, entry["closed"].get<bool>());
        }
        QCOMPARE(lines, 66);
    }

    void readsTheStandIn() {
        BitmapistStandIn standIn(strings());
        FakeServer server(standIn.script());
        requireMarked(server.address(), patient());
    }

    // Where a listing is long it is asked for in parts, and all is found all the same.
    void listsInParts_data() {
        QTest::addColumn<int>("answerKeys");
        QTest::addColumn<int>("patterns");
        QTest::newRow("one") << 100 << 1;
        QTest::newRow("last byte") << 5 << 12;
        QTest::newRow("two bytes") << 0 << 112;
    }
    void listsInParts() {
        QFETCH(int, answerKeys);
        QFETCH(int, patterns);
        BitmapistStandIn standIn(strings());
        FakeServer server(standIn.script());
        RedisOptions options = patient();
        options.access.listing.answerKeys = static_cast<std::uint64_t>(answerKeys);
        requireMarked(server.address(), options);
        int first = 0;
        for (const Words& words : server.commands()) {
            QVERIFY(words[0] != "KEYS");
            if (words[0] == "SCAN") {
                QCOMPARE(words.size(), std::size_t{6});
                first += std::count(words[3].begin(), words[3].end(), '/') == 0 ? 1 : 0;
            }
        }
        QCOMPARE(first, 2 * patterns); // with and without the prefix
    }

    void asksBeforeALongValue() {
        BitmapistStandIn standIn(strings());
        std::atomic<bool> isSent =
            false; // nothing comes after the header that tells how long it is
        FakeServer server([&, script = standIn.script()](const Words& words, int connection) {
            FakeReply reply = script(words, connection);
            if (!isSent && words[0] == "GET" && reply.bytes.size() > 5000) {
                reply.bytes.resize(reply.bytes.find('\n') + 1);
            }
            return reply;
        });
        RedisOptions options = patient();
        options.access.reading.longestUnasked = 5000;
        for (const bool wants : {false, true}) {
            std::vector<std::string> asked;
            options.access.wantsLong = [&](const std::string& key, std::uint64_t bytes) {
                asked.push_back(key + " " + std::to_string(bytes));
                isSent = wants;
                return wants;
            };
            const auto store = openAt(server.address(), options);
            QVERIFY2(store.has_value(), troubleOf(store).c_str());
            const int before = server.connections();
            KeysRead read = readKeys(**store);
            QVERIFY(read.done.has_value());
            // Closed at once: their other clients wait for as long as the server sends.
            QCOMPARE(server.connections() - before, static_cast<int>(asked.size()));
            QCOMPARE(asked.at(0), std::string("trackist_login_2026-1-1 8193"));
            QCOMPARE(asked.at(1), std::string("trackist_login_2026-1 12500"));
            QVERIFY(read.reads["login_W2026-1"].bitmap == Bitmap{1});
            const KeyRead& longOne = read.reads["login_2026-1"];
            QCOMPARE(static_cast<int>(longOne.state),
                     static_cast<int>(wants ? KeyState::Read : KeyState::Refused));
            QCOMPARE(longOne.bitmap.isEmpty(), !wants);
            QVERIFY(isUnreadable(read.reads["everyone"].state) == !wants);
        }
    }

    void breaksOffAfterEachReply() {
        int replies = 0;
        for (int after = -1; after < replies; ++after) {
            BitmapistStandIn standIn(strings());
            std::atomic<int> answered = 0;
            FakeServer server([&, script = standIn.script()](const Words& words, int connection) {
                FakeReply reply = script(words, connection);
                if (answered++ == after) {
                    reply.closes = true;
                    reply.bytes.resize(reply.bytes.size() / 2);
                }
                return reply;
            });
            requireMarked(server.address(), patient());
            replies = after < 0 ? answered.load() : replies;
        }
        QVERIFY(replies > 40);
    }

    void hasOneDatabaseAndNoPassword() {
        BitmapistStandIn standIn(strings());
        FakeServer server(standIn.script());
        QCOMPARE(codeOf(openAt(server.address() + "/1").error()), std::string("not found"));
        QVERIFY(openAt("redis://:pw@127.0.0.1:" + std::to_string(server.port())).has_value());
    }

    void readsTheRealOne() {
        const QString program = programPath("bitmapist-server", "BITMAPIST_SERVER");
        if (program.isEmpty()) {
            QSKIP("there is no bitmapist-server: set BITMAPIST_SERVER; the stand-in was read");
        }
        ServerProcess server(program, {"-addr", "127.0.0.1:%1", "-db", "%2/bitmapist.db"});
        QVERIFY(server.isRunning());
        RawClient client(server.port());
        for (const auto& [key, bytes] : strings()) {
            client.ask({"SET", key, bytes});
        }
        RedisOptions options = patient();
        for (const std::uint64_t answerKeys : {1000U, 5U, 0U}) {
            options.access.listing.answerKeys = answerKeys;
            requireMarked(server.address(), options);
        }
    }
};

QTEST_GUILESS_MAIN(TestBitmapistServer)
#include "test_bitmapist_server.moc"
