// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels over arrays, alone and with bitsets, against the standard's algorithms, over every
// pair of cardinalities at which forms change.
#include <QTest>

#include <algorithm>
#include <iterator>

#include "core/sets/kernels.h"
#include "tests/support/random_values.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

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

} // namespace

class TestArrayKernels : public QObject {
    Q_OBJECT
private slots:
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
};

QTEST_APPLESS_MAIN(TestArrayKernels)
#include "test_array_kernels.moc"
