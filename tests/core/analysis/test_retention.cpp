// SPDX-License-Identifier: GPL-3.0-or-later
// Random tables of every kind over random sources with holes, field by field of their JSON, against
// the definitions taken literally.
#include <QTest>

#include <algorithm>
#include <cmath>

#include "core/export/json.h"
#include "core/export/retention_csv.h"
#include "core/session/session.h"
#include "tests/support/naive_eval.h"
#include "tests/support/random_retention.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

using Table = RetentionQuestion::Kind;
using Base = RetentionQuestion::Base;

bool isMissingKey(const NaiveSource& source, const NaiveKey& key) {
    const Period period{granularityOf(key.kind), key.period};
    const auto& periods = source.events.at(key.event).of(key.kind);
    if (startOf(period) >= source.asOf || endOf(period) > source.asOf ||
        periods.count(key.period) > 0) {
        return false;
    }
    const std::int32_t first = periods.begin()->first;
    const std::int32_t last = periods.rbegin()->first;
    int stored = 0;
    for (std::int32_t p = first; p <= last; ++p) {
        stored += periods.count(p) > 0 ? 1 : 0;
    }
    return key.period < first || !source.anyHas(key.kind, key.period) ||
           stored >= 0.95 * (last - first + 1);
}

class NaiveTable {
public:
    NaiveTable(const NaiveSource& source, const RetentionQuestion& question, Expr population)
        : m_source(source)
        , m_question(question)
        , m_population(std::move(population))
        , m_now(periodAt(question.by, source.asOf - std::chrono::seconds(1))) {}

    struct Cell {
        std::string state;
        std::uint64_t count = 0;
        std::uint64_t base = 0;
        std::optional<double> rate;
        std::optional<double> low;
        std::optional<double> high;
    };
    struct Row {
        Period period;
        std::optional<std::uint64_t> size;
        std::vector<Cell> cells;
    };

    std::vector<Row> rows() {
        std::vector<Row> all;
        for (int i = 0; i < m_question.rows; ++i) {
            Row row;
            row.period = m_question.start ? shifted(*m_question.start, i)
                                          : shifted(m_now, i + 1 - m_question.rows);
            const bool isFuture = row.period > m_now;
            if (!isFuture && !isMissing(m_question.cohort, row.period)) {
                row.size = cohort(row.period).size();
            }
            for (int k = 0; k < m_question.cellCount(); ++k) {
                row.cells.push_back(isFuture ? Cell{"future", 0, 0, {}, {}, {}}
                                             : cell(row.period, k));
            }
            all.push_back(std::move(row));
        }
        return all;
    }

private:
    NaiveQuestion at(Period period) const { return {m_source, m_population, {}, period, false}; }

    bool isMissing(const Expr& query, Period period) const {
        const auto keys = periodKeys(query, at(period));
        return !keys.empty() && std::all_of(keys.begin(), keys.end(), [&](const NaiveKey& key) {
            return isMissingKey(m_source, key);
        });
    }

    Users cohort(Period period) const {
        Users users = *evaluate(m_question.cohort, at(period));
        if (m_question.isFirstTime) {
            Period far =
                periodAt(m_question.by, std::chrono::sys_days(std::chrono::year(2025) / 10 / 1));
            if (const auto first = firstStored()) {
                far = *first;
            } else {
                return users;
            }
            for (Period p = far; p < period; p = shifted(p, 1)) {
                const auto earlier = evaluate(m_question.cohort, at(p));
                for (const std::uint32_t user : *earlier) {
                    users.erase(user);
                }
            }
        }
        return users;
    }

    // The cohort of these tests is one leaf with @period, alone or and-ed with another query.
    std::optional<Period> firstStored() const {
        const auto keys = periodKeys(m_question.cohort, at(m_now));
        if (keys.empty()) {
            return std::nullopt;
        }
        const auto& stored = m_source.events.at(keys.front().event).of(keys.front().kind);
        return periodAt(m_question.by,
                        startOf({granularityOf(keys.front().kind), stored.begin()->first}));
    }

    // The periods whose return sets a cell takes together.
    std::vector<Period> periodsOf(Period row, int k) const {
        int first = k;
        int last = k;
        if (m_question.kind == Table::Bracket) {
            first = m_question.brackets[static_cast<std::size_t>(k)].first;
            last = m_question.brackets[static_cast<std::size_t>(k)].last;
        }
        std::vector<Period> periods;
        for (Period p = shifted(row, first);
             p <= m_now && (m_question.kind == Table::After || p <= shifted(row, last));
             p = shifted(p, 1)) {
            periods.push_back(p);
        }
        return periods;
    }

    std::uint64_t counted(Period row, int k) const {
        Users users = cohort(row);
        std::vector<Users> links;
        if (m_question.kind == Table::Streak) {
            for (int i = 1; i <= k; ++i) {
                links.push_back(*evaluate(m_question.returned, at(shifted(row, i))));
            }
        } else {
            Users all;
            for (const Period p : periodsOf(row, k)) {
                const auto some = *evaluate(m_question.returned, at(p));
                all.insert(some.begin(), some.end());
            }
            links.push_back(std::move(all));
        }
        return static_cast<std::uint64_t>(
            std::count_if(users.begin(), users.end(), [&](std::uint32_t user) {
                return std::all_of(links.begin(), links.end(),
                                   [&](const Users& link) { return link.count(user) > 0; });
            }));
    }

    bool isCellMissing(Period row, int k) const {
        if (isMissing(m_question.cohort, row)) {
            return true;
        }
        if (m_question.kind == Table::Streak) {
            for (int i = 1; i <= k; ++i) {
                if (isMissing(m_question.returned, shifted(row, i))) {
                    return true;
                }
            }
            return false;
        }
        const auto periods = periodsOf(row, k);
        return std::all_of(periods.begin(), periods.end(),
                           [&](Period p) { return isMissing(m_question.returned, p); });
    }

    Cell cell(Period row, int k) const {
        int first = k;
        int last = k;
        if (m_question.kind == Table::Bracket) {
            first = m_question.brackets[static_cast<std::size_t>(k)].first;
            last = m_question.brackets[static_cast<std::size_t>(k)].last;
        }
        const bool usesPrevious = m_question.base == Base::Previous && k > 0;
        Cell cell;
        if (shifted(row, first) > m_now) {
            cell.state = "future";
            return cell;
        }
        if (isCellMissing(row, k) || (usesPrevious && isCellMissing(row, k - 1))) {
            cell.state = "missing";
            return cell;
        }
        const std::uint64_t size = cohort(row).size();
        if (size == 0) {
            cell.state = "empty";
            return cell;
        }
        cell.state = endOf(shifted(row, last)) > m_source.asOf ? "partial" : "value";
        cell.count = counted(row, k);
        const std::uint64_t base = usesPrevious ? counted(row, k - 1) : size;
        cell.base = base;
        if (base > 0) {
            const double n = static_cast<double>(base);
            const double p = static_cast<double>(cell.count) / n;
            const auto turned = [&](double rate) { return m_question.isChurn ? 1 - rate : rate; };
            cell.rate = turned(p);
            if (p <= 1) {
                const double z = 1.96;
                const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
                const double below = (p + z * z / (2 * n) - half) / (1 + z * z / n);
                const double above = (p + z * z / (2 * n) + half) / (1 + z * z / n);
                cell.low = turned(m_question.isChurn ? above : below);
                cell.high = turned(m_question.isChurn ? below : above);
            }
        }
        return cell;
    }

    const NaiveSource& m_source;
    const RetentionQuestion& m_question;
    Expr m_population;
    Period m_now;
};

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
