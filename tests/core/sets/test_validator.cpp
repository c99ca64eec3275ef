// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>

#include "core/sets/bitmap.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using test::below;

namespace {

std::string u16(std::uint32_t v) {
    return {static_cast<char>(v & 0xFFU), static_cast<char>(v >> 8U & 0xFFU)};
}
std::string u32(std::uint32_t v) {
    return u16(v & 0xFFFFU) + u16(v >> 16U);
}
// One container without runs.
std::string plain(std::uint32_t cardinality, const std::string& body) {
    return u32(12346) + u32(1) + u16(0) + u16(cardinality - 1) + u32(16) + body;
}
std::string runs(std::uint32_t cardinality, const std::string& body, char flags = 1) {
    return u32(12347) + flags + u16(0) + u16(cardinality - 1) + body;
}
bool accepts(const std::string& bytes) {
    return validateRoaring(bytes).has_value() && Bitmap::fromPortable(bytes).has_value();
}

} // namespace

class TestValidator : public QObject {
    Q_OBJECT
private slots:
    void acceptsWhatIsSound() {
        QVERIFY(accepts(u32(12346) + u32(0)));
        QVERIFY(accepts(plain(2, u16(1) + u16(7))));
        QVERIFY(accepts(runs(5, u16(2) + u16(0) + u16(1) + u16(5) + u16(2))));
        QVERIFY(accepts(runs(65536, u16(1) + u16(0) + u16(65535))));
        QVERIFY(accepts(plain(65536, std::string(8192, '\xFF'))));
    }

    void refusesEachBrokenRule_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char* name, const std::string& bytes) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes);
        };
        row("nothing", "");
        row("three bytes", std::string("\x3a\x30\0", 3));
        row("cookie", u32(12345) + u32(0));
        row("too many containers", u32(12346) + u32(65537) + std::string(600'000, '\0'));
        row("count past the end", u32(12346) + u32(3) + u32(0));
        row("huge count", u32(12346) + u32(0xFFFFFFFF));
        row("spare run flag", runs(1, u16(1) + u16(0) + u16(0), 3));
        row("bitset with wrong count", plain(4097, std::string(8192, '\xFF')));
        row("bitset cut off", plain(4097, std::string(8191, '\xFF')));
        row("array descending", plain(2, u16(7) + u16(1)));
        row("array with repeats", plain(2, u16(7) + u16(7)));
        row("array cut off", plain(2, u16(7)));
        row("offset", u32(12346) + u32(1) + u16(0) + u16(0) + u32(15) + u16(7));
        row("left over", plain(1, u16(7)) + "x");
        row("no runs", runs(1, u16(0)));
        row("run leaves", runs(65536, u16(1) + u16(65535) + u16(65535)));
        row("runs touch", runs(4, u16(2) + u16(0) + u16(1) + u16(2) + u16(1)));
        row("runs overlap", runs(4, u16(2) + u16(0) + u16(1) + u16(1) + u16(1)));
        row("runs descend", runs(4, u16(2) + u16(9) + u16(1) + u16(1) + u16(1)));
        row("runs do not add up", runs(4, u16(1) + u16(0) + u16(1)));
        row("keys repeat", u32(12346) + u32(2) + u16(3) + u16(0) + u16(3) + u16(0) + u32(24) +
                               u32(26) + u16(1) + u16(2));
        row("keys descend", u32(12346) + u32(2) + u16(3) + u16(0) + u16(2) + u16(0) + u32(24) +
                                u32(26) + u16(1) + u16(2));
    }
    void refusesEachBrokenRule() {
        QFETCH(QByteArray, bytes);
        const auto result = validateRoaring(bytes.toStdString());
        QVERIFY(!result.has_value());
        QCOMPARE(static_cast<int>(result.error().code), static_cast<int>(ErrorCode::Damaged));
        QVERIFY(!Bitmap::fromPortable(bytes.toStdString()).has_value());
    }

    // Whatever is accepted must be a set in every respect.
    void acceptsOnlySetsAmongMutations() {
        std::mt19937_64 random(9);
        int accepted = 0;
        for (int round = 0; round < 5000; ++round) {
            std::vector<std::uint32_t> ids;
            for (std::uint64_t i = 0, n = below(random, 30) + 1; i < n; ++i) {
                ids.push_back(static_cast<std::uint32_t>(below(random, 200'000)));
            }
            std::string bytes = Bitmap::fromIds(ids).toPortable();
            for (std::uint64_t i = 0, n = below(random, 3) + 1; i < n; ++i) {
                char& byte = bytes[below(random, bytes.size())];
                byte = static_cast<char>(byte ^ (1 << below(random, 8)));
            }
            if (below(random, 10) == 0) {
                bytes.resize(below(random, bytes.size()));
            }
            const auto set = Bitmap::fromPortable(bytes);
            if (!set) {
                continue;
            }
            ++accepted;
            const auto list = set->ids();
            QVERIFY(std::is_sorted(list.begin(), list.end()));
            QVERIFY(std::adjacent_find(list.begin(), list.end()) == list.end());
            QCOMPARE(list.size(), set->count());
            QVERIFY(*set == Bitmap::fromIds(list));
            const Bitmap pair[] = {*set, Bitmap{1, 70'000}};
            QVERIFY(Bitmap::unite(pair).count() >= set->count());
            const auto again = fromRedisString(toRedisString(*set));
            QVERIFY(again && *again == *set);
        }
        QVERIFY(accepted > 50);
    }
};

QTEST_APPLESS_MAIN(TestValidator)
#include "test_validator.moc"
