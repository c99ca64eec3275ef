// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "core/query/expr.h"
#include "tests/support/random_expr.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using namespace cohortist::test;

class TestRoundtrip : public QObject {
    Q_OBJECT
private:
    static ExprShape shape() {
        ExprShape shape;
        shape.cohorts = {"saved", "two words", "first"};
        shape.hasPeriod = true;
        shape.around = startOf(*parsePeriod("2026-01-04"));
        return shape;
    }
private slots:
    void parsesWhatItPrints() {
        std::mt19937_64 random(21);
        for (int round = 0; round < 100'000; ++round) {
            const Expr expr = randomExpr(random, shape(), 3);
            const std::string text = printQuery(expr);
            const auto parsed = parseQuery(text);
            QVERIFY2(parsed.has_value(),
                     (text + ": " + (parsed ? "" : parsed.error().english())).c_str());
            QVERIFY2(*parsed == expr, text.c_str());
            QVERIFY2(printQuery(*parsed) == text, text.c_str());
            QVERIFY(parsed->hash() == expr.hash());
        }
    }

    void survivesMutations() {
        std::mt19937_64 random(22);
        for (int round = 0; round < 50'000; ++round) {
            std::string text = printQuery(randomExpr(random, shape(), 2));
            for (std::uint64_t i = 0, n = below(random, 4) + 1; i < n && !text.empty(); ++i) {
                const std::size_t at = below(random, text.size());
                static const std::string marks = "()&|^~@$,\"\\- .x0";
                switch (below(random, 3)) {
                case 0:
                    text.erase(at, 1);
                    break;
                case 1:
                    text.insert(at, 1, marks[below(random, marks.size())]);
                    break;
                default:
                    text[at] = static_cast<char>(random());
                }
            }
            const auto parsed = parseQuery(text);
            if (parsed) {
                const auto again = parseQuery(printQuery(*parsed));
                QVERIFY2(again && *again == *parsed, text.c_str());
            } else {
                QVERIFY(parsed.error().place.has_value());
                QVERIFY(parsed.error().place->offset + parsed.error().place->length <= text.size());
            }
        }
    }

    void refusesToNestTooDeep() {
        for (const auto& [open, close] :
             {std::pair("(", ")"), std::pair("~", ""), std::pair("atleast(1, ", ")")}) {
            std::string text = "a";
            for (int i = 0; i < 100'000; ++i) {
                text.insert(0, open);
            }
            QVERIFY(!parseQuery(text).has_value());
            std::string fine = "a";
            for (int i = 0; i < kMaxQueryDepth; ++i) {
                fine.insert(0, open);
                fine += close;
            }
            QVERIFY(parseQuery(fine).has_value());
            QVERIFY(!parseQuery(open + fine + close).has_value());
        }
    }
};

QTEST_APPLESS_MAIN(TestRoundtrip)
#include "test_roundtrip.moc"
