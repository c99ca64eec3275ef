// SPDX-License-Identifier: GPL-3.0-or-later
// The same tests over every kind of store, filled with the same users: what was marked is what is
// read, whole or in parts, and a question has one answer wherever it is asked. Redis is listened to
// all the while: no command but those that read ever reaches it, and it is as it was before.
#include <QTest>

#include <filesystem>

#include "core/catalog/key_scheme.h"
#include "core/session/session.h"
#include "core/store/bolt/bolt_store.h"
#include "core/store/kept/kept_store.h"
#include "core/store/snapshot/snapshot_store.h"
#include "tests/support/bitmapist_stand_in.h"
#include "tests/support/bolt_writer.h"
#include "tests/support/redis_cluster.h"
#include "tests/support/redis_process.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

const Instant kNow = *parseIso("2026-11-26T12:00:00Z");

Contents contentsWith(const std::string& prefix, unsigned seed) {
    std::mt19937_64 random(seed);
    // Names as applications choose them, and as nobody should.
    const std::vector<std::string> names = {"",
                                            "a/b/c",
                                            "a_b",
                                            "active",
                                            "caf\xe9\xff",
                                            "new\r\nline",
                                            std::string("nul\0byte", 8),
                                            "os/web",
                                            "plan#1",
                                            "signup",
                                            "task:add",
                                            "two words",
                                            "x-y",
                                            "x*[y]?\\",
                                            std::string(32'000, 'k')};
    std::vector<Bitmap> pool;
    for (const Bitmap& set : poolOfSets()) {
        if (!set.isEmpty() && *set.max() < 3'000'000) { // a string has a bit for each id below
            pool.push_back(set);
        }
    }
    std::map<std::string, std::map<std::pair<Kind, std::int32_t>, Bitmap>> events;
    const auto put = [&](const std::string& name, Kind kind, std::int32_t period) {
        events[name][{kind, period}] = pool[random() % pool.size()];
    };
    const std::int32_t today = periodAt(Granularity::Day, kNow).index;
    for (const std::string& name : names) {
        for (std::int32_t day = today - 8; day <= today; ++day) {
            put(name, Kind::Day, day);
        }
        put(name, Kind::Hour, periodAt(Granularity::Hour, kNow).index - 30);
        put(name, Kind::Hour, periodAt(Granularity::Hour, kNow).index);
        put(name, Kind::Week, periodAt(Granularity::Week, kNow).index - 1);
        put(name, Kind::Month, periodAt(Granularity::Month, kNow).index);
        put(name, Kind::Month, periodAt(Granularity::Month, kNow).index - 1);
        put(name, Kind::Month, periodAt(Granularity::Month, kNow).index - 2); // many make everyone
        if (random() % 2 == 0) {
            put(name, Kind::Unique, 0);
        }
    }
    Contents contents;
    for (const auto& [name, keys] : events) {
        for (const auto& [place, set] : keys) {
            contents.keys.push_back({name, place.first, place.second, set});
        }
    }
    contents.prefix = prefix;
    contents.asOf = kNow;
    std::vector<Bitmap> everyone;
    for (const MemoryKey& key : contents.keys) {
        if (key.kind == Kind::Month || key.kind == Kind::Unique) {
            everyone.push_back(key.set);
        }
    }
    contents.everyone = Bitmap::unite(everyone);
    return contents;
}

std::map<std::string, std::string> stringsOf(const Contents& contents) {
    std::map<std::string, std::string> strings;
    for (const MemoryKey& key : contents.keys) {
        strings[formatKey(contents.prefix, key.event, key.kind, key.period)] =
            toRedisString(key.set);
    }
    return strings;
}

void mark(RawClient& client, const std::map<std::string, std::string>& strings) {
    for (const auto& [key, value] : strings) {
        client.ask({"SET", key, value});
    }
}

// What a row's store is made of, for as long as it is used.
struct Opened {
    std::shared_ptr<BitmapStore> store; // null: skipped, or see trouble
    std::string trouble;
    std::unique_ptr<ServerProcess> process;
    std::unique_ptr<RedisCluster> cluster;
    std::unique_ptr<BitmapistStandIn> standIn;
    std::unique_ptr<FakeServer> fake;
    std::unique_ptr<QTemporaryDir> folder = fastFolder();

    void take(Result<std::shared_ptr<BitmapStore>> result) {
        trouble = result ? "" : result.error().english();
        store = result ? *std::move(result) : nullptr;
    }
};

} // namespace

class TestEveryStore : public QObject {
    Q_OBJECT
    std::unique_ptr<ServerProcess> m_redis;
    std::unique_ptr<CommandRecorder> m_recorder;
    std::size_t m_redisReads = 0;
    bool m_hasKept = false;

    static RedisOptions options() {
        RedisOptions result = patient();
        result.asOf = kNow;
        return result;
    }

    // On the one Redis of all tests, over the socket that is listened to.
    void openOnRedis(Opened& opened, const Contents& contents, const std::string& parameters,
                     bool isKept) {
        RawClient client(m_redis->port());
        client.ask({"FLUSHALL"});
        mark(client, stringsOf(contents));
        client.ask({"SET", "foreign", "x"});
        client.ask({"SET", "volatile", "x", "PXAT", "4000000000000"});
        const auto address = parseServerAddress(m_redis->socketAddress() + parameters);
        ++m_redisReads;
        m_hasKept = m_hasKept || isKept;
        if (!isKept) {
            opened.take(openRedis(*address, options(), {}));
            return;
        }
        KeptOptions kept;
        kept.folder = opened.folder->filePath("kept").toStdString();
        for (int session = 0; session < 2; ++session) { // the second finds what the first kept
            auto source = openRedis(*address, options(), {});
            QVERIFY(source.has_value());
            const auto store = std::make_shared<KeptStore>(*source, kept, kNow);
            opened.store = store;
            if (session == 0) {
                QVERIFY(readKeys(*store).done.has_value());
                store->sets().waitUntilWritten();
            }
        }
    }

    static void openFile(Opened& opened, const Contents& contents, const std::string& kind) {
        const std::string path = opened.folder->filePath("file").toStdString();
        if (kind == "snapshot") {
            QVERIFY(writeSnapshot(contents, path).has_value());
            opened.take(openSnapshot(path, {}));
            return;
        }
        BoltContents bolt;
        for (const MemoryKey& key : contents.keys) {
            bolt.bitmaps[formatKey(contents.prefix, key.event, key.kind, key.period)] =
                key.set.toPortable();
        }
        std::mt19937_64 random(5);
        writeBytes(path, writeBolt(bolt, {}, random));
        opened.take(openBolt(path, {.prefix = contents.prefix, .now = kNow}, {}));
    }

    // A real bitmapist-server, or the file that it writes.
    static void openRealOne(Opened& opened, const Contents& contents, const std::string& parameters,
                            bool isFile) {
        const QString program = programPath("bitmapist-server", "BITMAPIST_SERVER");
        if (program.isEmpty()) {
            QSKIP("there is no bitmapist-server: set BITMAPIST_SERVER; the stand-in is read");
        }
        opened.process = std::make_unique<ServerProcess>(
            program, QStringList{"-addr", "127.0.0.1:%1", "-db", "%2/bitmapist.db"});
        QVERIFY(opened.process->isRunning());
        RawClient client(opened.process->port());
        mark(client, stringsOf(contents));
        if (!isFile) {
            opened.take(openAt(opened.process->address() + parameters, options()));
            return;
        }
        client.ask({"BGSAVE"});
        const std::string written = opened.process->folder().toStdString() + "/bitmapist.db";
        const std::string copy = opened.folder->filePath("copy.db").toStdString();
        const auto isWhole = [&] { // a copy, since the server holds its own file locked
            std::filesystem::copy_file(written, copy,
                                       std::filesystem::copy_options::overwrite_existing);
            opened.take(openBolt(copy, {.prefix = contents.prefix, .now = kNow}, {}));
            return opened.store && opened.store->catalog()->keyCount() == contents.keys.size();
        };
        QTRY_VERIFY_WITH_TIMEOUT(isWhole(), 20'000);
    }

    void open(Opened& opened, const std::string& kind, const Contents& contents) {
        const std::string parameters = "?prefix=" + encoded(contents.prefix);
        if (kind == "memory") {
            opened.store = inMemory(contents);
        } else if (kind == "snapshot" || kind == "bolt file") {
            openFile(opened, contents, kind);
        } else if (kind == "stand-in of bitmapist-server") {
            opened.standIn = std::make_unique<BitmapistStandIn>(stringsOf(contents));
            opened.fake = std::make_unique<FakeServer>(opened.standIn->script());
            opened.take(openAt(opened.fake->address() + parameters, options()));
        } else if (kind == "bitmapist-server") {
            openRealOne(opened, contents, parameters, false);
        } else if (kind == "bitmapist-server's file") {
            openRealOne(opened, contents, parameters, true);
        } else if (!m_redis) {
            QSKIP("there is no redis-server");
        } else if (kind == "cluster") {
            opened.cluster = std::make_unique<RedisCluster>(3);
            QVERIFY2(opened.cluster->isReady(), opened.cluster->trouble().c_str());
            for (const auto& [key, value] : stringsOf(contents)) {
                opened.cluster->set(key, value);
            }
            opened.take(openAt(opened.cluster->address() + parameters, options()));
        } else {
            openOnRedis(opened, contents, parameters, kind == "redis, kept");
        }
    }

    static void requireEqual(BitmapStore& store, const Contents& contents) {
        const auto expected = inMemory(contents);
        QCOMPARE(store.info().prefix, contents.prefix);
        for (const ChunkRange range :
             {ChunkRange{}, ChunkRange{0, 1}, ChunkRange{1, 20}, ChunkRange{40, 65536}}) {
            const Reading wanted = readAll(*expected, range, {});
            Reading got = readAll(store, range, {});
            got.info = wanted.info;
            QVERIFY2(got.trouble.isEmpty(), qPrintable(got.trouble));
            QVERIFY(got.entries == wanted.entries);
            QVERIFY(got == wanted);
        }
    }

    // Of each form; whoever asks another store has to be told the same.
    static void requireSameAnswers(const std::shared_ptr<BitmapStore>& store,
                                   const Contents& contents) {
        Session session(store);
        Session expected(inMemory(contents));
        QuerySettings settings;
        settings.asOf = kNow;
        for (const char* text :
             {"signup@2026-11-20 & active@2026-11-21", "~active@2026-11", "\"os/web\"@2026-W47",
              "\"two words\"@2026-11-26T12 | \"plan#1\"@2026-11-24", "active@2026",
              "\"task:add\"@2026-11-19 ^ \"x-y\"@2026-11-19"}) {
            const auto query = parseQuery(text);
            QVERIFY2(query.has_value(), text);
            const auto ours = session.count(*query, settings, {});
            const auto theirs = expected.count(*query, settings, {});
            QVERIFY2(ours.has_value(), ours ? "" : ours.error().english().c_str());
            QCOMPARE(ours->count, theirs->count);
            const auto users = session.users(*query, settings, {});
            QVERIFY(users && users->users == expected.users(*query, settings, {})->users);
        }
        RetentionQuestion question;
        question.cohort = *parseQuery("signup@period");
        question.returned = *parseQuery("active@period");
        question.rows = 9;
        const auto ours = session.retention(question, settings, {});
        const auto theirs = expected.retention(question, settings, {});
        QVERIFY2(ours.has_value(), ours ? "" : ours.error().english().c_str());
        for (std::size_t row = 0; row < 9; ++row) {
            QVERIFY(ours->table.rows[row].size == theirs->table.rows[row].size);
            for (std::size_t cell = 0; cell < ours->table.rows[row].cells.size(); ++cell) {
                QCOMPARE(ours->table.rows[row].cells[cell].count,
                         theirs->table.rows[row].cells[cell].count);
                QVERIFY(ours->table.rows[row].cells[cell].state ==
                        theirs->table.rows[row].cells[cell].state);
            }
        }
    }

    void addRows() {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<QByteArray>("prefix");
        for (const char* kind :
             {"memory", "snapshot", "bolt file", "bitmapist-server's file", "redis", "redis, kept",
              "cluster", "bitmapist-server", "stand-in of bitmapist-server"}) {
            for (const char* prefix : {"trackist_", "bitmapist__", "my app:\xe9"}) {
                QTest::addRow("%s %s", kind, QByteArray(prefix).toPercentEncoding().constData())
                    << QByteArray(kind) << QByteArray(prefix);
            }
        }
    }

private slots:
    void initTestCase() {
        if (programPath("redis-server").isEmpty() && !requiresPeers()) {
            return; // the others are tested all the same
        }
        m_redis = startRedis();
        QVERIFY(m_redis != nullptr);
        m_recorder = std::make_unique<CommandRecorder>(m_redis->port());
    }

    void isOneOfMany_data() { addRows(); }
    void isOneOfMany() {
        QFETCH(QByteArray, kind);
        QFETCH(QByteArray, prefix);
        const Contents contents = contentsWith(prefix.toStdString(), 7);
        Opened opened;
        open(opened, kind.toStdString(), contents);
        if (QTest::currentTestFailed() || (!opened.store && opened.trouble.empty())) {
            return; // skipped
        }
        QVERIFY2(opened.store != nullptr, opened.trouble.c_str());
        requireEqual(*opened.store, contents);
        requireSameAnswers(opened.store, contents);

        // By several at once.
        std::vector<std::jthread> threads;
        std::vector<Reading> readings(4);
        threads.reserve(readings.size());
        for (Reading& reading : readings) {
            threads.emplace_back([&] { reading = readAll(*opened.store, {}, {}); });
        }
        threads.clear();
        for (const Reading& reading : readings) {
            QVERIFY2(reading.trouble.isEmpty(), qPrintable(reading.trouble));
            QVERIFY(reading == readings[0]);
        }

        // Who stops is told so, and has had nothing that is wrong.
        std::stop_source stop;
        const auto keys = keysOf(*opened.store->catalog());
        std::atomic<int> calls = 0;
        const auto stopped = opened.store->read(
            keys, {},
            [&](std::size_t, const KeyRead& read) {
                QVERIFY(read.state == KeyState::Read);
                if (++calls == 3) {
                    stop.request_stop();
                }
            },
            JobContext(stop.get_token()));
        QVERIFY(kind == "memory" || (!stopped && stopped.error().code == ErrorCode::Cancelled) ||
                calls == static_cast<int>(keys.size()));

        if (kind.startsWith("redis")) {
            RawClient client(m_redis->port());
            QCOMPARE(client.ask({"DBSIZE"}).integer,
                     static_cast<long long>(contents.keys.size() + 2));
            QCOMPARE(client.ask({"PEXPIRETIME", "volatile"}).integer, 4000000000000LL);
            for (const auto& [key, value] : stringsOf(contents)) {
                QCOMPARE(client.ask({"TTL", key}).integer, -1LL);
            }
        }
    }

    void cleanupTestCase() {
        if (!m_recorder || m_redisReads == 0) { // none of its rows was run
            return;
        }
        const auto sent = m_recorder->finish();
        QVERIFY(sent.size() > m_redisReads * 100);
        for (const std::string& name : sent) {
            QVERIFY2(allowedCommands().contains(name), name.c_str());
        }
        QVERIFY(m_hasKept == (std::find(sent.begin(), sent.end(), "BITCOUNT") != sent.end()));
    }
};

QTEST_GUILESS_MAIN(TestEveryStore)
#include "test_every_store.moc"
