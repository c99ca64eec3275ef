// SPDX-License-Identifier: GPL-3.0-or-later
// Against a real redis-server: what was marked is what is read, over TCP and a unix socket, and the
// server is as it was before. Its own errors are met as they come.
#include <QTest>

#include <algorithm>
#include <csignal>
#include <future>

#include <QElapsedTimer>

#include "core/catalog/key_scheme.h"
#include "tests/support/redis_process.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

// Of random contents, what a server can hold: no text ids, and everyone is who is in a key.
Contents onServer(std::mt19937_64& random) {
    Contents contents = randomContents(random);
    std::erase_if(contents.keys, [](const MemoryKey& key) {
        return (!key.set.isEmpty() && *key.set.max() > 400'000'000) ||
               key.event.starts_with("bitop_");
    });
    contents.texts.clear();
    contents.prefix = "p" + std::to_string(random() % 1000) + "_";
    contents.everyone = Bitmap();
    MemoryStore store(contents.keys);
    std::vector<Bitmap> sets;
    for (const MemoryKey& key : contents.keys) {
        const auto event = store.catalog()->find(key.event);
        const EventEntry& entry = store.catalog()->entry(*event);
        if (key.kind == Kind::Unique || key.kind == entry.coarsestKind()) {
            sets.push_back(key.set);
        }
    }
    contents.everyone = Bitmap::unite(sets);
    return contents;
}

void mark(RawClient& client, const Contents& contents) {
    for (const MemoryKey& key : contents.keys) {
        client.ask({"SET", formatKey(contents.prefix, key.event, key.kind, key.period),
                    toRedisString(key.set)});
    }
}

} // namespace

class TestRedisServer : public QObject {
    Q_OBJECT
    std::unique_ptr<ServerProcess> m_server;

private slots:
    void initTestCase() {
        if (programPath("redis-server").isEmpty() && !requiresPeers()) {
            QSKIP("there is no redis-server");
        }
        m_server = startRedis();
        QVERIFY(m_server != nullptr);
    }
    void init() { RawClient(m_server->port()).ask({"FLUSHALL"}); }

    void readsWhatIsThereAndLeavesIt() {
        CommandRecorder recorder(m_server->port());
        RawClient client(m_server->port());
        std::mt19937_64 random(5);
        std::size_t keys = 0;
        for (int round = 0; round < 25; ++round) {
            client.ask({"FLUSHALL"});
            Contents contents = onServer(random);
            if (contents.keys.empty()) {
                continue;
            }
            keys += contents.keys.size();
            mark(client, contents);
            client.ask({"SET", "foreign", "x"});
            client.ask({"SET", "volatile", "x", "PXAT", "4000000000000"});
            const Reply before = client.ask({"DBSIZE"});
            RedisOptions options = patient();
            options.asOf = contents.asOf;
            options.access.reading.pieceBytes = (1 + random() % 8) * kChunkBytes;
            const std::string parameters = "?prefix=" + encoded(contents.prefix);
            for (const std::string& address : {m_server->address(), m_server->socketAddress()}) {
                const auto store = openAt(address + parameters, options);
                QVERIFY2(store.has_value(), troubleOf(store).c_str());
                const ChunkRange range =
                    round % 3 == 0 ? ChunkRange{static_cast<std::uint32_t>(random() % 5), 20}
                                   : ChunkRange{};
                Reading got = readAll(**store, range, {});
                Reading expected = readAll(*inMemory(contents), range, {});
                got.info = expected.info;
                QVERIFY2(got.trouble.isEmpty(), qPrintable(got.trouble));
                QVERIFY(got == expected);
            }
            QCOMPARE(client.ask({"DBSIZE"}).integer, before.integer);
            QCOMPARE(client.ask({"PEXPIRETIME", "volatile"}).integer, 4000000000000LL);
            QCOMPARE(client.ask({"TTL", "foreign"}).integer, -1LL);
        }
        QVERIFY(keys > 100);
        const auto sent = recorder.finish();
        QVERIFY(sent.size() > keys);
        for (const std::string& name : sent) {
            QVERIFY2(allowedCommands().contains(name), name.c_str());
        }
    }

    void listsManyKeys() {
        RawClient client(m_server->port());
        std::vector<Words> commands;
        commands.reserve(30'000);
        for (int i = 0; i < 30'000; ++i) {
            commands.push_back({"SET",
                                "trackist_e" + std::to_string(i % 100) + "_" +
                                    toBitmapist({Granularity::Day, 15'000 + i / 100}),
                                "x"});
        }
        QCOMPARE(client.askAll(commands), std::size_t{0});
        const auto store = openAt(m_server->address());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        QCOMPARE((*store)->catalog()->keyCount(), std::uint64_t{30'000});
        QCOMPARE((*store)->catalog()->size(), std::size_t{100});
    }

    void readsTheGreatestId() {
        RawClient client(m_server->port());
        client.ask({"SETBIT", "trackist_a_2026-1-1", "4294967295", "1"});
        client.ask({"SETBIT", "trackist_a_2026-1-1", "0", "1"});
        RedisOptions options = patient();
        const auto store = openAt(m_server->address(), options);
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        const BitmapKey key{0, Kind::Day, parsePeriod("2026-01-01")->index};
        for (const ChunkRange range : {ChunkRange{}, ChunkRange{65535, 65536}}) {
            KeyRead got;
            const auto done = (*store)->read(
                {&key, 1}, range, [&](std::size_t, KeyRead read) { got = std::move(read); }, {});
            QVERIFY2(done.has_value(), done ? "" : done.error().english().c_str());
            QVERIFY(got.bitmap == (Bitmap{0, UINT32_MAX}.slice(range)));
        }
        client.ask({"DEL", "trackist_a_2026-1-1"});
    }

    void meetsItsErrors() {
        RawClient client(m_server->port());
        client.ask({"SETBIT", "trackist_a_2026-1-1", "1", "1"});
        client.ask({"SETBIT", "trackist_b_2026-1-1", "2", "1"});
        client.ask({"LPUSH", "trackist_c_2026-1-1", "x"});
        client.ask({"ACL", "SETUSER", "ana", "on", ">pw", "~trackist_a*", "~trackist_c*", "+@read",
                    "+auth", "+select"});
        const std::string place = "127.0.0.1:" + std::to_string(m_server->port());
        const auto store = openAt("redis://ana:pw@" + place);
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        QCOMPARE((*store)->info().kind, std::string("Redis or alike"));
        KeysRead read = readKeys(**store);
        QVERIFY(read.done.has_value());
        QVERIFY(read.reads["a_2026-1-1"].bitmap == Bitmap{1});
        QCOMPARE(static_cast<int>(read.reads["b_2026-1-1"].state),
                 static_cast<int>(KeyState::Refused));
        QCOMPARE(static_cast<int>(read.reads["c_2026-1-1"].state),
                 static_cast<int>(KeyState::WrongType));
        requireTrouble(openAt("redis://ana:secret@" + place), "access denied", "the password");
        requireTrouble(openAt("redis://" + place + "/16"), "not found", "no database 16");

        client.ask({"ACL", "SETUSER", "eve", "on", ">pw", "~*", "+@read", "-get"});
        const auto listed = openAt("redis://eve:pw@" + place);
        QVERIFY2(listed.has_value(), troubleOf(listed).c_str());
        const KeysRead refused = readKeys(**listed);
        QVERIFY(refused.done.has_value());
        for (const char* name : {"a_2026-1-1", "b_2026-1-1"}) {
            const KeyRead& key = refused.reads.at(name);
            QCOMPARE(static_cast<int>(key.state), static_cast<int>(KeyState::Refused));
            QVERIFY2(key.why.find("may not ask GET") != std::string::npos, key.why.c_str());
        }
        client.ask({"ACL", "SETUSER", "eve", "-scan"});
        requireTrouble(openAt("redis://eve:pw@" + place), "access denied", "may not ask SCAN");

        client.ask({"CONFIG", "SET", "requirepass", "pw"});
        requireTrouble(openAt("redis://" + place), "access denied", "asks for a password");
        QVERIFY(openAt("redis://:pw@" + place).has_value());
        client.ask({"CONFIG", "SET", "requirepass", ""});
        QVERIFY(openAt("redis://:pw@" + place).has_value()); // where none is wanted
    }

    void waitsWhileItLoads() {
        const auto server = startRedis(
            {"--key-load-delay", "10000", "--loading-process-events-interval-bytes", "1024"});
        QVERIFY(server != nullptr);
        constexpr int kKeys = 300; // three seconds
        {
            RawClient client(server->port());
            std::mt19937_64 random(3);
            for (int day = 0; day < kKeys; ++day) {
                std::string bytes(1100, '\0'); // it answers once in so many
                std::generate(bytes.begin(), bytes.end(),
                              [&] { return static_cast<char>(random()); });
                client.ask(
                    {"SET", "trackist_a_" + toBitmapist({Granularity::Day, 20'000 + day}), bytes});
            }
            QVERIFY(!client.ask({"SAVE"}).isError());
        }
        server->restart();
        requireTrouble(openAt(server->address(), soonTired()), "busy", "LOADING");
        const auto store = openAt(server->address());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        QCOMPARE((*store)->catalog()->keyCount(), std::uint64_t{kKeys});
    }

    void waitsWhileAScriptRuns() {
        RawClient client(m_server->port());
        client.ask({"SETBIT", "trackist_a_2026-1-1", "1", "1"});
        client.ask({"CONFIG", "SET", "busy-reply-threshold", "20"});
        RawClient script(m_server->port());
        script.send({"EVAL", "while true do end", "0"});
        QTest::qSleep(100);
        requireTrouble(openAt(m_server->address(), soonTired()), "busy", "BUSY");
        auto opened = std::async(std::launch::async, [&] {
            RedisOptions options = patient();
            options.access.timeouts.patience = std::chrono::seconds(20);
            return openAt(m_server->address(), options);
        });
        QTest::qSleep(200);
        client.ask({"SCRIPT", "KILL"});
        const auto store = opened.get();
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
    }

    void isFull() {
        RawClient client(m_server->port());
        client.ask({"SETBIT", "trackist_a_2026-1-1", "1", "1"});
        client.ask({"CONFIG", "SET", "maxclients", "2"});
        {
            const RawClient second(m_server->port());
            const auto store = openAt(m_server->address(), soonTired());
            QVERIFY(!store);
            const std::string code = codeOf(store.error());
            QVERIFY2(code == "busy" || code == "lost", code.c_str());
        }
        QTRY_VERIFY(openAt(m_server->address()).has_value());
        client.ask({"CONFIG", "SET", "maxclients", "1000"});
    }

    void isKilledAndFrozen() {
        auto server = startRedis();
        QVERIFY(server != nullptr);
        RawClient(server->port()).ask({"SETBIT", "trackist_a_2026-1-1", "1", "1"});
        const auto store = openAt(server->address(), impatient());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        server->kill();
        QCOMPARE(codeOf(readKeys(**store).done.error()), std::string("not found"));
        server->restart(); // and empty: what was listed is gone, and that is no zero
        KeysRead read = readKeys(**store);
        QVERIFY(read.done.has_value());
        QCOMPARE(static_cast<int>(read.reads["a_2026-1-1"].state),
                 static_cast<int>(KeyState::NoData));
        ::kill(static_cast<pid_t>(server->processId()), SIGSTOP);
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(codeOf(readKeys(**store).done.error()), std::string("timed out"));
        QVERIFY(clock.elapsed() < 10'000);
        ::kill(static_cast<pid_t>(server->processId()), SIGCONT);
        QVERIFY(readKeys(**store).done.has_value());
    }
};

QTEST_GUILESS_MAIN(TestRedisServer)
#include "test_redis_server.moc"
