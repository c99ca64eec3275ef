// SPDX-License-Identifier: GPL-3.0-or-later
// Redis Cluster: keys lie on several nodes and move between them while they are read; a node that
// is down is named. Against two servers of the test's own making, and against three real nodes.
#include <QTest>

#include "tests/support/redis_cluster.h"
#include "tests/support/redis_process.h"
#include "tests/support/server_fixture.h"

#include "core/catalog/key_scheme.h"
#include "core/store/redis/cluster_nodes.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

std::string slotsReply(const std::vector<int>& ports) {
    std::string text = "*" + std::to_string(ports.size()) + "\r\n";
    const std::size_t share = kSlotCount / ports.size();
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const std::size_t last = i + 1 == ports.size() ? kSlotCount : (i + 1) * share;
        text += "*3\r\n:" + std::to_string(i * share) + "\r\n:" + std::to_string(last - 1) +
                "\r\n*3\r\n" + bulk("127.0.0.1") + ":" + std::to_string(ports[i]) + "\r\n" +
                bulk("id") + "";
    }
    return text;
}

std::string keyOf(int day) {
    return "trackist_a_2026-1-" + std::to_string(day);
}

} // namespace

class TestCluster : public QObject {
    Q_OBJECT
private slots:
    void knowsSlots() {
        QCOMPARE(slotOf("123456789"), std::uint16_t{0x31C3});
        QCOMPARE(slotOf("foo"), std::uint16_t{12182});
        QCOMPARE(slotOf("{user1000}.following"), slotOf("user1000"));
        QCOMPARE(slotOf("foo{{bar}}zap"), slotOf("{bar"));
        QVERIFY(slotOf("foo{}{bar}") != slotOf("bar"));
        QCOMPARE(slotOf(""), std::uint16_t{0});
    }

    void readsSlotMaps() {
        const auto read = [](const std::string& bytes) {
            ReplyReader reader;
            const bool isRead = reader.feed(bytes);
            const auto reply = reader.take();
            return isRead && reply ? SlotMap::fromReply(*reply, "asked") : std::nullopt;
        };
        const auto map = read(slotsReply({7001, 7002}));
        QVERIFY(map && map->isWhole());
        QCOMPARE(map->nodes().size(), std::size_t{2});
        QVERIFY(map->nodeOf(8191) == (NodeAddress{"127.0.0.1", 7001}));
        QVERIFY(map->nodeOf(8192) == (NodeAddress{"127.0.0.1", 7002}));
        const auto part = read("*1\r\n*3\r\n:0\r\n:5\r\n*2\r\n$0\r\n\r\n:7001\r\n");
        QVERIFY(part && !part->isWhole() && !part->nodeOf(6));
        QVERIFY(part->nodeOf(5) == (NodeAddress{"asked", 7001}));
        const std::string primary = "*1\r\n*4\r\n:0\r\n:5\r\n*2\r\n$1\r\na\r\n:1\r\n";
        const auto replicated = read(primary + "*2\r\n$1\r\nb\r\n:2\r\n");
        QVERIFY(replicated->nodeOf(5) == (NodeAddress{"a", 1}));
        QVERIFY(replicated->nodeOf(5, SlotMap::Role::Replica) == (NodeAddress{"b", 2}));
        QVERIFY(map->nodeOf(8192, SlotMap::Role::Replica) == (NodeAddress{"127.0.0.1", 7002}));
        for (const char* bytes :
             {"*0\r\n", ":1\r\n", "*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n$1\r\nh\r\n:7001\r\n",
              "*1\r\n*3\r\n:-1\r\n:5\r\n*2\r\n$1\r\nh\r\n:7001\r\n",
              "*1\r\n*3\r\n:0\r\n:5\r\n*2\r\n$1\r\nh\r\n:70010\r\n", "*1\r\n*2\r\n:0\r\n:5\r\n",
              "*1\r\n*3\r\n:0\r\n:5\r\n$1\r\nh\r\n"}) {
            QVERIFY2(!read(bytes), bytes);
        }
        QVERIFY(targetOf("MOVED 5 h:1", "x") == (NodeAddress{"h", 1}));
        QVERIFY(targetOf("ASK 5 ::1:7", "x") == (NodeAddress{"::1", 7}));
        QVERIFY(targetOf("MOVED 5 :7", "x") == (NodeAddress{"x", 7}));
        QVERIFY(!targetOf("MOVED 5 h:0", "x") && !targetOf("MOVED", "x") &&
                !targetOf("MOVED 5 h:x", "x"));
    }

    void followsKeysThatMove() {
        // All keys are listed by the first node; the second has those of its slots, and the one of
        // the first day is on its way to it.
        std::vector<int> ports;
        const auto script = [&](std::size_t node) -> FakeServer::Script {
            std::vector<std::pair<std::string, std::string>> data;
            for (int day = 1; day <= 20; ++day) {
                data.emplace_back(keyOf(day), std::string(1, static_cast<char>(day)));
            }
            return [&ports, node, redis = redisWith(data), asked = std::map<std::string, int>(),
                    hasAsked = false](const Words& words, int connection) mutable -> FakeReply {
                if (words[0] == "CLUSTER") {
                    return slotsReply(ports);
                }
                if (words[0] == "SCAN" && node == 1) {
                    return page("0", {});
                }
                if (words[0] == "ASKING") {
                    hasAsked = true;
                    return std::string("+OK\r\n");
                }
                if (words[0] == "GET" || words[0] == "STRLEN") {
                    const bool isAsked = std::exchange(hasAsked, false) && node == 1;
                    const std::string place = std::to_string(slotOf(words[1])) +
                                              " 127.0.0.1:" + std::to_string(ports[1]) + "\r\n";
                    ++asked[words[1]];
                    if (words[1] == keyOf(1) && !isAsked) {
                        return "-ASK " + place;
                    }
                    if (words[1] == keyOf(2) && node == 0 && asked[words[1]] < 4) {
                        return "-MOVED " + place;
                    }
                }
                return redis(words, connection);
            };
        };
        FakeServer first(script(0));
        FakeServer second(script(1));
        ports = {first.port(), second.port()};
        const auto store = openAt("redis+cluster://127.0.0.1:" + std::to_string(first.port()));
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        KeysRead read = readKeys(**store);
        QVERIFY2(read.done.has_value(), read.done ? "" : read.done.error().english().c_str());
        for (int day = 1; day <= 20; ++day) {
            const KeyRead& key = read.reads[keyOf(day).substr(9)];
            QVERIFY2(key.state == KeyState::Read, (keyOf(day) + key.why).c_str());
            QVERIFY(key.bitmap == *fromRedisString(std::string(1, static_cast<char>(day))));
        }
        QVERIFY(second.connections() > 0);
    }

    // The second server is a replica of the first: it is asked for all but the map, and the
    // first for what the replica sends away.
    void readsReplicasWhereAsked() {
        for (const bool isAsked : {true, false}) {
            std::vector<int> ports;
            const auto script = [&](std::size_t node) {
                return [&ports, node, redis = redisWith({{keyOf(1), "a"}, {keyOf(2), "b"}})](
                           const Words& words, int connection) -> FakeReply {
                    if (words[0] == "CLUSTER") {
                        std::string text = slotsReply({ports[0]});
                        text.replace(text.find("*3"), 2, "*4");
                        return text + "*3\r\n" + bulk("127.0.0.1") + ":" +
                               std::to_string(ports[1]) + "\r\n" + bulk("id");
                    }
                    const bool isOnItsWay = words.size() > 1 && words[1] == keyOf(2);
                    if (node == 1 && words[0] != "BITCOUNT" && isOnItsWay) {
                        return "-MOVED 1 127.0.0.1:" + std::to_string(ports[0]) + "\r\n";
                    }
                    return redis(words, connection);
                };
            };
            FakeServer first(script(0));
            FakeServer second(script(1));
            ports = {first.port(), second.port()};
            const auto store = openAt("redis+cluster://127.0.0.1:" + std::to_string(first.port()) +
                                      (isAsked ? "?replicas=yes" : ""));
            QVERIFY2(store.has_value(), troubleOf(store).c_str());
            KeysRead read = readKeys(**store);
            QVERIFY2(read.done.has_value(), read.done ? "" : read.done.error().english().c_str());
            QVERIFY(read.reads[keyOf(1).substr(9)].bitmap == *fromRedisString("a"));
            QVERIFY(read.reads[keyOf(2).substr(9)].bitmap == *fromRedisString("b"));
            const auto asked = [](FakeServer& server, const Words& wanted) {
                const auto commands = server.commands();
                return std::any_of(commands.begin(), commands.end(), [&](const Words& words) {
                    return std::equal(wanted.begin(), wanted.end(), words.begin(),
                                      words.begin() + static_cast<std::ptrdiff_t>(
                                                          std::min(words.size(), wanted.size())));
                });
            };
            QCOMPARE(asked(second, {"READONLY"}), isAsked);
            QCOMPARE(asked(second, {"SCAN"}), isAsked);
            QCOMPARE(asked(first, {"SCAN"}), !isAsked);
            QCOMPARE(asked(second, {"GET", keyOf(1)}), isAsked);
            QCOMPARE(asked(first, {"GET", keyOf(1)}), !isAsked);
            QVERIFY(asked(first, {"GET", keyOf(2)}));
        }
    }

    void givesUpOnKeysThatNeverRest() {
        std::vector<int> ports;
        FakeServer server([&, redis = redisWith({{keyOf(1), "x"}})](const Words& words,
                                                                    int connection) -> FakeReply {
            if (words[0] == "CLUSTER") {
                return slotsReply(ports);
            }
            if (words[0] == "GET" || words[0] == "STRLEN") {
                return "-MOVED 1 127.0.0.1:" + std::to_string(ports[0]) + "\r\n";
            }
            return redis(words, connection);
        });
        ports = {server.port()};
        const auto store =
            openAt("redis+cluster://127.0.0.1:" + std::to_string(server.port()), soonTired());
        QVERIFY(!store);
        QCOMPARE(codeOf(store.error()), std::string("busy"));
    }

    // What was kept of its keys is asked for first: that may not fail where reading would go on.
    void countsNothingOnANodeThatIsGone() {
        std::vector<int> ports;
        const FakeServer::Script script = [&, redis = redisWith({{keyOf(1), "x"}})](
                                              const Words& words, int connection) -> FakeReply {
            return words[0] == "CLUSTER" ? slotsReply(ports) : redis(words, connection);
        };
        FakeServer heir(script);
        auto first = std::make_unique<FakeServer>(script);
        ports = {first->port()};
        const auto address =
            parseServerAddress("redis+cluster://127.0.0.1:" + std::to_string(heir.port()));
        const auto store = openRedis(*address, impatient(), {});
        QVERIFY2(store.has_value(), store ? "" : store.error().english().c_str());
        ports = {heir.port()};
        first.reset();
        const BitmapKey key = keysOf(*(*store)->catalog()).front();
        int calls = 0;
        const auto counted = (*store)->count(
            {&key, 1},
            [&](std::size_t, std::optional<std::uint64_t> count) { calls += count ? 10 : 1; }, {});
        QVERIFY2(counted.has_value(), counted ? "" : counted.error().english().c_str());
        QCOMPARE(calls, 1);
        KeysRead read = readKeys(**store);
        QVERIFY2(read.done.has_value(), read.done ? "" : read.done.error().english().c_str());
        QVERIFY(read.reads[keyOf(1).substr(9)].bitmap == *fromRedisString("x"));
    }

    void tellsWhichNodeIsGone() {
        const Error gone{ErrorCode::NotFound, {}, message("core", "gone"), {}, {}, "host"};
        const Error busy{ErrorCode::Busy, {}, message("core", "CLUSTERDOWN"), {}, {}, {}};
        QVERIFY(mostTelling({}).has_value());
        QVERIFY(mostTelling({{}, {}}).has_value());
        QCOMPARE(codeOf(mostTelling({fail(busy), {}, fail(gone)}).error()),
                 std::string("not found"));
        QCOMPARE(codeOf(mostTelling({{}, fail(busy)}).error()), std::string("busy"));
        const auto cluster = *parseServerAddress("redis+cluster://a:1");
        const Error told = errorOfNode(gone, cluster, {"::1", 7});
        QCOMPARE(told.what.english(),
                 std::string("cannot read from redis+cluster://a:1 for its node [::1]:7"));
        QVERIFY(told.part.empty());
        QCOMPARE(errorOfNode(gone, cluster, {"a", 1}).part, std::string("host"));
    }

    void tellsSlotsThatNobodyServes() {
        FakeServer server([](const Words& words, int) -> FakeReply {
            return words[0] == "CLUSTER"
                       ? std::string("*1\r\n*3\r\n:0\r\n:5460\r\n*2\r\n$0\r\n\r\n:7001\r\n")
                       : std::string("-ERR no\r\n");
        });
        const std::string address = "redis+cluster://127.0.0.1:" + std::to_string(server.port());
        const std::string trouble = troubleOf(openAt(address, impatient()));
        QVERIFY2(trouble.starts_with("busy: cannot read from " + address), trouble.c_str());
        QVERIFY2(trouble.find("slots 5461-16383") != std::string::npos, trouble.c_str());
    }

    void isNoCluster() {
        FakeServer server([redis = redisWith({{keyOf(1), "x"}})](const Words& words,
                                                                 int connection) -> FakeReply {
            return words[0] == "CLUSTER"
                       ? FakeReply("-ERR This instance has cluster support disabled\r\n")
                       : redis(words, connection);
        });
        const auto store = openAt("redis+cluster://127.0.0.1:" + std::to_string(server.port()));
        QVERIFY(!store);
        QVERIFY2(store.error().english().find("Write redis://") != std::string::npos,
                 troubleOf(store).c_str());
    }

    void readsARealOne() {
        if (programPath("redis-server").isEmpty() && !requiresPeers()) {
            QSKIP("there is no redis-server");
        }
        RedisCluster cluster(3);
        QVERIFY2(cluster.isReady(), cluster.trouble().c_str());
        std::mt19937_64 random(9);
        std::vector<MemoryKey> keys;
        for (std::int32_t day = 20'000; day < 20'060; ++day) {
            keys.push_back({day % 2 == 0 ? "a" : "b/c", Kind::Day, day,
                            poolOfSets()[random() % 8 == 0 ? 9 : 13 + random() % 20]});
            cluster.set(formatKey("trackist_", keys.back().event, Kind::Day, day),
                        toRedisString(keys.back().set));
        }
        const auto store = openAt(cluster.address());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        QVERIFY2((*store)->info().kind.ends_with(", cluster"), (*store)->info().kind.c_str());
        MemoryOptions options;
        options.asOf = (*store)->info().asOf;
        options.origin = cluster.address();
        MemoryStore expected(keys, options);
        for (const ChunkRange range : {ChunkRange{}, ChunkRange{2, 9}}) {
            Reading got = readAll(**store, range, {});
            QVERIFY2(got.trouble.isEmpty(), qPrintable(got.trouble));
            QVERIFY(got == readAll(expected, range, {}));
        }
        QVERIFY2(cluster.addReplica(), cluster.trouble().c_str());
        const auto replicas = openAt(cluster.address() + "?replicas=yes");
        QVERIFY2(replicas.has_value(), troubleOf(replicas).c_str());
        options.asOf = (*replicas)->info().asOf;
        MemoryStore onReplica(keys, options);
        QVERIFY(readAll(**replicas, {}, {}) == readAll(onReplica, {}, {}));
        QVERIFY(cluster.replicaReads() > 0);
        // A key on its way, then one that has arrived, then a node that is gone.
        const std::string moving = formatKey("trackist_", "a", Kind::Day, 20'000);
        cluster.migrate(moving, false);
        QVERIFY(readAll(**store, {}, {}) == readAll(expected, {}, {}));
        cluster.migrate(moving, true);
        QVERIFY(readAll(**store, {}, {}) == readAll(expected, {}, {}));
        const int gone = cluster.killOne();
        const Reading broken = readAll(**store, {}, {});
        QVERIFY(broken.hasTrouble);
        QVERIFY2(broken.trouble.contains(QString::number(gone)), qPrintable(broken.trouble));
        const auto anew = openAt(cluster.address());
        QVERIFY(!anew);
        for (const std::string& named :
             {cluster.address(), "its node 127.0.0.1:" + std::to_string(gone),
              std::string("Check that the node runs")}) {
            QVERIFY2(troubleOf(anew).find(named) != std::string::npos, troubleOf(anew).c_str());
            QVERIFY2(broken.trouble.contains(QString::fromStdString(named)),
                     qPrintable(broken.trouble));
        }
    }
};

QTEST_GUILESS_MAIN(TestCluster)
#include "test_cluster.moc"
