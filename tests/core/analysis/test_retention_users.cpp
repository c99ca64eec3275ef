// SPDX-License-Identifier: GPL-3.0-or-later
// Every number of random tables, asked for again by the query that it is said to be.
#include <QTest>

#include "core/analysis/retention_users.h"
#include "core/session/session.h"
#include "tests/support/random_retention.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

RetentionResult tableOf(Session& session, const char* cohort, const char* returned,
                        RetentionQuestion question) {
    question.cohort = *parseQuery(cohort);
    question.returned = *parseQuery(returned);
    return session.retention(question, {}, {})->table;
}

QString cellQuery(const RetentionResult& table, std::size_t row, std::size_t column) {
    const auto users = usersOfCell(table, row, column);
    return users ? QString::fromStdString(printQuery(*users)) : QString();
}

std::shared_ptr<MemoryStore> tenDays() {
    std::vector<MemoryKey> keys;
    const std::int32_t first = parsePeriod("2026-01-01")->index;
    for (std::int32_t day = 0; day < 10; ++day) {
        const auto user = static_cast<std::uint32_t>(day);
        keys.push_back({"s", Kind::Day, first + day, Bitmap{user, user + 1}});
        keys.push_back({"r", Kind::Day, first + day, Bitmap{user, user + 2}});
    }
    return std::make_shared<MemoryStore>(std::move(keys));
}

} // namespace

class TestRetentionUsers : public QObject {
    Q_OBJECT
private slots:
    void countWhatTheTableCounts() {
        std::mt19937_64 random(77);
        int rows = 0;
        int cells = 0;
        for (int round = 0; cells < 3000; ++round) {
            QVERIFY(round < 3000);
            const NaiveSource source = randomSource(random);
            if (source.events.empty()) {
                continue;
            }
            Session session(source.store());
            const auto answer = session.retention(randomRetention(random, source), {}, {});
            if (!answer) {
                continue;
            }
            const RetentionResult& table = answer->table;
            for (std::size_t row = 0; row < table.rows.size(); ++row) {
                const auto starters = usersOfRow(table, row);
                QCOMPARE(starters.has_value(), table.rows[row].size.has_value());
                if (starters && below(random, 4) == 0) {
                    const auto count = session.count(*starters, {}, {});
                    QVERIFY2(count, printQuery(*starters).c_str());
                    QVERIFY2(count->count == *table.rows[row].size, printQuery(*starters).c_str());
                    ++rows;
                }
                for (std::size_t k = 0; k < table.rows[row].cells.size(); ++k) {
                    const RetentionCell& cell = table.rows[row].cells[k];
                    const bool hasNumber = cell.state == RetentionCell::State::Value ||
                                           cell.state == RetentionCell::State::Partial;
                    const auto users = usersOfCell(table, row, k);
                    QCOMPARE(users.has_value(), hasNumber);
                    if (hasNumber && below(random, 4) == 0) {
                        const auto count = session.count(*users, {}, {});
                        QVERIFY2(count, printQuery(*users).c_str());
                        QVERIFY2(count->count == cell.count, printQuery(*users).c_str());
                        ++cells;
                    }
                }
            }
        }
        QVERIFY(rows > 300);
    }

    void readAsSomebodyWouldWriteThem() {
        Session session(tenDays());
        RetentionQuestion question;
        question.rows = 5;
        question.columns = 3;
        auto table = tableOf(session, "s@period", "r@period", question);
        QCOMPARE(printQuery(*usersOfRow(table, 0)), std::string("s@2026-01-06"));
        QCOMPARE(cellQuery(table, 0, 2), QStringLiteral("s@2026-01-06 & r@2026-01-08"));
        QCOMPARE(cellQuery(table, 4, 1), QString()); // not yet
        question.kind = RetentionQuestion::Kind::After;
        question.isFirstTime = true;
        table = tableOf(session, "s@period", "r@period", question);
        QCOMPARE(cellQuery(table, 1, 1),
                 QStringLiteral("first(s@2026-01-07) & r@2026-01-08..2026-01-10"));
        question.kind = RetentionQuestion::Kind::Streak;
        question.isFirstTime = false;
        table = tableOf(session, "s@period & r@period", "r@period-1", question);
        QCOMPARE(cellQuery(table, 1, 2),
                 QStringLiteral("s@2026-01-07 & r@2026-01-07 & r@2026-01-07 & r@2026-01-08"));
        question.kind = RetentionQuestion::Kind::Bracket;
        question.brackets = {{1, 30}};
        table = tableOf(session, "s@period", "r@period", question);
        QCOMPARE(cellQuery(table, 0, 0), QStringLiteral("s@2026-01-06 & r@2026-01-07..2026-01-10"));
    }
};

QTEST_GUILESS_MAIN(TestRetentionUsers)
#include "test_retention_users.moc"
