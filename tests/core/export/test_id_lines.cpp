// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <random>
#include <string>
#include <vector>

#include "core/export/id_lines.h"

using namespace cohortist;

class TestIdLines : public QObject {
    Q_OBJECT
private slots:
    void equalsToString() {
        std::mt19937_64 random(21);
        std::vector<std::uint32_t> ids;
        for (std::uint32_t id = 0; id < 12'000; ++id) {
            ids.push_back(id);
        }
        for (std::uint64_t power = 10; power < UINT32_MAX; power *= 10) { // around each length
            for (std::uint64_t id = power - 2; id < power + 2; ++id) {
                ids.push_back(static_cast<std::uint32_t>(id));
            }
        }
        for (int i = 0; i < 20'000; ++i) { // in no order
            ids.push_back(static_cast<std::uint32_t>(random() >> (32 + random() % 32)));
        }
        ids.insert(ids.end(), {UINT32_MAX, 0, 999, 1000, UINT32_MAX - 1, 7});

        IdLines lines;
        std::string text;
        std::string expected;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const char end = i % 3 == 0 ? ',' : '\n';
            std::string one(IdLines::kMostBytes + IdLines::kSlack + 1, '#');
            const char* const after = lines.write(ids[i], end, one.data());
            QCOMPARE(one.back(), '#'); // nothing beyond what it says
            text.append(one.data(), static_cast<std::size_t>(after - one.data()));
            expected += std::to_string(ids[i]) + end;
        }
        QVERIFY(text == expected);
    }
};

QTEST_APPLESS_MAIN(TestIdLines)
#include "test_id_lines.moc"
