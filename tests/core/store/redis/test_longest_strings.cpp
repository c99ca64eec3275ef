// SPDX-License-Identifier: GPL-3.0-or-later
// Strings as long as ids allow, half a GiB: read in pieces, of which a few are held at once, and
// left at any moment.
#include <QTest>

#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

// One key of which every byte is the same.
FakeServer::Script longest(char byte) {
    return redisBut({{"trackist_a_2026-1-1", "x"}},
                    [byte](const Words& words, int) -> std::optional<FakeReply> {
                        if (words[0] == "STRLEN") {
                            return FakeReply(":536870912\r\n");
                        }
                        if (words[0] != "GETRANGE") {
                            return std::nullopt;
                        }
                        const std::size_t first = std::stoull(words[2]);
                        const std::size_t last = std::stoull(words[3]);
                        return FakeReply(bulk(std::string(last - first + 1, byte)));
                    });
}

} // namespace

class TestLongestStrings : public QObject {
    Q_OBJECT
private slots:
    void readsEveryIdThereIs() {
        FakeServer server(longest('\xff'));
        const auto store = openAt(server.address());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        KeysRead read = readKeys(**store);
        QVERIFY2(read.done.has_value(), read.done ? "" : read.done.error().english().c_str());
        const Bitmap& all = read.reads["a_2026-1-1"].bitmap;
        QCOMPARE(all.count(), std::uint64_t{1} << 32U);
        QVERIFY(all == Bitmap::fromRange(0, std::uint64_t{1} << 32U));
        QVERIFY(all.bytes() < 10'000'000);
    }

    // Where there is always more to take, nothing is waited for.
    void stopsWhileMuchComes() {
        FakeServer server(longest('\x0f'));
        const auto store = openAt(server.address());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        QVERIFY(millisecondsToStop([&](const JobContext& job) {
                    return readKeys(**store, {}, job).done;
                }) <= 1000);
    }
};

QTEST_GUILESS_MAIN(TestLongestStrings)
#include "test_longest_strings.moc"
