// SPDX-License-Identifier: GPL-3.0-or-later
// A real server is killed, frozen, slowed and made to drop its clients at random moments while
// tables are asked for. Every table is right or an error, none comes late, and nothing is left
// behind. COHORTIST_ROUNDS says how often.
#include <QTest>

#include <csignal>
#include <filesystem>
#include <set>
#include <thread>

#include <QElapsedTimer>

#include "core/catalog/key_scheme.h"
#include "core/export/retention_csv.h"
#include "core/session/session.h"
#include "tests/support/redis_process.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

constexpr std::int32_t kFirstDay = 20'000;
constexpr int kDays = 24;
constexpr int kRounds = 50;

std::size_t entriesIn(const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

std::vector<MemoryKey> someKeys() {
    std::vector<MemoryKey> keys;
    keys.reserve(std::size_t{2} * kDays);
    std::mt19937_64 random(8);
    for (int day = 0; day < kDays; ++day) {
        for (const char* event : {"active", "signup"}) {
            // Long enough that an answer is on its way for a while.
            keys.push_back({event, Kind::Day, kFirstDay + day,
                            Bitmap::unite(std::vector<Bitmap>{
                                poolOfSets()[13 + random() % 20],
                                Bitmap::fromRange(2'000'000 + random() % 9, 4'000'000)})});
        }
    }
    return keys;
}

RetentionQuestion question() {
    RetentionQuestion asked;
    asked.cohort = *parseQuery("signup@period");
    asked.returned = *parseQuery("active@period");
    asked.rows = 12;
    asked.columns = 10;
    asked.start = Period{Granularity::Day, kFirstDay};
    return asked;
}

} // namespace

class TestServerTrouble : public QObject {
    Q_OBJECT
private slots:
    void tablesAreRightOrNone() {
        if (programPath("redis-server").isEmpty() && !requiresPeers()) {
            QSKIP("there is no redis-server");
        }
        auto server = startRedis();
        QVERIFY(server != nullptr);
        const auto keys = someKeys();
        for (const MemoryKey& key : keys) {
            RawClient(server->port())
                .ask({"SET", formatKey("trackist_", key.event, key.kind, key.period),
                      toRedisString(key.set)});
        }
        QVERIFY(!RawClient(server->port()).ask({"SAVE"}).isError()); // for when it starts again
        RedisOptions options = impatient();
        options.access.timeouts.reply = std::chrono::milliseconds(200);
        options.access.timeouts.connect = std::chrono::milliseconds(200);
        options.access.reading.pieceBytes = 128U << 10U;
        const auto store = openAt(server->address());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        MemoryOptions memory;
        memory.asOf = (*store)->info().asOf;
        const auto expected =
            Session(std::make_shared<MemoryStore>(keys, memory)).retention(question(), {}, {});
        QVERIFY(expected.has_value());
        const std::string right = retentionLongCsv(expected->table);
        QVERIFY(retentionLongCsv(Session(*store).retention(question(), {}, {})->table) == right);

        const std::size_t threads = entriesIn("/proc/self/task");
        const std::size_t descriptors = entriesIn("/proc/self/fd");
        std::mt19937_64 random(
            static_cast<std::uint64_t>(qEnvironmentVariableIntValue("COHORTIST_SEED")));
        const int rounds = qEnvironmentVariableIntValue("COHORTIST_ROUNDS");
        int answers = 0;
        for (int round = 0; round < (rounds > 0 ? rounds : kRounds); ++round) {
            const auto opened = openAt(server->address(), options);
            QVERIFY2(opened.has_value(), troubleOf(opened).c_str());
            Session session(*opened);
            const auto pid = static_cast<pid_t>(server->processId());
            const int action = static_cast<int>(random() % 4);
            std::thread troublemaker([&, wait = random() % 15'000] {
                std::this_thread::sleep_for(std::chrono::microseconds(wait));
                if (action < 2) {
                    ::kill(pid, action == 0 ? SIGKILL : SIGSTOP);
                    return;
                }
                RawClient client(server->port());
                client.ask(action == 2 ? Words{"CLIENT", "KILL", "TYPE", "normal"}
                                       : Words{"CLIENT", "PAUSE", "100", "ALL"});
            });
            QElapsedTimer clock;
            clock.start();
            const auto answer = session.retention(question(), {}, {});
            const qint64 took = clock.elapsed();
            troublemaker.join();
            if (answer) {
                ++answers;
                QVERIFY(retentionLongCsv(answer->table) == right);
            } else {
                static const std::set<std::string> kExpected = {"lost", "timed out", "not found",
                                                                "busy"};
                QVERIFY2(kExpected.count(codeOf(answer.error())) == 1,
                         answer.error().english().c_str());
            }
            // A reply's time on each of two connections, and the time to connect.
            QVERIFY2(took < 5000, qPrintable(QString::number(took)));
            if (action == 0) {
                server->restart();
                QVERIFY(server->isRunning());
            }
            ::kill(static_cast<pid_t>(server->processId()), SIGCONT);
            QTRY_VERIFY(openAt(server->address()).has_value());
        }
        QVERIFY2(answers >= 5, qPrintable(QString::number(answers)));
        QTRY_COMPARE(entriesIn("/proc/self/task"), threads);
        // What the process object keeps of a server that was started again is its own.
        QTRY_VERIFY(entriesIn("/proc/self/fd") <= descriptors + 4);
    }
};

QTEST_GUILESS_MAIN(TestServerTrouble)
#include "test_server_trouble.moc"
