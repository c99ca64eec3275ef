// SPDX-License-Identifier: GPL-3.0-or-later
// Redis strings bit by bit: bit n lies in byte n / 8 under mask 0x80 >> n % 8.
#include <QTest>

#include <algorithm>

#include "core/sets/bitmap.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using test::below;

namespace {

std::vector<std::uint32_t> bitsOf(const std::string& bytes) {
    std::vector<std::uint32_t> bits;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (std::uint32_t bit = 0; bit < 8; ++bit) {
            if ((static_cast<unsigned char>(bytes[i]) & (0x80U >> bit)) != 0) {
                bits.push_back(static_cast<std::uint32_t>(i) * 8 + bit);
            }
        }
    }
    return bits;
}

} // namespace

class TestRedisString : public QObject {
    Q_OBJECT
private slots:
    void readsAnyBytes() {
        std::mt19937_64 random(61);
        for (int round = 0; round < 600; ++round) {
            // Lengths around a word and a chunk, filled more and less.
            static constexpr std::size_t kLengths[] = {0,    1,    7,    8,     9,     64,
                                                       8191, 8192, 8193, 16383, 16384, 16385};
            std::string bytes(kLengths[below(random, std::size(kLengths))], '\0');
            const std::uint64_t filled = below(random, 5); // of 4: none … all bytes
            for (char& byte : bytes) {
                byte = below(random, 4) < filled ? static_cast<char>(random()) : '\0';
            }
            const auto set = fromRedisString(bytes);
            QVERIFY(set.has_value());
            QVERIFY(set->ids() == bitsOf(bytes));
            bytes.erase(
                std::find_if(bytes.rbegin(), bytes.rend(), [](char byte) { return byte != '\0'; })
                    .base(),
                bytes.end());
            QVERIFY(toRedisString(*set) == bytes); // no zero bytes at the end
        }
    }

    void countsBitsFromTheTop() {
        QVERIFY(fromRedisString("\x80").value() == Bitmap{0});
        QVERIFY(fromRedisString("\x01").value() == Bitmap{7});
        QVERIFY(fromRedisString(std::string("\0\x40", 2)).value() == Bitmap{9});
        QVERIFY(fromRedisString("").value().isEmpty());
        QVERIFY(fromRedisString(std::string(20'000, '\0')).value().isEmpty());
        QCOMPARE(toRedisString(Bitmap()), std::string());
        QCOMPARE(toRedisString(Bitmap{0, 7}), std::string("\x81"));
        QCOMPARE(fromRedisString(std::string(8192, '\xFF')).value().count(), std::uint64_t{65536});
    }

    void readsTheLongestAndNoLonger() {
        constexpr std::size_t kLongest = std::size_t{1} << 29U;
        std::string bytes;
        bytes.reserve(kLongest + 1);
        bytes.resize(kLongest);
        bytes.front() = '\x80';
        bytes.back() = '\x01';
        const auto longest = fromRedisString(bytes);
        QVERIFY(longest && *longest == (Bitmap{0, UINT32_MAX}));
        bytes += '\0'; // never cut, also where it would not matter
        const auto longer = fromRedisString(bytes);
        QVERIFY(!longer);
        QCOMPARE(static_cast<int>(longer.error().code), static_cast<int>(ErrorCode::TooLarge));
    }
};

QTEST_APPLESS_MAIN(TestRedisString)
#include "test_redis_string.moc"
