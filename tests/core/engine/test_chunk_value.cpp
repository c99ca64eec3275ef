// SPDX-License-Identifier: GPL-3.0-or-later
// Two values met, in every pair of forms and as often looked at as it takes to change how they are
// met, against std::set_intersection.
#include <QTest>

#include <algorithm>
#include <array>
#include <iterator>

#include "core/engine/chunk_value.h"
#include "core/sets/bitmap.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using test::below;

namespace {

using Ids = std::vector<std::uint32_t>;

// So many runs, of any length, and perhaps at the chunk's ends.
Ids idsInRuns(std::mt19937_64& random, std::uint64_t runs) {
    Ids ids;
    const std::uint64_t room = kChunkBits / runs;
    for (std::uint64_t run = 0; run < runs; ++run) {
        const std::uint64_t first =
            run * room + (below(random, 3) == 0 ? 0 : below(random, room / 2));
        const std::uint64_t most = (run + 1) * room - first - 1;
        const std::uint64_t length = below(random, 3) == 0 ? most : 1 + below(random, most);
        for (std::uint64_t id = first; id < first + length; ++id) {
            ids.push_back(static_cast<std::uint32_t>(id));
        }
    }
    return ids;
}

// Each of the forms, and the lengths around which they are met differently.
Ids idsOfKind(std::mt19937_64& random, std::uint64_t kind) {
    constexpr std::uint64_t kLengths[] = {1, 31, 32, 64, 65, 191, 192, 193, 4096, 4097, 40'000};
    constexpr std::uint64_t kRuns[] = {1, 2, 4, 5, 100};
    if (kind < std::size(kRuns)) {
        return idsInRuns(random, kRuns[kind]);
    }
    if (kind == std::size(kRuns)) {
        Ids all(kChunkBits);
        std::generate(all.begin(), all.end(), [next = 0U]() mutable { return next++; });
        return all;
    }
    const std::uint64_t length = kLengths[(kind - std::size(kRuns) - 1) % std::size(kLengths)];
    Ids ids;
    for (std::uint32_t id = 0; id < kChunkBits; ++id) {
        if (below(random, kChunkBits - id) < length - ids.size()) {
            ids.push_back(id);
        }
    }
    return ids;
}

// In its smallest form.
Bitmap setOf(const Ids& ids) {
    std::array<std::uint64_t, kChunkWords> words{};
    for (const std::uint32_t id : ids) {
        words[id / 64] |= std::uint64_t{1} << id % 64;
    }
    BitmapBuilder builder;
    builder.addBitset(0, words);
    return builder.finish();
}

constexpr std::uint64_t kKinds = 5 + 1 + 11;

} // namespace

class TestChunkValue : public QObject {
    Q_OBJECT
private slots:
    void meetsEveryForm() {
        std::mt19937_64 random(81);
        BlockPool pool;
        ChunkBlocks blocks(pool);
        ChunkValue a(blocks);
        ChunkValue b(blocks);
        for (std::uint64_t first = 0; first < kKinds; ++first) {
            for (std::uint64_t second = 0; second < kKinds; ++second) {
                for (const std::uint32_t uses : {1U, 4U}) {
                    const Ids ids = idsOfKind(random, first);
                    const Ids others = idsOfKind(random, second);
                    const Bitmap one = setOf(ids);
                    const Bitmap other = setOf(others);
                    a.load(one.chunks().front(), uses);
                    b.load(other.chunks().front(), below(random, 2) == 0 ? uses : 1);
                    Ids both;
                    std::set_intersection(ids.begin(), ids.end(), others.begin(), others.end(),
                                          std::back_inserter(both));
                    const auto expected = static_cast<std::uint32_t>(both.size());
                    QCOMPARE(countIntersection(a, b), expected);
                    QCOMPARE(countIntersection(b, a), expected);
                    a.clear();
                    b.clear();
                }
            }
        }
    }

    void meetsNobody() {
        BlockPool pool;
        ChunkBlocks blocks(pool);
        const ChunkValue empty(blocks);
        ChunkValue run(blocks);
        const Bitmap set = Bitmap::fromRange(0, 10'000);
        run.load(set.chunks().front(), 1);
        QCOMPARE(countIntersection(empty, run), 0U);
        QCOMPARE(countIntersection(run, empty), 0U);
        run.clear();
    }
};

QTEST_GUILESS_MAIN(TestChunkValue)
#include "test_chunk_value.moc"
