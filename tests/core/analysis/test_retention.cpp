// SPDX-License-Identifier: GPL-3.0-or-later
// Random tables of every kind over random sources with holes, field by field of their JSON, against
// the definitions taken literally.
#include <QTest>

#include <algorithm>
#include <cmath>

#include "core/export/json.h"
#include "core/export/retention_csv.h"
#include "core/session/session.h"
#include "tests/support/naive_retention.h"
#include "tests/support/random_retention.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

bool isNear(const Json& json, const std::optional<double>& expected) {
    if (!expected) {
        return json.is_null();
    }
    return json.is_number() && std::abs(json.get<double>() - *expected) < 1e-9;
}

// Empty when the JSON says what the naive table says.
std::string difference(const Json& json, const std::vector<NaiveTable::Row>& rows, bool isChurn) {
    if (json["rows"].size() != rows.size()) {
        return "rows";
    }
    const std::size_t columns = rows.front().cells.size();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Json& row = json["rows"][i];
        const std::string place = "row " + toText(rows[i].period);
        if (row["period"] != toText(rows[i].period)) {
            return place + ": period";
        }
        if (row["size"] != (rows[i].size ? Json(*rows[i].size) : Json(nullptr))) {
            return place + ": size";
        }
        for (std::size_t k = 0; k < columns; ++k) {
            const auto& expected = rows[i].cells[k];
            const Json& cell = row["cells"][k];
            const bool holdsNumber = expected.state == "value" || expected.state == "partial";
            std::string where = place + " cell " + std::to_string(k) + " is " + cell.dump() +
                                ", not " + expected.state;
            if (cell["state"] != expected.state ||
                cell["count"] != (holdsNumber ? Json(expected.count) : Json(nullptr)) ||
                !isNear(cell["rate"], expected.rate) || !isNear(cell["low"], expected.low) ||
                !isNear(cell["high"], expected.high)) {
                return where;
            }
        }
    }
    for (std::size_t k = 0; k < columns; ++k) {
        double rates = 0;
        double counts = 0;
        double bases = 0;
        int used = 0;
        for (const auto& row : rows) {
            const auto& cell = row.cells[k];
            if (cell.state == "value" && cell.rate) {
                rates += *cell.rate;
                counts += static_cast<double>(cell.count);
                bases += static_cast<double>(cell.base);
                ++used;
            }
        }
        if (json["mean"]["rows_used"][k] != used ||
            !isNear(json["mean"]["simple"][k],
                    used > 0 ? std::optional(rates / used) : std::nullopt)) {
            return "simple mean " + std::to_string(k);
        }
        const double weighted = isChurn ? 1 - counts / bases : counts / bases;
        if (!isNear(json["mean"]["weighted"][k],
                    used > 0 ? std::optional(weighted) : std::nullopt)) {
            return "weighted mean " + std::to_string(k);
        }
    }
    return {};
}

} // namespace

class TestRetention : public QObject {
    Q_OBJECT
private slots:
    void equalsTheDefinitions() {
        std::mt19937_64 random(31);
        int compared = 0;
        std::map<std::string, int> states;
        for (int round = 0; compared < 1000 && round < 10'000; ++round) {
            NaiveSource source = randomSource(random);
            if (source.events.empty()) {
                continue;
            }
            if (below(random, 3) == 0) {
                source.asOf -= std::chrono::hours(24 * below(random, 12));
            }
            const RetentionQuestion question = randomRetention(random, source);
            Session session(source.store());
            const auto answer = session.retention(question, {}, {});
            const NaiveQuestion now{
                source, Expr::everyone(), {}, periodAt(question.by, source.asOf), false};
            const bool isAnswerable = evaluate(question.cohort, now).has_value() &&
                                      evaluate(question.returned, now).has_value();
            if (!answer) {
                QVERIFY2(!isAnswerable, answer.error().english().c_str());
                continue;
            }
            if (!isAnswerable) {
                // A table without a begun period asks for nothing.
                continue;
            }
            ++compared;
            const auto rows = NaiveTable(source, question, Expr::everyone()).rows();
            const Json json = retentionJson(answer->table, Expr::everyone(), RetentionUnit::Percent,
                                            RetentionMean::Weighted);
            const std::string found = difference(json, rows, question.isChurn);
            QVERIFY2(found.empty(),
                     (found + "\n" + json["question"].dump() + " of round " + std::to_string(round))
                         .c_str());
            for (const auto& row : rows) {
                for (const auto& cell : row.cells) {
                    ++states[cell.state];
                }
            }
        }
        QCOMPARE(compared, 1000);
        for (const char* state : {"value", "partial", "future", "missing", "empty"}) {
            QVERIFY2(states[state] > 100, state);
        }
    }

    void intervalsReachTheirEnds() {
        for (std::uint64_t base = 1; base < 5000; ++base) {
            QCOMPARE(wilsonInterval(0, base).low, 0.0);
            QVERIFY(wilsonInterval(0, base).high < 1);
            QCOMPARE(wilsonInterval(base, base).high, 1.0);
            QVERIFY(wilsonInterval(base, base).low > 0);
        }
    }

    void takesWeightedMeansOfCompleteCells() {
        const auto day = [](const char* text) { return parsePeriod(text)->index; };
        MemoryOptions options;
        options.asOf = startOf(*parsePeriod("2026-01-04T12"));
        Session session(std::make_shared<MemoryStore>(
            std::vector<MemoryKey>{{"s", Kind::Day, day("2026-01-01"), Bitmap{1, 2, 3, 4}},
                                   {"s", Kind::Day, day("2026-01-02"), Bitmap{5}},
                                   {"s", Kind::Day, day("2026-01-03"), Bitmap{6, 7}},
                                   {"r", Kind::Day, day("2026-01-02"), Bitmap{1}},
                                   {"r", Kind::Day, day("2026-01-03"), Bitmap{5}},
                                   {"r", Kind::Day, day("2026-01-04"), Bitmap{6}}},
            options));
        RetentionQuestion question;
        question.cohort = *parseQuery("s@period");
        question.returned = *parseQuery("r@period");
        question.rows = 4;
        question.columns = 1;
        const auto answer = session.retention(question, {}, {});
        QVERIFY(answer.has_value());
        QCOMPARE(answer->table.rowsUsed[1], 2);
        QCOMPARE(*answer->table.weightedMean[1], 2.0 / 5);
        QCOMPARE(*answer->table.simpleMean[1], (0.25 + 1) / 2);
        const std::string csv =
            retentionCsv(answer->table, RetentionUnit::Percent, RetentionMean::Weighted);
        QCOMPARE(QString::fromStdString(csv),
                 QStringLiteral("period,size,0,1\n2026-01-01,4,,25.0\n2026-01-02,1,0.0,100.0\n"
                                "2026-01-03,2,0.0,50.0\n2026-01-04,0,,\nmean,,0.0,40.0\n"));
    }

    void leavesRowsOpenWhoseCohortHasNotBegun() {
        const auto day = [](const char* text) { return parsePeriod(text)->index; };
        std::vector<MemoryKey> keys;
        for (const char* text : {"2026-01-01", "2026-01-02", "2026-01-03"}) {
            keys.push_back({"s", Kind::Day, day(text), Bitmap{1, 2}});
        }
        Session session(std::make_shared<MemoryStore>(keys));
        RetentionQuestion question;
        question.cohort = *parseQuery("s@period+1");
        question.returned = *parseQuery("s@period");
        question.rows = 3;
        question.columns = 1;
        for (const bool isFirstTime : {false, true}) {
            question.isFirstTime = isFirstTime;
            const auto answer = session.retention(question, {}, {});
            QVERIFY(answer.has_value());
            QCOMPARE(answer->table.rows.size(), std::size_t{3});
            QVERIFY(answer->table.rows[1].size.has_value());
            QVERIFY(!answer->table.rows[2].size.has_value());
            for (const RetentionCell& cell : answer->table.rows[2].cells) {
                QCOMPARE(std::string(nameOf(cell.state)), std::string("future"));
            }
        }
    }

    void marksUnreadableCells() {
        const auto day = [](const char* text) { return parsePeriod(text)->index; };
        std::vector<MemoryKey> keys;
        for (const char* text : {"2026-01-01", "2026-01-02", "2026-01-03"}) {
            keys.push_back({"s", Kind::Day, day(text), Bitmap{1, 2}});
        }
        auto store = std::make_shared<MemoryStore>(keys);
        store->failKey({0, Kind::Day, day("2026-01-02")}, KeyState::Damaged, "flipped");
        Session session(store);
        RetentionQuestion question;
        question.cohort = question.returned = *parseQuery("s@period");
        question.rows = 3;
        question.columns = 2;
        const auto answer = session.retention(question, {}, {});
        QVERIFY(answer.has_value());
        const auto state = [&](std::size_t row, std::size_t k) {
            return std::string(nameOf(answer->table.rows[row].cells[k].state));
        };
        QCOMPARE(state(0, 0), std::string("value"));
        QCOMPARE(state(0, 1), std::string("unreadable"));
        QCOMPARE(state(0, 2), std::string("value"));
        QCOMPARE(state(1, 0), std::string("unreadable"));
        QCOMPARE(state(1, 2), std::string("future"));
        QVERIFY(!answer->table.rows[1].size.has_value());
    }
};

QTEST_GUILESS_MAIN(TestRetention)
#include "test_retention.moc"
