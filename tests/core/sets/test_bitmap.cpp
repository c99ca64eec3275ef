// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <set>

#include "core/sets/bitmap.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using test::below;
using test::randomIds;

namespace {

using Ids = std::vector<std::uint32_t>;

Bitmap bitmapOf(const Ids& ids) {
    return Bitmap::fromIds(ids);
}

// Everything one can ask of a set, against the sorted ids. Empty when all agree.
QString difference(const Bitmap& set, const Ids& ids, std::mt19937_64& random) {
    if (set.count() != ids.size() || set.isEmpty() != ids.empty()) {
        return QStringLiteral("count");
    }
    if (set.ids() != ids) {
        return QStringLiteral("ids");
    }
    if (ids.empty()) {
        return set.min() || set.max() || set.select(0) ? QStringLiteral("empty") : QString();
    }
    if (set.min() != ids.front() || set.max() != ids.back()) {
        return QStringLiteral("min or max");
    }
    for (int i = 0; i < 30; ++i) {
        const std::uint32_t id =
            i % 2 == 0 ? ids[below(random, ids.size())] : static_cast<std::uint32_t>(random());
        const auto notAbove = std::upper_bound(ids.begin(), ids.end(), id) - ids.begin();
        if (set.rank(id) != static_cast<std::uint64_t>(notAbove)) {
            return QStringLiteral("rank");
        }
        if (set.contains(id) != std::binary_search(ids.begin(), ids.end(), id)) {
            return QStringLiteral("contains");
        }
        const std::uint64_t index = below(random, ids.size() + 2);
        const auto expected = index < ids.size() ? std::optional(ids[index]) : std::nullopt;
        if (set.select(index) != expected) {
            return QStringLiteral("select");
        }
    }
    const std::uint64_t index = below(random, ids.size());
    const std::uint64_t limit = below(random, 1000);
    const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(index);
    const auto length =
        static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(limit, ids.size() - index));
    if (set.ids(index, limit) != Ids(begin, begin + length)) {
        return QStringLiteral("a part of the ids");
    }
    return {};
}

} // namespace

class TestBitmap : public QObject {
    Q_OBJECT
private slots:
    void answersLikeASortedList() {
        std::mt19937_64 random(1);
        for (int round = 0; round < 1000; ++round) {
            const Ids ids = randomIds(random);
            const Bitmap set = bitmapOf(ids);
            QCOMPARE(difference(set, ids, random), QString());
            const auto again = Bitmap::fromPortable(set.toPortable());
            QVERIFY(again.has_value());
            QCOMPARE(difference(*again, ids, random), QString());
            QVERIFY(*again == set);
        }
    }

    void slicesAndJoins() {
        std::mt19937_64 random(2);
        for (int round = 0; round < 1000; ++round) {
            const Ids ids = randomIds(random, 0x7'FFFF);
            const Bitmap set = bitmapOf(ids);
            const auto cut = static_cast<std::uint32_t>(below(random, 10));
            const Bitmap pieces[] = {set.slice({0, cut}), set.slice({cut, kChunkCount})};
            const auto split = std::lower_bound(ids.begin(), ids.end(), cut << 16U);
            QCOMPARE(difference(pieces[0], Ids(ids.begin(), split), random), QString());
            QCOMPARE(difference(pieces[1], Ids(split, ids.end()), random), QString());
            QVERIFY(set.part({0, cut}) == pieces[0] && set.part({cut, kChunkCount}) == pieces[1]);
            QVERIFY(set.part({}) == set);
            const auto joined = Bitmap::join(pieces);
            QVERIFY(joined.has_value());
            QCOMPARE(difference(*joined, ids, random), QString());
            const Bitmap swapped[] = {pieces[1], pieces[0]};
            QCOMPARE(Bitmap::join(swapped).has_value(), pieces[0].isEmpty() || pieces[1].isEmpty());
        }
    }

    void unites() {
        std::mt19937_64 random(3);
        for (int round = 0; round < 300; ++round) {
            std::vector<Bitmap> sets;
            std::set<std::uint32_t> all;
            for (std::uint64_t i = 0, n = below(random, 5); i < n; ++i) {
                const Ids ids = randomIds(random, 0x3'FFFF);
                sets.push_back(bitmapOf(ids));
                all.insert(ids.begin(), ids.end());
            }
            QCOMPARE(difference(Bitmap::unite(sets), Ids(all.begin(), all.end()), random),
                     QString());
        }
    }

    void makesRanges() {
        std::mt19937_64 random(4);
        for (int round = 0; round < 200; ++round) {
            const std::uint64_t first = below(random, 300'000);
            const std::uint64_t last = first + below(random, 200'000);
            Ids ids;
            for (std::uint64_t id = first; id < last; ++id) {
                ids.push_back(static_cast<std::uint32_t>(id));
            }
            const Bitmap range = Bitmap::fromRange(first, last);
            QCOMPARE(difference(range, ids, random), QString());
            QCOMPARE(range.toPortable(), bitmapOf(ids).toPortable());
        }
        const Bitmap full = Bitmap::fromRange(0, std::uint64_t{1} << 32U);
        QCOMPARE(full.count(), std::uint64_t{1} << 32U);
        QCOMPARE(full.select(full.count() - 1), std::optional<std::uint32_t>(UINT32_MAX));
        QCOMPARE(full.rank(UINT32_MAX), std::uint64_t{1} << 32U);
    }

    void writesOneImageHoweverItWasMade() {
        std::mt19937_64 random(5);
        for (int round = 0; round < 200; ++round) {
            const Ids ids = randomIds(random, 0x7'FFFF);
            const Bitmap set = bitmapOf(ids);
            BitmapBuilder builder;
            for (const ChunkView& view : set.chunks()) {
                const Bitmap one = set.slice({view.number, std::uint32_t{view.number} + 1U});
                std::vector<std::uint16_t> low;
                for (const std::uint32_t id : one.ids()) {
                    low.push_back(static_cast<std::uint16_t>(id));
                }
                builder.addArray(view.number, low);
            }
            const Bitmap built = builder.finish();
            QVERIFY(built == set);
            QVERIFY(built.toPortable() == set.toPortable());
        }
    }

    void readsAndWritesRedisStrings() {
        std::mt19937_64 random(6);
        for (int round = 0; round < 300; ++round) {
            const Ids ids = randomIds(random, 0x3'FFFF);
            std::string bytes(ids.empty() ? 0 : ids.back() / 8 + 1, '\0');
            for (const std::uint32_t id : ids) {
                bytes[id / 8] = static_cast<char>(bytes[id / 8] | (0x80 >> (id % 8)));
            }
            const auto set = fromRedisString(bytes);
            QVERIFY(set.has_value());
            QCOMPARE(difference(*set, ids, random), QString());
            QVERIFY(toRedisString(*set) == bytes);
            const auto padded = fromRedisString(bytes + std::string(below(random, 20000), '\0'));
            QVERIFY(padded && *padded == *set);
        }
    }
};

QTEST_APPLESS_MAIN(TestBitmap)
#include "test_bitmap.moc"
