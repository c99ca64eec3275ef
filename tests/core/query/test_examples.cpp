// SPDX-License-Identifier: GPL-3.0-or-later
// The language by example: what parses and how it is printed, and for each kind of error the exact
// place and a message that helps.
#include <QTest>

#include "core/query/expr.h"

using namespace cohortist;
using namespace std::string_literals;

namespace {

using Op = Expr::Op;

Expr parsed(const std::string& text) {
    const auto expr = parseQuery(text);
    return expr ? *expr : Expr::leaf("this text does not parse: " + text);
}

} // namespace

class TestExamples : public QObject {
    Q_OBJECT
private slots:
    void parsesAndPrints_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("printed");
        const auto both = [](const char* text, const char* printed) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(printed);
        };
        for (const char* text : {"login",
                                 "login@unique",
                                 "login@2020",
                                 "login@2020-01",
                                 "login@2020-W04",
                                 "login@2020-01-25",
                                 "login@2020-01-25T15",
                                 "login@day",
                                 "login@day-1",
                                 "login@day-9..day-6",
                                 "login@week-4..week-1",
                                 "login@last 7 days",
                                 "login@previous 7 days",
                                 "login@period",
                                 "login@period-1",
                                 "login@period-3..period",
                                 "login@period+1",
                                 "login@hour-3..hour",
                                 "login@year-1",
                                 "login@2020-01..2020-03",
                                 "login@2020-W52..2021-W02",
                                 "login@2020..2021",
                                 "login@last 1 day",
                                 "login@last 2 hours",
                                 "login@previous 3 months",
                                 "a & b",
                                 "a | b | c",
                                 "a ^ b",
                                 "a - b - c",
                                 "a-b",
                                 "~a",
                                 "~~a",
                                 "~(a & b)",
                                 "(a & b) & c",
                                 "a & (b & c)",
                                 "a & (b | c)",
                                 "a & b | c & d",
                                 "a ^ b - c & ~d",
                                 "(a | b) ^ c",
                                 "a - (b - c)",
                                 "(a ^ b) & c",
                                 "atleast(3, login@last 7 days)",
                                 "atleast(3, login@period by day)",
                                 "exactly(1, login@last 7 days, premium)",
                                 "exactly(0, login@last 7 days)",
                                 "atmost(2, a, b, c | d)",
                                 "atleast(0, a)",
                                 "atleast(1, login@2020 by week)",
                                 "first(login@2020-01)",
                                 "first(login@period)",
                                 "first(login@last 4 weeks)",
                                 "ids(3, 5, \"u-17\")",
                                 "ids(0, 4294967295)",
                                 "ids(\"3\")",
                                 "everyone()",
                                 "everyone() - premium",
                                 "$regulars",
                                 "$regulars & ~$churned",
                                 "$\"two words\"",
                                 "\"my event\"@day",
                                 "\"first\"",
                                 "\"everyone\"@day | \"ids\"",
                                 "\"-\"",
                                 "\"\"",
                                 "\"say \\\"hi\\\"\"",
                                 "\"a\\\\b c\"",
                                 "\"a\\nb\\tc\"",
                                 "\"\\x00\\x1F\\x7F\\xFF\"",
                                 "\"\\xE2\\x80\\xAEabc\"",
                                 "\"\\xC2\\x9B2J\"",
                                 "os:ios & payment/made & tag#1",
                                 "über",
                                 "active & (web | ios)",
                                 "last",
                                 "ever | by",
                                 "period@period",
                                 "unique - previous",
                                 "2020@2020"}) {
            both(text, text);
        }
        both("login@ever", "login");
        both("login@2020-1", "login@2020-01");
        both("login@2020-W4", "login@2020-W04");
        both("login@2020-1-5T3", "login@2020-01-05T03");
        both("login@last 1 days", "login@last 1 day");
        both("login@last 7 day", "login@last 7 days");
        both("login@day-0", "login@day");
        both("((login))", "login");
        both("(a & b)", "a & b");
        both("(a) & ((b))", "a & b");
        both("a|b&c", "a | b & c");
        both("a -(b)", "a - b");
        both("a -\"b\"", "a - b");
        both("login@day - 1", "login@day - 1");
        both("login@day-1", "login@day-1");
        both(" \t\r\n login \f\v@ day ", "login@day");
        both("atleast( 3 ,login@last 7 days )", "atleast(3, login@last 7 days)");
        both("atleast(1, (login@last 2 weeks) by days)", "atleast(1, login@last 2 weeks by day)");
        both("\"login\"", "login");
        both("\"a\\x62c\"", "abc");
        both("first & ids", "\"first\" & \"ids\"");
        both("atleast@day", "\"atleast\"@day");
        both("everyone ()", "everyone()");
        both("\xC3 & b", "\"\\xC3\" & b"); // no UTF-8: quoted when printed
    }
    void parsesAndPrints() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, printed);
        const auto expr = parseQuery(text.toStdString());
        QVERIFY2(expr, expr ? "" : expr.error().english().c_str());
        QCOMPARE(QByteArray::fromStdString(printQuery(*expr)), printed);
        const auto again = parseQuery(printed.toStdString());
        QVERIFY(again && *again == *expr);
    }

    void buildsTheTreeThatIsMeant() {
        const Expr a = Expr::leaf("a");
        const Expr b = Expr::leaf("b");
        const Expr c = Expr::leaf("c");
        // | before ^ before - before &, loosest first; each takes any number.
        QVERIFY(parsed("a | b ^ c") == Expr::group(Op::Or, {a, Expr::group(Op::Xor, {b, c})}));
        QVERIFY(parsed("a ^ b - c") == Expr::group(Op::Xor, {a, Expr::group(Op::Minus, {b, c})}));
        QVERIFY(parsed("a - b & c") == Expr::group(Op::Minus, {a, Expr::group(Op::And, {b, c})}));
        QVERIFY(parsed("~a & b") == Expr::group(Op::And, {Expr::negation(a), b}));
        QVERIFY(parsed("a - b - c") == Expr::group(Op::Minus, {a, b, c}));
        QVERIFY(!(parsed("(a - b) - c") == parsed("a - b - c")));
        QVERIFY(parsed("atleast(2, a, b)") == Expr::counted(Op::AtLeast, 2, {a, b}));
        const Expr week = Expr::leaf("a", WhenRolling{false, 7, Granularity::Day});
        QVERIFY(parsed("a@last 7 days") == week);
        QVERIFY(parsed("exactly(1, a@last 7 days by hour)") ==
                Expr::counted(Op::Exactly, 1, {week}, Granularity::Hour));
        QVERIFY(parsed("first(a@previous 2 years)") ==
                Expr::first(Expr::leaf("a", WhenRolling{true, 2, Granularity::Year})));
        QVERIFY(parsed("ids(3, \"u-17\")") ==
                Expr::idList({std::uint32_t{3}, std::string("u-17")}));
        QVERIFY(parsed("a@period-3..period") ==
                Expr::leaf("a", WhenRange{RelativePoint{RelativeUnit::Period, -3},
                                          RelativePoint{RelativeUnit::Period, 0}}));
        QVERIFY(parsed("a@day-3..2020-01-25") ==
                Expr::leaf("a", WhenRange{RelativePoint{RelativeUnit::Day, -3},
                                          *parsePeriod("2020-01-25")}));
        QVERIFY(parsed("$a") == Expr::cohort("a"));
        QVERIFY(parsed("\"a\\x00b\"") == Expr::leaf("a\0b"s));
        QVERIFY(parsed("a@period").dependsOnPeriod() && !parsed("a@day").dependsOnPeriod());
    }

    void knowsThePlaces() {
        const auto expr = parseQuery("  login@last 7 days & $\"a b\"");
        QVERIFY(expr);
        QVERIFY(expr->children()[0].node().place == (TextSpan{2, 5}));
        QVERIFY(expr->children()[0].node().whenPlace == (TextSpan{8, 11}));
        QVERIFY(expr->children()[1].node().place == (TextSpan{22, 6}));
        const auto ids = parseQuery("ids(3, \"u-17\")");
        QVERIFY(ids && ids->node().idPlaces == (std::vector<TextSpan>{{4, 1}, {7, 6}}));
    }

    void tellsWhatIsWrong_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("length");
        QTest::addColumn<QByteArray>("part"); // of the message
        const auto row = [](const char* text, int offset, int length, const char* part) {
            QTest::newRow(*text == '\0' ? "empty" : text)
                << QByteArray(text) << offset << length << QByteArray(part);
        };
        row("", 0, 0, "an event is expected at the end");
        row("   ", 3, 0, "an event is expected at the end");
        row("a &", 3, 0, "an event is expected at the end");
        row("a & | b", 4, 1, "an event is expected before |");
        row("@day", 0, 1, "an event is expected before @");
        row("()", 1, 1, "an event is expected before )");
        row("~", 1, 0, "an event is expected at the end");
        row("(a", 2, 0, "a closing parenthesis is missing");
        row("a)", 1, 1, ") is not expected here");
        row("a, b", 1, 1, ", is not expected here");
        row("my event", 3, 5, "quotes: \"my event\"");
        row("über event", 6, 5, "two names follow each other"); // counted in bytes
        row("\"a\" \"b\"", 4, 3, "two names follow each other");
        row("(a)-b", 3, 2, "put spaces around the minus: a - b");
        row("a -b", 2, 2, "put spaces around the minus: a - b");
        row("login(3)", 0, 5, "login is no call. Calls are atleast");
        row("\"a", 0, 2, "this quote is not closed");
        row("x & \"a\\q\"", 6, 2, "this escape is not known. Known are");
        row("\"\\x4\"", 1, 2, "this escape is not known");
        row("\"a\\", 2, 1, "this escape is not known");
        row("a@", 2, 0, "a period is expected after @");
        row("a@\"day\"", 2, 5, "a period is expected after @");
        row("a@ & b", 3, 1, "a period is expected after @");
        row("a@2020-02-30", 2, 10, "2020-02-30 is no period");
        row("a@2021-W53", 2, 8, "2021-W53 is no period");
        row("a@yesterday", 2, 9, "Periods look like 2020-01-25");
        row("a@Day", 2, 3, "Day is no period");
        row("a@day-", 2, 4, "day- is no period");
        row("a@day--1", 2, 6, "day--1 is no period");
        row("a@day-99999999", 2, 12, "is no period");
        row("a@2020-01..", 11, 0, "a period is missing");
        row("a@..2020-01", 2, 0, "a period is missing");
        row("a@2020-01..x", 11, 1, "x is no period");
        row("a@2020-01..2020-W04", 2, 17, "must be of one kind");
        row("a@day-1..week", 2, 11, "must be of one kind");
        row("a@period-1..day", 2, 13, "must be of one kind");
        row("a@2020-02..2020-01", 2, 16, "the range ends before it begins. Swap its ends");
        row("a@day..day-1", 2, 10, "the range ends before it begins");
        row("a@last 0 days", 7, 1, "a number of 1 to 10000000 is expected");
        row("a@last -1 days", 7, 2, "a number of 1 to 10000000 is expected");
        row("a@last", 6, 0, "a number of 1 to 10000000 is expected");
        row("a@last 7", 8, 0, "hours, days, weeks, months or years is expected");
        row("a@last 7 fortnights", 9, 10, "hours, days, weeks, months or years is expected");
        row("a@last 7 periods", 9, 7, "hours, days, weeks, months or years is expected");
        row("a@day b", 6, 1, "two names follow each other");
        row("$", 1, 0, "the name of a saved cohort is expected after $");
        row("$ a", 2, 1, "the name of a saved cohort is expected after $");
        row("$(a)", 1, 1, "the name of a saved cohort is expected after $");
        row("$a@day", 2, 1, "@ is not expected here");
        row("atleast(a, b)", 8, 1, "a whole number is expected. Write atleast(3");
        row("atleast(-1, b)", 8, 2, "a whole number is expected");
        row("atleast(4294967296, b)", 8, 10, "a whole number is expected");
        row("atleast(3)", 9, 1, "a comma is expected after the number");
        row("atleast(3 a)", 10, 1, "a comma is expected after the number");
        row("atleast(3,)", 10, 1, "an event is expected before )");
        row("atleast(3, a", 12, 0, "a closing parenthesis is missing");
        row("atleast(3, a by)", 15, 1, "hour, day, week, month or year is expected");
        row("atleast(3, a by period)", 16, 6, "hour, day, week, month or year is expected");
        row("atleast(3, a | b by day)", 17, 2, "by belongs behind a single event");
        row("atleast(3, a, b by day)", 16, 2, "by belongs behind a single event");
        row("atleast(3, a by day, b)", 19, 1, "nothing may follow what is counted by days");
        row("first()", 6, 1, "an event is expected. Write first(");
        row("first(~a)", 6, 1, "an event is expected");
        row("first(a@day, b)", 11, 1, ", is not expected here");
        row("ids()", 4, 1, "a user id is expected");
        row("a@last 99999999999 days", 7, 11, "a number of 1 to 10000000 is expected");
        row("a@2026-11-20 .. 2026-11-22", 13, 2, "a range holds no spaces");
        row("a@2026-11-20.. 2026-11-22", 14, 0, "Ranges are written without spaces");
        row("a@period by day", 9, 2, "by belongs inside atleast");
        row("ids(u-17)", 4, 4, "texts in quotes");
        row("ids(4294967296)", 4, 10, "whole numbers up to 4294967295");
        row("ids(1,)", 6, 1, "a user id is expected");
        row("ids(1 2)", 6, 1, "two names follow each other");
        row("everyone(a)", 9, 1, "everyone takes nothing in its parentheses");
        row("everyone(", 9, 0, "everyone takes nothing in its parentheses");
    }
    void tellsWhatIsWrong() {
        QFETCH(QByteArray, text);
        QFETCH(int, offset);
        QFETCH(int, length);
        QFETCH(QByteArray, part);
        const auto expr = parseQuery(text.toStdString());
        QVERIFY(!expr);
        QCOMPARE(static_cast<int>(expr.error().code), static_cast<int>(ErrorCode::Query));
        const QByteArray message = QByteArray::fromStdString(expr.error().english());
        QVERIFY2(message.startsWith("cannot read the query: "), message.constData());
        QVERIFY2(message.contains(part), message.constData());
        QVERIFY(expr.error().place.has_value());
        QCOMPARE(static_cast<int>(expr.error().place->offset), offset);
        QCOMPARE(static_cast<int>(expr.error().place->length), length);
    }

    void refusesZeroBytes() {
        const auto expr = parseQuery("a & b\0"s);
        QVERIFY(!expr && expr.error().place == (TextSpan{5, 1}));
        QVERIFY(expr.error().english().find("\\x00 inside quotes") != std::string::npos);
    }

    void limitsTheDepth() {
        const auto nested = [](int depth) {
            const auto n = static_cast<std::size_t>(depth);
            return std::string(n, '(') + "a" + std::string(n, ')');
        };
        QVERIFY(parseQuery(nested(kMaxQueryDepth)).has_value());
        const auto tooDeep = parseQuery(nested(kMaxQueryDepth + 1));
        QVERIFY(!tooDeep && tooDeep.error().place->offset == kMaxQueryDepth);
        QVERIFY(parseQuery(std::string(kMaxQueryDepth, '~') + "a").has_value());
        QVERIFY(!parseQuery(std::string(kMaxQueryDepth + 1, '~') + "a"));
        QVERIFY(!parseQuery(std::string(1'000'000, '(')));
        // Width is no depth.
        std::string wide = "a";
        for (int i = 0; i < 10'000; ++i) {
            wide += " | (~b)";
        }
        QVERIFY(parseQuery(wide).has_value());
    }
};

QTEST_APPLESS_MAIN(TestExamples)
#include "test_examples.moc"
