// SPDX-License-Identifier: GPL-3.0-or-later
// In how many of some sets each id is, against counting one by one, on every instruction set that
// the machine has.
#include <QTest>

#include <algorithm>

#include "core/sets/sliced_counter.h"
#include "tests/support/random_sets.h"
#include "tests/support/random_values.h"
#include "tests/support/simd_targets.h"

using namespace cohortist;
using namespace cohortist::test;

class TestSlicedCounter : public QObject {
    Q_OBJECT
private slots:
    void countsInSlices_data() { addSimdTargets(); }
    void countsInSlices() {
        QFETCH(std::string, target);
        useSimdTarget(target);
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
};

QTEST_APPLESS_MAIN(TestSlicedCounter)
#include "test_sliced_counter.moc"
