// SPDX-License-Identifier: GPL-3.0-or-later
// Redis strings bit by bit: bit n lies in byte n / 8 under mask 0x80 >> n % 8.
#include <QTest>

#include <algorithm>
#include <array>

#include "core/sets/bitmap.h"
#include "core/sets/chunk_forms.h"
#include "core/sets/chunk_view.h"
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

// Each stretch is empty, sparse, dense, full, or alternates.
void fill(std::string& bytes, std::mt19937_64& random) {
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = std::min<std::size_t>(bytes.size(), at + 1 + below(random, 12'000));
        const std::uint64_t kind = below(random, 6);
        for (; at < end; ++at) {
            const auto any = static_cast<char>(random());
            const auto oneBit = static_cast<char>(1 << below(random, 8));
            switch (kind) {
            case 0:
                bytes[at] = '\0';
                break;
            case 1:
                bytes[at] = below(random, 40) == 0 ? oneBit : '\0';
                break;
            case 2:
                bytes[at] = below(random, 3) == 0 ? oneBit : '\0'; // about 4,096 bits a chunk
                break;
            case 3:
                bytes[at] = any;
                break;
            case 4:
                bytes[at] = '\xFF';
                break;
            default:
                bytes[at] = '\x0F';
                break;
            }
        }
    }
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
            fill(bytes, random);
            const auto set = fromRedisString(bytes);
            QVERIFY(set.has_value());
            const auto bits = bitsOf(bytes);
            QVERIFY(set->ids() == bits);
            QCOMPARE(set->count(), static_cast<std::uint64_t>(bits.size()));
            // Each chunk has its smallest form, or stays the bitset that it was where an array were
            // half as long at least. The image has the smallest forms, behind a header.
            std::size_t chunkBytes = 0;
            for (const ChunkView& view : set->chunks()) {
                const ChunkShape shape = shapeOf(view);
                const ChunkView::Form form = smallestForm(shape);
                chunkBytes += bytesIn(form, shape) + (form == ChunkView::Form::Runs ? 2 : 0);
                const bool stays = form == ChunkView::Form::Array && view.cardinality >= 2048;
                QCOMPARE(view.form, stays ? ChunkView::Form::Bitset : form);
            }
            const std::string image = set->toPortable();
            QVERIFY(validateRoaring(image).has_value());
            QVERIFY(image.size() - chunkBytes <= 8 + set->chunks().size() * 9);
            QVERIFY(image == Bitmap::fromIds(bits).toPortable());
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
        std::fill(bytes.end() - 8193, bytes.end(), '\xFF'); // the last chunk and a byte before
        QVERIFY(fromRedisString(bytes).value() ==
                Bitmap::unite(std::array{Bitmap{0}, Bitmap::fromRange(0xFFFE'FFF8U, 1ULL << 32U)}));
        bytes += '\0'; // never cut, also where it would not matter
        const auto longer = fromRedisString(bytes);
        QVERIFY(!longer);
        QCOMPARE(static_cast<int>(longer.error().code), static_cast<int>(ErrorCode::TooLarge));
    }
};

QTEST_APPLESS_MAIN(TestRedisString)
#include "test_redis_string.moc"
