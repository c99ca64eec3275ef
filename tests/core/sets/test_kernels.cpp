// SPDX-License-Identifier: GPL-3.0-or-later
// Each kernel against a plain array of 65,536 flags, over every pair of container forms and the
// cardinalities at which forms change, on every instruction set that the machine has.
#include <QTest>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>

#include "core/sets/bitmap.h"
#include "core/sets/kernels.h"
#include "core/sets/sliced_counter.h"
#include "tests/support/random_sets.h"
#include "tests/support/simd_targets.h"

using namespace cohortist;
using test::below;

namespace {

using Values = std::vector<std::uint16_t>;
using Words = std::array<std::uint64_t, kChunkWords>;

constexpr std::uint32_t kSizes[] = {0, 1, 2, 63, 64, 65, 512, 4095, 4096, 4097, 65535, 65536};

Words wordsOf(const Values& values) {
    Words words{};
    for (const std::uint16_t value : values) {
        words[value / 64U] |= std::uint64_t{1} << (value % 64U);
    }
    return words;
}

Values valuesWhere(const auto& isIn) {
    Values values;
    for (std::uint32_t v = 0; v < kChunkBits; ++v) {
        if (isIn(static_cast<std::uint16_t>(v))) {
            values.push_back(static_cast<std::uint16_t>(v));
        }
    }
    return values;
}

// Exactly so many values: spread over the chunk, or in few runs that often touch its ends.
Values randomValues(std::mt19937_64& random, std::uint32_t size, bool inRuns) {
    std::vector<bool> flags(kChunkBits);
    std::uint32_t left = size;
    while (inRuns && left > 0) {
        const auto length = static_cast<std::uint32_t>(1 + below(random, left));
        const std::uint64_t room = kChunkBits - length + 1;
        const std::uint64_t start =
            below(random, 3) == 0 ? (random() & 1U) * (room - 1) : below(random, room);
        for (std::uint64_t v = start; v < start + length && left > 0; ++v) {
            left -= flags[v] ? 0U : 1U;
            flags[v] = true;
        }
    }
    std::uint32_t seen = 0;
    for (std::uint32_t v = 0; !inRuns && v < kChunkBits; ++v) {
        const bool isIn = below(random, kChunkBits - v) < size - seen;
        flags[v] = isIn;
        seen += isIn ? 1U : 0U;
    }
    return valuesWhere([&](std::uint16_t v) { return flags[v]; });
}

// A chunk's bytes in one form, at an address of any alignment.
class Viewed {
public:
    Viewed(const Values& values, ChunkView::Form form, std::size_t misalignment)
        : m_bytes(misalignment, 0) {
        const auto add16 = [this](std::uint32_t value) {
            m_bytes.push_back(static_cast<std::uint8_t>(value));
            m_bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
        };
        m_view.form = form;
        m_view.cardinality = static_cast<std::uint32_t>(values.size());
        if (form == ChunkView::Form::Array) {
            std::for_each(values.begin(), values.end(), add16);
        } else if (form == ChunkView::Form::Bitset) {
            for (const std::uint64_t word : wordsOf(values)) {
                for (unsigned shift = 0; shift < 64; shift += 16) {
                    add16(static_cast<std::uint16_t>(word >> shift));
                }
            }
        } else {
            for (std::size_t i = 0; i < values.size();) {
                std::size_t last = i;
                while (last + 1 < values.size() && values[last + 1] == values[last] + 1) {
                    ++last;
                }
                add16(values[i]);
                add16(static_cast<std::uint32_t>(last - i));
                ++m_view.runCount;
                i = last + 1;
            }
        }
        m_view.data = m_bytes.data() + misalignment;
    }
    Viewed(const Viewed&) = delete;
    Viewed& operator=(const Viewed&) = delete;

    [[nodiscard]] const ChunkView& view() const { return m_view; }

private:
    std::vector<std::uint8_t> m_bytes;
    ChunkView m_view;
};

// What kernels write into memory of exactly this size, so that sanitizers see a step too far.
Values written(std::size_t room, const auto& kernel) {
    const auto out = std::make_unique<std::uint16_t[]>(room);
    const std::size_t count = kernel(out.get());
    return {out.get(), out.get() + std::min(count, room)};
}

// The name of the first kernel that is wrong for the pair; empty when none is.
QString wrongForPair(const Values& a, const Values& b) {
    using namespace kernels;
    const Words aw = wordsOf(a);
    const Words bw = wordsOf(b);
    Values both;
    Values either;
    Values onlyA;
    Values odd;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(either));
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(onlyA));
    std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(odd));
    const auto changed = [&](auto kernel, const Values& expected) {
        Words target = aw;
        kernel(b, target.data());
        return target == wordsOf(expected);
    };
    const auto merged = [&](auto kernel, std::size_t room, const Values& expected) {
        return written(room, [&](std::uint16_t* out) { return kernel(a, b, out); }) == expected;
    };
    const auto inOwnMemory = [&](auto kernel, const Values& expected) {
        Values own = a;
        own.resize(kernel(own, b, own.data()));
        return own == expected;
    };
    const auto kept = [&](bool keepSet, const Values& expected) {
        Values own = a;
        const std::size_t count = filter(own, bw.data(), keepSet, own.data()); // in its own memory
        own.resize(count);
        return own == expected && written(a.size(), [&](std::uint16_t* out) {
                                      return filter(a, bw.data(), keepSet, out);
                                  }) == expected;
    };
    const std::pair<const char*, bool> checks[] = {
        {"setBits", changed(setBits, either)},
        {"clearBits", changed(clearBits, onlyA)},
        {"flipBits", changed(flipBits, odd)},
        {"countIn", countIn(a, bw.data()) == both.size()},
        {"countIntersection", countIntersection(a, b) == both.size()},
        {"filter, set", kept(true, both)},
        {"filter, not set", kept(false, onlyA)},
        {"intersect", merged(intersect, std::min(a.size(), b.size()), both)},
        {"intersect, in place", inOwnMemory(intersect, both)},
        {"subtract, in place", inOwnMemory(subtract, onlyA)},
        {"unite", merged(unite, a.size() + b.size(), either)},
        {"subtract", merged(subtract, a.size(), onlyA)},
        {"exclude", merged(exclude, a.size() + b.size(), odd)},
    };
    for (const auto& [name, isRight] : checks) {
        if (!isRight) {
            return QString::fromLatin1(name);
        }
    }
    return {};
}

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

void addTargets() {
    QTest::addColumn<std::string>("target");
    for (const std::string& target : test::simdTargets()) {
        QTest::newRow(target.c_str()) << target;
    }
}

} // namespace

class TestKernels : public QObject {
    Q_OBJECT
private slots:
    void readsEveryForm_data() { addTargets(); }
    void readsEveryForm() {
        QFETCH(std::string, target);
        test::useSimdTarget(target);
        std::mt19937_64 random(51);
        for (const std::uint32_t size : kSizes) {
            for (const bool inRuns : {false, true}) {
                const Values values = randomValues(random, size, inRuns);
                QCOMPARE(values.size(), std::size_t{size});
                const Words words = wordsOf(values);
                QCOMPARE(kernels::countBitset(words.data()), size);
                for (const std::size_t room :
                     {std::size_t{0}, std::size_t{size} / 2, std::size_t{size}}) {
                    const Values some = written(room, [&](std::uint16_t* out) {
                        return kernels::bitsetToArray(words.data(), out, room);
                    });
                    QVERIFY(some == Values(values.begin(),
                                           values.begin() + static_cast<std::ptrdiff_t>(room)));
                }
                for (const auto form :
                     {ChunkView::Form::Array, ChunkView::Form::Bitset, ChunkView::Form::Runs}) {
                    const Viewed viewed(values, form, below(random, 9));
                    if (form == ChunkView::Form::Runs && size > 0) {
                        const auto range = kernels::rangeOfRuns(viewed.view());
                        QCOMPARE(range.first, values.front() / 1024U * 16);
                        QCOMPARE(range.last, values.back() / 1024U * 16 + 16);
                    }
                    Words read;
                    read.fill(random()); // need not be cleared before
                    kernels::toBitset(viewed.view(), read.data());
                    QVERIFY(read == words);
                    QVERIFY(written(size, [&](std::uint16_t* out) {
                                kernels::toArray(viewed.view(), out);
                                return std::size_t{size};
                            }) == values);
                }
            }
        }
    }

    void combinesPairs() {
        std::mt19937_64 random(52);
        for (const std::uint32_t first : kSizes) {
            for (const std::uint32_t second : kSizes) {
                for (int runs = 0; runs < 4; ++runs) {
                    const Values a = randomValues(random, first, (runs & 1) != 0);
                    const Values b = randomValues(random, second, (runs & 2) != 0);
                    const QString wrong = wrongForPair(a, b);
                    QVERIFY2(wrong.isEmpty(),
                             qPrintable(QStringLiteral("%1 of %2 and %3 (runs: %4)")
                                            .arg(wrong)
                                            .arg(first)
                                            .arg(second)
                                            .arg(runs)));
                }
            }
            const Values same = randomValues(random, first, false);
            QCOMPARE(wrongForPair(same, same), QString());
        }
    }

    void combinesBitsets_data() { addTargets(); }
    void combinesBitsets() {
        QFETCH(std::string, target);
        test::useSimdTarget(target);
        for (const BitsetPair& pair : bitsetPairs()) {
            const QString wrong = pair.wrong();
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }
    }

    void countsInRuns_data() { addTargets(); }
    void countsInRuns() {
        QFETCH(std::string, target);
        test::useSimdTarget(target);
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
    void meetsManyBitsets_data() { addTargets(); }
    void meetsManyBitsets() {
        QFETCH(std::string, target);
        test::useSimdTarget(target);
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

    void countsTwoWithEach_data() { addTargets(); }
    void countsTwoWithEach() {
        QFETCH(std::string, target);
        test::useSimdTarget(target);
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

    void countsInSlices_data() { addTargets(); }
    void countsInSlices() {
        QFETCH(std::string, target);
        test::useSimdTarget(target);
        using kernels::SlicedCounter;
        std::mt19937_64 random(53);
        for (const std::size_t sets : {0U, 1U, 2U, 3U, 4U, 7U, 8U, 14U, 33U}) {
            const std::size_t slices = SlicedCounter::slicesFor(sets);
            QVERIFY((std::size_t{1} << slices) > sets);
            std::vector<std::uint64_t> memory(slices * kChunkWords, random());
            SlicedCounter counter(memory.data(), slices);
            std::vector<std::uint32_t> times(kChunkBits);
            std::vector<Words> bitsets;
            for (std::size_t i = 0; i < sets; ++i) {
                const Values values = randomValues(random, kSizes[below(random, std::size(kSizes))],
                                                   below(random, 2) == 0);
                if (below(random, 3) == 0) {
                    counter.add(std::span(values));
                } else {
                    bitsets.push_back(wordsOf(values));
                }
                for (const std::uint16_t value : values) {
                    ++times[value];
                }
            }
            std::vector<const std::uint64_t*> pointers;
            pointers.reserve(bitsets.size());
            for (const Words& bitset : bitsets) {
                pointers.push_back(bitset.data());
            }
            counter.add(pointers);
            std::vector<std::uint64_t> bins(sets + 1, 5); // is added to
            counter.addHistogram(bins);
            for (std::size_t n = 0; n <= sets; ++n) {
                const auto exactly = std::count(times.begin(), times.end(), n);
                QCOMPARE(bins[n], n == 0 ? 5 : static_cast<std::uint64_t>(exactly) + 5);
            }
            for (int i = 0; i < 30; ++i) {
                const std::uint64_t least = below(random, sets + 3);
                const std::uint64_t most = i == 0 ? UINT32_MAX : below(random, sets + 3);
                Words words;
                words.fill(random());
                const std::uint32_t count = counter.between(least, most, words.data());
                const Values expected = valuesWhere(
                    [&](std::uint16_t v) { return times[v] >= least && times[v] <= most; });
                QVERIFY(words == wordsOf(expected));
                QCOMPARE(count, static_cast<std::uint32_t>(expected.size()));
            }
        }
    }

    void loadsBytes() {
        const std::uint8_t bytes[] = {0xFF, 0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88};
        QCOMPARE(kernels::load16(bytes + 1), std::uint16_t{0x8201});
        QCOMPARE(kernels::load32(bytes + 1), std::uint32_t{0x84038201});
        QCOMPARE(kernels::load64(bytes + 1), std::uint64_t{0x8807860584038201});
    }
};

QTEST_APPLESS_MAIN(TestKernels)
#include "test_kernels.moc"
