// SPDX-License-Identifier: GPL-3.0-or-later
// Past periods of a server, kept between sessions: what is asked of the server then, and what makes
// a copy unbelieved.
#include <QTest>

#include <algorithm>

#include "core/export/retention_csv.h"
#include "core/session/session.h"
#include "tests/support/kept_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace fs = std::filesystem;

class TestKeptStore : public KeptTest {
    Q_OBJECT
private slots:
    void init() { begin(); }

    void asksForNoMoreThanRunningPeriodsAfterARestart() {
        ChangingRedis server;
        KeysRead first = session(server);
        requireRight(first, server);
        QVERIFY(server.asked()["BITCOUNT"].empty());
        {
            const auto store = open(server.server.address());
            server.asked(); // greeting, listing, a sample of lengths
            KeysRead second = readKeys(*store);
            requireRight(second, server);
            auto asked = server.asked();
            QVERIFY(asked["GET"] == kRead && asked["STRLEN"] == kRead);
            QVERIFY(asked["GETRANGE"].empty());
            QVERIFY(asked["BITCOUNT"] == pastOf(server));
            for (const auto& [name, read] : second.reads) {
                QCOMPARE(read.isKept, name != "everyone" && !kRead.contains("trackist_" + name));
            }
            KeysRead again = readKeys(*store); // once a session is enough
            requireRight(again, server);
            asked = server.asked();
            QVERIFY(asked["GET"] == kRead);
            QVERIFY(asked["BITCOUNT"].empty());
        }
        const auto store = open(server.server.address());
        KeysRead part = readKeys(*store, {1, 2});
        QVERIFY(part.reads["a_2026-11-3"].isKept);
        QVERIFY(part.reads["a_2026-11-3"].bitmap == Bitmap{70'000});
        QVERIFY(readKeys(*store, {0, 1}).reads["a_2026-11-3"].bitmap == (Bitmap{1, 3}));
    }

    void asksForRunningPeriodsAloneForASecondTable() {
        ChangingRedis server;
        RetentionQuestion question;
        question.cohort = *parseQuery("a@period");
        question.returned = *parseQuery("a@period");
        question.start = parsePeriod("2026-11-17");
        question.rows = 10;
        question.columns = 9;
        QuerySettings settings;
        settings.asOf = kNow;
        const auto table = [&](std::map<std::string, Names>& asked) {
            const auto store = open(server.server.address());
            server.asked();
            auto result = Session(store).retention(question, settings, {});
            asked = server.asked();
            store->sets().waitUntilWritten();
            return result;
        };
        std::map<std::string, Names> first;
        std::map<std::string, Names> second;
        const auto read = table(first);
        const auto kept = table(second);
        QVERIFY2(read && kept, read ? "" : read.error().english().c_str());
        QCOMPARE(first["GET"].size(), std::size_t{10});
        QVERIFY(second["GET"] == (Names{dayKey(25), dayKey(26)}));
        QVERIFY(second["GETRANGE"].empty());
        QCOMPARE(second["BITCOUNT"].size(), std::size_t{8});
        QCOMPARE(kept->cost.keysKept, std::uint64_t{8});
        QCOMPARE(retentionLongCsv(kept->table), retentionLongCsv(read->table));
    }

    // Nobody need close the source for it.
    void writesAfterAWhile() {
        ChangingRedis server;
        m_options.writingDelay = std::chrono::milliseconds(1);
        const auto store = open(server.server.address());
        const auto sources = keptSources(m_options.folder);
        QCOMPARE(sources.size(), std::size_t{1});
        KeysRead read = readKeys(*store);
        requireRight(read, server);
        QTRY_VERIFY(!keptFiles(sources[0].folder).empty());
    }

    // Each cell of a table is the same, and the cost tells where it came from.
    void answersTheSame() {
        ChangingRedis server;
        OpenOptions options;
        options.kept = m_options;
        const auto query = parseQuery("a@2026-11-01 & a@2026-11-02 & b@unique");
        for (const std::uint64_t kept : {0U, 2U}) {
            const auto session = Session::open(server.server.address(), {}, options);
            QVERIFY(session.has_value());
            const auto answer = (*session)->count(*query, {}, {});
            QVERIFY(answer.has_value());
            QCOMPARE(answer->count, std::uint64_t{0});
            QCOMPARE(answer->cost.keysRead, std::uint64_t{3});
            QCOMPARE(answer->cost.keysKept, kept);
        }
    }

    void readsAgainWhatHasChanged() {
        ChangingRedis server;
        session(server);
        server.data[dayKey(3)] = "\xff"; // marked in the past
        server.asked();
        KeysRead read = session(server);
        requireRight(read, server);
        auto asked = server.asked();
        QVERIFY(asked["GET"].contains(dayKey(3)));
        QCOMPARE(asked["GET"].size(), kRead.size() + 1);
        read = session(server); // and the change is what is kept now
        requireRight(read, server);
        QVERIFY(read.reads["a_2026-11-3"].isKept);
    }

    void believesEqualCountsUntilToldToReadAgain() {
        ChangingRedis server;
        session(server);
        server.data[dayKey(3)] = toRedisString(Bitmap{5, 6, 7}); // three others
        QVERIFY(session(server).reads["a_2026-11-3"].bitmap == (Bitmap{1, 3, 70'000}));
        m_options.readsAgain = true;
        server.asked();
        KeysRead read = session(server);
        requireRight(read, server);
        QVERIFY(server.asked()["BITCOUNT"].empty());
        m_options.readsAgain = false;
        read = session(server);
        requireRight(read, server);
        QVERIFY(read.reads["a_2026-11-3"].isKept);
    }

    // Once a period was read anew, no older copy of it is believed: not where the new one is too
    // large to be kept, nor where the clock was set back, nor where another program writes what it
    // had read before.
    void neverGoesBackToAnOlderCopy_data() {
        QTest::addColumn<QString>("how");
        for (const char* how : {"too large", "clock", "another program"}) {
            QTest::newRow(how) << how;
        }
    }
    void neverGoesBackToAnOlderCopy() {
        QFETCH(QString, how);
        ChangingRedis server;
        session(server);
        const std::string folder = keptSources(m_options.folder).at(0).folder;
        const std::string old = keptFiles(folder).at(0);
        if (how == "too large") {
            m_options.limitBytes = sizeBelow(m_options.folder) + 1000;
            std::vector<std::uint32_t> ids(100'000);
            std::generate(ids.begin(), ids.end(), [next = 0U]() mutable { return next += 41; });
            const Bitmap large = Bitmap::fromIds(ids);
            QVERIFY(large.bytes() > m_options.limitBytes / 2);
            server.data[dayKey(3)] = toRedisString(large);
        } else {
            server.data[dayKey(3)] = "\xff";
        }
        if (how == "clock") {
            fs::rename(old, folder + "/7fffffffffffffff-1.cohorts");
        }
        const auto store = open(server.server.address());
        for (int round = 0; round < 3; ++round) {
            KeysRead read = readKeys(*store);
            requireRight(read, server);
            read = readKeys(*store, {0, 1});
            QVERIFY(read.reads["a_2026-11-3"].bitmap ==
                    fromRedisString(server.data[dayKey(3)])->slice({0, 1}));
            store->sets().waitUntilWritten();
            if (how == "another program" && round == 0) {
                fs::copy(old, folder + "/7ffffffffffffffe-1.cohorts");
                m_options.writingDelay = std::chrono::milliseconds(0);
                store->sets().keep({0, Kind::Day, parsePeriod("2026-11-01")->index},
                                   Bitmap{1, 70'000}); // so that it looks at the folder
                store->sets().waitUntilWritten();
            }
        }
        if (how != "too large") { // and it is kept for the next session
            QVERIFY(session(server).reads["a_2026-11-3"].isKept || how == "another program");
        }
    }

    void readsAllWhereCountsAreRefused() {
        ChangingRedis server;
        session(server);
        server.refusesCounts = true;
        server.asked();
        KeysRead read = session(server);
        requireRight(read, server);
        QCOMPARE(server.asked()["GET"].size(), server.data.size());
    }

    void goesOnCountingWhereItBrokeOff() {
        ChangingRedis server;
        session(server);
        const int past = static_cast<int>(pastOf(server).size());
        for (int counts = 0; counts < past; ++counts) {
            const auto store = open(server.server.address());
            server.countsUntilItBreaksOff = counts;
            server.asked();
            KeysRead read = readKeys(*store);
            requireRight(read, server);
            const auto asked = server.asked();
            QVERIFY(asked.at("GET") == kRead);
            QVERIFY(asked.at("BITCOUNT") == pastOf(server));
            QVERIFY(server.countsUntilItBreaksOff < -1);
        }
    }
};

QTEST_GUILESS_MAIN(TestKeptStore)
#include "test_kept_store.moc"
