// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <map>
#include <random>
#include <set>

#include "core/import/log_sets.h"

using namespace cohortist;

class TestLogSets : public QObject {
    Q_OBJECT
private slots:
    // More ids than are kept loose, periods before 1970, sets of every density.
    void equalsStdSet() {
        std::mt19937_64 random(3);
        std::map<std::pair<std::string, std::int32_t>, std::vector<bool>> expected;
        std::vector<LogSets> workers(2);
        const std::vector<std::string> names = {"sparse", "dense", "empty later"};
        constexpr std::uint32_t kIds = 3'000'000;
        for (int i = 0; i < 9'000'000; ++i) {
            const std::uint64_t draw = random();
            const std::size_t event = draw % 16 == 0 ? 0 : 1;
            const std::int32_t period = static_cast<std::int32_t>(draw >> 8U & 3U) - 2;
            const auto id =
                static_cast<std::uint32_t>((draw >> 20U) % (event == 0 ? kIds : 90'000));
            LogSets& sets = workers[draw >> 63U];
            sets.add(sets.eventNumber(names[event]), period, id);
            auto& bits = expected[{names[event], period}];
            bits.resize(kIds);
            bits[id] = true;
        }
        workers[1].add(workers[1].eventNumber("late"), 7, UINT32_MAX);
        workers[0].absorb(std::move(workers[1]));
        WorkerPool pool(2);
        workers[0].compact(pool);
        QVERIFY(workers[0].periods() == std::pair(-2, 7));
        QCOMPARE(workers[0].events().size(), 3U);
        for (std::uint32_t event = 0; event < 3; ++event) {
            const std::string name(workers[0].events().text(event));
            std::int32_t before = INT32_MIN;
            std::size_t count = 0;
            for (const auto& [period, set] : workers[0].take(event)) {
                QVERIFY(period > before);
                before = period;
                ++count;
                if (name == "late") {
                    QVERIFY(set == Bitmap{UINT32_MAX});
                    continue;
                }
                const auto& bits = expected[{name, period}];
                QCOMPARE(set.count(),
                         static_cast<std::uint64_t>(std::count(bits.begin(), bits.end(), true)));
                for (const std::uint32_t id : set.ids()) {
                    QVERIFY(bits[id]);
                }
            }
            QCOMPARE(count, name == "late" ? 1U : 4U);
        }
    }

    void numbersTextsInOrder() {
        TextTable table;
        std::map<std::string, std::uint32_t> expected;
        std::mt19937_64 random(4);
        for (unsigned i = 0; i < 50'000; ++i) {
            const std::string text = std::to_string(random() % 20'000) + std::string(i % 3, '\0');
            const std::uint64_t hash = TextTable::hashOf(text);
            const auto known = expected.find(text);
            const TextTable::Sought sought[] = {{text, hash}, {"another", hash}, {"", 1}};
            table.prefetch(sought); // changes nothing, whatever is there
            table.prefetchNew(hash);
            QVERIFY(table.find(text, hash) ==
                    (known == expected.end() ? std::nullopt : std::optional(known->second)));
            const auto number = static_cast<std::uint32_t>(expected.size());
            QCOMPARE(table.add(text, hash), expected.emplace(text, number).first->second);
        }
        for (const auto& [text, number] : expected) {
            QVERIFY(table.text(number) == text);
        }
        // Equal hashes do not make texts equal.
        TextTable clashing;
        QCOMPARE(clashing.add("a", 7), 0U);
        QCOMPARE(clashing.add("b", 7), 1U);
        QCOMPARE(clashing.add("a", 7), 0U);
        const std::string large(1U << 20, 'x');
        QCOMPARE(clashing.add(large, 8), 2U);
        QVERIFY(clashing.text(2) == large);
    }
};

QTEST_APPLESS_MAIN(TestLogSets)
#include "test_log_sets.moc"
