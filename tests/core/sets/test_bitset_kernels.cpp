// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels over whole bitsets against loops over their words, on every instruction set that the
// machine has.
#include <QTest>

#include <algorithm>
#include <array>
#include <bit>

#include "core/sets/kernels.h"
#include "tests/support/random_sets.h"
#include "tests/support/random_values.h"
#include "tests/support/simd_targets.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

// Two bitsets, and what the kernels have to make of them.
struct BitsetPair {
    Words a;
    Words b;

    [[nodiscard]] QString wrong() const {
        using namespace kernels;
        using Word = std::uint64_t;
        const auto isRight = [this](auto kernel, auto operation) {
            Words expected;
            std::uint32_t count = 0;
            for (std::size_t i = 0; i < kChunkWords; ++i) {
                expected[i] = operation(a[i], b[i]);
                count += static_cast<std::uint32_t>(std::popcount(expected[i]));
            }
            Words out;
            Words first = a; // each of them may be the output
            Words second = b;
            return kernel(a.data(), b.data(), out.data()) == count && out == expected &&
                   kernel(first.data(), b.data(), first.data()) == count && first == expected &&
                   kernel(a.data(), second.data(), second.data()) == count && second == expected;
        };
        Words both;
        const std::uint32_t count = andBitsets(a.data(), b.data(), both.data());
        return !isRight(andBitsets, [](Word x, Word y) { return x & y; })       ? "andBitsets"
               : !isRight(orBitsets, [](Word x, Word y) { return x | y; })      ? "orBitsets"
               : !isRight(xorBitsets, [](Word x, Word y) { return x ^ y; })     ? "xorBitsets"
               : !isRight(andNotBitsets, [](Word x, Word y) { return x & ~y; }) ? "andNotBitsets"
               : countAnd(a.data(), b.data()) != count                          ? "countAnd"
               : countBitset(both.data()) != count                              ? "countBitset"
                                                                                : "";
    }
};

// Made once, as the sets are dear and the kernels cheap.
const std::vector<BitsetPair>& bitsetPairs() {
    static const std::vector<BitsetPair> pairs = [] {
        std::vector<BitsetPair> all;
        std::mt19937_64 random(55);
        for (const std::uint32_t first : kSizes) {
            for (const std::uint32_t second : kSizes) {
                for (int runs = 0; runs < 4; runs += 3) {
                    all.push_back({wordsOf(randomValues(random, first, (runs & 1) != 0)),
                                   wordsOf(randomValues(random, second, (runs & 2) != 0))});
                }
            }
        }
        return all;
    }();
    return pairs;
}

} // namespace

class TestBitsetKernels : public QObject {
    Q_OBJECT
private slots:
    void combinesBitsets_data() { addSimdTargets(); }
    void combinesBitsets() {
        QFETCH(std::string, target);
        useSimdTarget(target);
        for (const BitsetPair& pair : bitsetPairs()) {
            const QString wrong = pair.wrong();
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }
    }

    void countsInRuns_data() { addSimdTargets(); }
    void countsInRuns() {
        QFETCH(std::string, target);
        useSimdTarget(target);
        std::mt19937_64 random(57);
        constexpr std::uint32_t kEnds[] = {0,    1,    62,    63,    64,    65,
                                           1023, 1024, 32767, 65471, 65472, 65535};
        for (const std::uint32_t size : kSizes) {
            const Values values = randomValues(random, size, size % 2 != 0);
            const Words words = wordsOf(values);
            const auto isRight = [&](std::uint32_t first, std::uint32_t last) {
                const auto expected =
                    std::count_if(values.begin(), values.end(), [&](std::uint16_t value) {
                        return value >= first && value <= last;
                    });
                return kernels::countInRun(words.data(), {first, last}) == expected;
            };
            for (const std::uint32_t first : kEnds) {
                for (const std::uint32_t last : kEnds) {
                    QVERIFY(first > last || isRight(first, last));
                }
            }
            for (int round = 0; round < 100; ++round) {
                const std::uint64_t first = below(random, kChunkBits);
                const std::uint64_t last = first + below(random, kChunkBits - first);
                QVERIFY(
                    isRight(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)));
            }
        }
    }

    // Any number of sets at once, within any part of the chunk.
    void meetsManyBitsets_data() { addSimdTargets(); }
    void meetsManyBitsets() {
        QFETCH(std::string, target);
        useSimdTarget(target);
        std::mt19937_64 random(54);
        std::vector<Words> sets(10);
        for (int round = 0; round < 20; ++round) {
            Words united{};
            std::vector<const std::uint64_t*> pointers;
            for (std::size_t i = 0; i < sets.size(); ++i) {
                // The more sets there are, the likelier it is that they fill the chunk.
                const std::uint32_t size = kSizes[below(random, i < 5 ? 8 : std::size(kSizes))];
                sets[i] = wordsOf(randomValues(random, size, below(random, 2) == 0));
                pointers.push_back(sets[i].data());
                for (std::size_t w = 0; w < kChunkWords; ++w) {
                    united[w] |= sets[i][w];
                }
                Words out;
                QCOMPARE(kernels::uniteBitsets(pointers, out.data()),
                         kernels::countBitset(united.data()));
                QVERIFY(out == united);
            }
            const std::size_t strips = kChunkWords / kernels::kStrip;
            const std::size_t first = below(random, strips + 1);
            const std::size_t last = first + below(random, strips - first + 1);
            const Words own = wordsOf(randomValues(random, kSizes[below(random, 12)], false));
            for (std::size_t count = 0; count <= sets.size(); ++count) {
                std::vector<std::uint32_t> counts(count, 7);
                kernels::countAndEach(own.data(), std::span(pointers).first(count), counts.data(),
                                      {first * kernels::kStrip, last * kernels::kStrip});
                for (std::size_t i = 0; i < count; ++i) {
                    std::uint32_t expected = 0;
                    for (std::size_t w = first * kernels::kStrip; w < last * kernels::kStrip; ++w) {
                        expected += static_cast<std::uint32_t>(std::popcount(own[w] & sets[i][w]));
                    }
                    QCOMPARE(counts[i], expected);
                }
            }
        }
    }

    void countsTwoWithEach_data() { addSimdTargets(); }
    void countsTwoWithEach() {
        QFETCH(std::string, target);
        useSimdTarget(target);
        std::mt19937_64 random(54);
        const auto randomWords = [&] {
            return wordsOf(randomValues(random, kSizes[below(random, 12)], false));
        };
        for (int round = 0; round < 20; ++round) {
            const std::array<Words, 2> rows = {randomWords(), randomWords()};
            const std::array<Words, 4> columns = {randomWords(), randomWords(), randomWords(),
                                                  randomWords()};
            std::array<const std::uint64_t*, 4> pointers{};
            std::transform(columns.begin(), columns.end(), pointers.begin(),
                           [](const Words& words) { return words.data(); });
            for (std::size_t count = 0; count <= columns.size(); ++count) {
                std::array<std::vector<std::uint32_t>, 2> counts;
                counts.fill(std::vector<std::uint32_t>(count + 1, 7));
                kernels::countAndEachOfTwo(rows[0].data(), rows[1].data(),
                                           std::span(pointers).first(count), counts[0].data(),
                                           counts[1].data());
                for (std::size_t row = 0; row < rows.size(); ++row) {
                    QCOMPARE(counts[row].back(), 7U); // no more than asked for
                    for (std::size_t i = 0; i < count; ++i) {
                        QCOMPARE(counts[row][i],
                                 kernels::countAnd(rows[row].data(), columns[i].data()));
                    }
                }
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestBitsetKernels)
#include "test_bitset_kernels.moc"
