// SPDX-License-Identifier: GPL-3.0-or-later
// Queries of every form over random sources with holes: the whole way through resolver, store and
// engine must give what the language's definition gives.
#include <QTest>

#include "core/session/evaluate.h"
#include "core/session/session.h"
#include "tests/support/naive_eval.h"
#include "tests/support/random_expr.h"
#include "tests/support/random_sets.h"
#include "tests/support/recording_store.h"

using namespace cohortist;
using namespace cohortist::test;

class TestAnswers : public QObject {
    Q_OBJECT
private slots:
    void equalsTheDefinition() {
        std::mt19937_64 random(11);
        int answered = 0;
        for (int round = 0; round < 400; ++round) {
            const NaiveSource source = randomSource(random);
            Session session(source.store());
            ExprShape shape;
            shape.around = source.asOf;
            shape.hasTextIds = false;
            for (const auto& [name, event] : source.events) {
                shape.events.push_back(name);
            }
            QuerySettings settings;
            settings.cohorts.emplace("saved", randomExpr(random, shape, 1));
            shape.cohorts = {"saved"};
            if (below(random, 2) == 0) {
                settings.population = randomExpr(random, shape, 1);
            }
            const NaiveQuestion question{source, settings.population, settings.cohorts, {}, false};
            const bool hasPopulation =
                evaluate(settings.population,
                         NaiveQuestion{source, Expr::everyone(), settings.cohorts, {}, false})
                    .has_value();
            for (int i = 0; i < 10; ++i) {
                const Expr query = randomExpr(random, shape, 3);
                const auto expected = hasPopulation ? evaluate(query, question) : std::nullopt;
                const auto users = session.users(query, settings, {});
                const std::string text = printQuery(query);
                QVERIFY2(
                    users.has_value() == expected.has_value(),
                    (text + (users ? " is answered" : ": " + users.error().english())).c_str());
                if (!users) {
                    continue;
                }
                ++answered;
                const auto ids = users->users.ids();
                QVERIFY2(Users(ids.begin(), ids.end()) == *expected, text.c_str());
                const auto count = session.count(query, settings, {});
                QVERIFY2(count && count->count == expected->size(), text.c_str());
                const auto explained = session.explain(query, settings, {});
                QVERIFY2(explained && explained->count == expected->size(), text.c_str());
                for (const ExplainNode& child : explained->children) {
                    const auto childUsers = evaluate(child.expr, question);
                    QVERIFY2(childUsers && child.count == childUsers->size(), text.c_str());
                }
            }
        }
        QVERIFY2(answered > 1500, std::to_string(answered).c_str());
    }

    void asksForNoKeyOnceCancelled() {
        RecordingStore store(MemoryStore({{"a", Kind::Day, 1, Bitmap{1, 2}}}));
        Question question;
        question.counts = {question.plan.key({0, Kind::Day, 1})};
        WorkerPool pool(1);
        QVERIFY(evaluate(question, store, pool, {}).has_value());
        QCOMPARE(store.asked.size(), std::size_t{1});
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = evaluate(question, store, pool, JobContext(stop.get_token()));
        QCOMPARE(static_cast<int>(stopped.error().code), static_cast<int>(ErrorCode::Cancelled));
        QCOMPARE(store.asked.size(), std::size_t{1});
    }

    void printsNoNumberFromUnreadableKeys() {
        const Instant asOf = endOf(*parsePeriod("2026-01-10"));
        MemoryOptions options;
        options.asOf = asOf;
        const std::int32_t day = parsePeriod("2026-01-10")->index;
        auto store = std::make_shared<MemoryStore>(
            std::vector<MemoryKey>{{"a", Kind::Day, day, Bitmap{1, 2}},
                                   {"b", Kind::Day, day, Bitmap{2, 3}}},
            options);
        store->failKey({0, Kind::Day, day}, KeyState::Damaged, "its checksum is wrong");
        Session session(store);
        const auto count = session.count(*parseQuery("a@day | b@day"), {}, {});
        QVERIFY(!count);
        QCOMPARE(static_cast<int>(count.error().code), static_cast<int>(ErrorCode::Unreadable));
        QVERIFY(count.error().english().find("a_2026-1-10") != std::string::npos);
        QVERIFY(session.count(*parseQuery("b@day"), {}, {}).has_value());
        const auto explained = session.explain(*parseQuery("a@day | b@day"), {}, {});
        QVERIFY(explained && !explained->count && !explained->children[0].count);
        QCOMPARE(*explained->children[1].count, std::uint64_t{2});
    }
};

QTEST_GUILESS_MAIN(TestAnswers)
#include "test_answers.moc"
