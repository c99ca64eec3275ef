// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of servers: the same data, whatever broke them off on the way; a second try asks only for
// what the first one had not read and for what may have changed since.
#include <QTest>

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "core/session/server_copy.h"
#include "core/store/snapshot/snapshot_store.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

constexpr int kDays = 700;
constexpr int kBatch = 256; // keys that are read before they are written

std::string keyOf(int day) {
    return "trackist_a_" + toBitmapist({Granularity::Day, 18'000 + day});
}

Bitmap setOf(int day) {
    return Bitmap{static_cast<std::uint32_t>(day), 5, 70'000};
}

// Breaks off for good once so many values were given; counts what was asked for.
struct Server {
    std::atomic<int> gives = INT32_MAX;
    std::atomic<int> given = 0;
    std::vector<std::pair<std::string, std::string>> data;
    FakeServer::Script redis;
    FakeServer server{
        [this](const Words& words, int connection) { return answer(words, connection); }};

    Server() {
        for (int day = 0; day < kDays; ++day) {
            data.emplace_back(keyOf(day), toRedisString(setOf(day)));
        }
        data.emplace_back("trackist_flag_u", "\x0f");
        redis = redisWith(data);
    }
    FakeReply answer(const Words& words, int connection) {
        if (words[0] == "BITCOUNT" && words[1] == "trackist_dense_u") {
            return std::string(":500000\r\n");
        }
        if (words[0] == "BITCOUNT") {
            return std::string(":") + (words[1] == keyOf(5) ? "2\r\n" : "3\r\n");
        }
        if (words[0] == "GET" && given++ >= gives) {
            FakeReply broken;
            broken.closes = true;
            return broken;
        }
        return redis(words, connection);
    }
};

} // namespace

class TestServerCopy : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    OpenOptions m_options;
    std::string m_path;

    Result<CopySummary> copy(Server& server, const CopySelection& selection = {},
                             const JobContext& job = {}) const {
        return copyServer(*parseServerAddress(server.server.address()), selection, m_path,
                          m_options, job);
    }
    void requireWhole() const {
        const auto store = openSnapshot(m_path, {});
        QVERIFY(store.has_value());
        QCOMPARE((*store)->catalog()->keyCount(), std::uint64_t{kDays + 1});
        KeysRead read = readKeys(**store);
        QVERIFY(read.done.has_value());
        for (int day = 0; day < kDays; ++day) {
            QVERIFY(read.reads[keyOf(day).substr(9)].bitmap == setOf(day));
        }
        QVERIFY(read.reads["flag_u"].bitmap == (Bitmap{4, 5, 6, 7}));
    }

private slots:
    void init() {
        m_folder = fastFolder();
        m_options = {};
        m_options.kept = KeptOptions{};
        m_options.kept->folder = m_folder->filePath("copies").toStdString();
        m_path = m_folder->filePath("copy.cohorts").toStdString();
    }

    void copiesAtOnce() {
        Server server;
        std::vector<std::uint64_t> told;
        const JobContext job({}, [&](Progress progress) {
            if (progress.unit == Progress::Unit::Keys && progress.total == kDays + 1) {
                told.push_back(progress.done);
            }
        });
        const auto copied = copy(server, {}, job);
        QVERIFY2(copied.has_value(), copied ? "" : copied.error().english().c_str());
        QCOMPARE(copied->keys, std::uint64_t{kDays + 1});
        requireWhole();
        // Each when it is read and when it is written, after what the listing told.
        constexpr std::size_t kTold = 2 * (kDays + 1) + 1;
        QVERIFY(told.size() >= kTold);
        const auto first = told.end() - kTold;
        QCOMPARE(*first, std::uint64_t{0});
        QVERIFY(std::is_sorted(first, told.end()));
        QCOMPARE(told.back(), std::uint64_t{kDays + 1});
        QCOMPARE(std::count(first, told.end(), told.back()), 1); // when all is written
        QVERIFY(keptSources(m_options.kept->folder).empty());
    }

    void goesOnAfterABreak() {
        Server server;
        server.gives = 300; // in the second batch
        const auto broken = copy(server);
        QVERIFY(!broken.has_value());
        QCOMPARE(codeOf(broken.error()), std::string("lost"));
        QVERIFY2(broken.error().english().find("goes on where") != std::string::npos,
                 broken.error().english().c_str());
        QVERIFY(!std::filesystem::exists(m_path));
        QCOMPARE(keptSources(m_options.kept->folder).size(), std::size_t{1});
        server.gives = INT32_MAX;
        server.given = 0;
        const auto copied = copy(server);
        QVERIFY2(copied.has_value(), copied ? "" : copied.error().english().c_str());
        requireWhole();
        // What was not read, and what was on its way when the connection broke, but not all.
        QVERIFY2(server.given >= kDays - 300 && server.given < kDays,
                 std::to_string(server.given).c_str());
        QVERIFY(keptSources(m_options.kept->folder).empty());
    }

    void goesOnAfterAStop() {
        Server server;
        std::stop_source stop;
        const JobContext job(stop.get_token(), [&](Progress progress) {
            if (progress.total == kDays + 1 &&
                progress.done == (400 + kBatch) / 2) { // 400 are read
                stop.request_stop();
            }
        });
        const auto stopped = copy(server, {}, job);
        QVERIFY(!stopped.has_value());
        QCOMPARE(codeOf(stopped.error()), std::string("cancelled"));
        QVERIFY(!std::filesystem::exists(m_path));
        server.given = 0;
        QVERIFY(copy(server).has_value());
        requireWhole();
        QVERIFY2(server.given <= kDays - 400 + 4, std::to_string(server.given).c_str());
    }

    // A smaller copy of the same server, whole, takes nothing from a larger one that was broken
    // off.
    void leavesTheRestOfAnotherCopy() {
        Server server;
        server.gives = 300;
        QVERIFY(!copy(server).has_value());
        server.gives = INT32_MAX;
        CopySelection flag;
        flag.events = {"flag"};
        QVERIFY(copy(server, flag).has_value());
        server.given = 0;
        QVERIFY(copy(server).has_value());
        requireWhole();
        QVERIFY2(server.given < kDays, std::to_string(server.given).c_str());
        QVERIFY(keptSources(m_options.kept->folder).empty());
    }

    void copiesWithoutAPlaceForParts() {
        Server server;
        writeBytes(m_options.kept->folder, "a file where the folder should be");
        QVERIFY(copy(server).has_value());
        requireWhole();
        m_options.kept.reset();
        QVERIFY(copy(server).has_value());
        requireWhole();
    }

    void leavesNothingWhereNothingMatches() {
        Server server;
        CopySelection selection;
        selection.events = {"nobody"};
        const auto copied = copy(server, selection);
        QVERIFY(!copied.has_value());
        QVERIFY2(copied.error().english().find("cohortist-cli events") != std::string::npos,
                 copied.error().english().c_str());
        QVERIFY(keptSources(m_options.kept->folder).empty());
    }

    void estimates() {
        Server server;
        const auto store =
            openServerStore(*parseServerAddress(server.server.address()), m_options, {});
        QVERIFY(store.has_value());
        const auto all = estimateCopy(**store, {}, {});
        QVERIFY(all.has_value());
        QCOMPARE(all->keys, std::uint64_t{kDays + 1});
        QCOMPARE(all->events, std::uint64_t{2});
        QVERIFY(copy(server).has_value());
        const std::uint64_t size = std::filesystem::file_size(m_path);
        QVERIFY2(all->bytes > size / 4 && all->bytes < size * 4,
                 (std::to_string(all->bytes) + " " + std::to_string(size)).c_str());
        CopySelection selection;
        selection.events = {"flag"};
        const auto flag = estimateCopy(**store, selection, {});
        QVERIFY(flag && flag->keys == 1 && flag->bytes < 100);
    }

    void estimatesNoMoreThanTheStringOfManyUsers() {
        Server server;
        server.data = {{"trackist_dense_u", std::string(100'000, '\xda')},
                       {"trackist_dense_2026-11-1", "\x01"}};
        server.redis = redisWith(server.data);
        const auto store =
            openServerStore(*parseServerAddress(server.server.address()), m_options, {});
        QVERIFY2(store.has_value(), store ? "" : store.error().english().c_str());
        CopySelection selection;
        selection.kinds = {Kind::Unique};
        const auto dense = estimateCopy(**store, selection, {});
        QVERIFY(dense.has_value());
        QVERIFY2(dense->bytes >= 100'000 && dense->bytes < 120'000,
                 std::to_string(dense->bytes).c_str());
    }
};

QTEST_GUILESS_MAIN(TestServerCopy)
#include "test_server_copy.moc"
