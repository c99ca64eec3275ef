// SPDX-License-Identifier: GPL-3.0-or-later
// From a query to the stored bitmaps: which keys are asked for, and what does not fit the source.
#include <QTest>

#include "core/query/resolver.h"
#include "core/store/memory/memory_store.h"

using namespace cohortist;

namespace {

std::int32_t indexOf(const char* period) {
    return parsePeriod(period).value().index;
}

// login: hours, days; visit: weeks; bill: months; premium: a flag; mixed: days and a flag.
std::shared_ptr<const EventCatalog> catalog() {
    std::vector<MemoryKey> keys = {
        {"login", Kind::Hour, indexOf("2026-01-10T05"), {}},
        {"login", Kind::Day, indexOf("2026-01-08"), {}},
        {"login", Kind::Day, indexOf("2026-01-10"), {}},
        {"visit", Kind::Week, indexOf("2026-W01"), {}},
        {"visit", Kind::Week, indexOf("2026-W02"), {}},
        {"bill", Kind::Month, indexOf("2025-12"), {}},
        {"bill", Kind::Month, indexOf("2026-01"), {}},
        {"premium", Kind::Unique, 0, {}},
        {"mixed", Kind::Day, indexOf("2026-01-09"), {}},
        {"mixed", Kind::Unique, 0, {}},
        {"hourly", Kind::Hour, indexOf("2026-01-10T05"), {}},
        {"my event", Kind::Day, indexOf("2026-01-09"), {}},
    };
    return MemoryStore(std::move(keys)).catalog();
}

struct Asked {
    std::shared_ptr<const EventCatalog> events = catalog();
    SavedCohorts cohorts;
    Expr population = Expr::everyone();
    std::optional<Period> period;
    SetPlan plan;

    Result<ResolvedNode> resolve(const std::string& text) {
        ResolveContext context{*events, *parseAsOf("2026-01-10"), population, &cohorts, period,
                               findText};
        return cohortist::resolve(parseQuery(text).value(), context, plan);
    }
    std::function<Result<std::optional<std::uint32_t>>(const std::string&)> findText;

    // The keys asked for, those in parentheses have no data; or the error.
    std::string keys(const std::string& text) {
        const auto node = resolve(text);
        if (!node) {
            return node.error().english();
        }
        std::string result;
        for (const BitmapKey& key : node->keys) {
            const std::string when =
                key.kind == Kind::Unique ? "u" : toText({granularityOf(key.kind), key.period});
            result += (result.empty() ? "" : " ") + (events->has(key) ? when : "(" + when + ")");
        }
        return result + (node->derivedFrom ? " derived" : "");
    }
};

} // namespace

class TestResolver : public QObject {
    Q_OBJECT
private slots:
    void asksForKeys_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("keys");
        const auto row = [](const char* text, const char* keys) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(keys);
        };
        row("login@day", "2026-01-10");
        row("login@day-1", "(2026-01-09)");
        row("login@2026-01-08..2026-01-10", "2026-01-08 (2026-01-09) 2026-01-10");
        row("login@last 3 days", "2026-01-08 (2026-01-09) 2026-01-10");
        row("login@previous 2 days", "(2026-01-07) 2026-01-08");
        row("login@day-2..day-1", "2026-01-08 (2026-01-09)");
        row("login@day-2..2026-01-09", "2026-01-08 (2026-01-09)");
        row("login@2026-01-10T05", "2026-01-10T05");
        row("visit@week", "2026-W02");
        row("visit@week-1..week", "2026-W01 2026-W02");
        row("bill@last 2 months", "2025-12 2026-01");
        // An event that has any key of a kind is never derived there.
        row("bill@month+1", "(2026-02)");
        row("login@week",
            "(2026-01-05) (2026-01-06) (2026-01-07) 2026-01-08 (2026-01-09) 2026-01-10 "
            "(2026-01-11) derived");
        row("bill@2025", "(2025-01) (2025-02) (2025-03) (2025-04) (2025-05) (2025-06) (2025-07) "
                         "(2025-08) (2025-09) (2025-10) (2025-11) 2025-12 derived");
        // Ever: the unique key, else all of the coarsest kind.
        row("premium", "u");
        row("premium@unique", "u");
        row("mixed", "u");
        row("mixed@2026-01-09", "2026-01-09");
        row("login", "2026-01-08 2026-01-10");
        row("bill", "2025-12 2026-01");
        row("first(login@day)", "2026-01-08"); // its own: the earlier ones
    }
    void asksForKeys() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, keys);
        Asked asked;
        QCOMPARE(QByteArray::fromStdString(asked.keys(text.toStdString())), keys);
    }

    void tellsWhatDoesNotFit_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("length");
        QTest::addColumn<QByteArray>("part");
        const auto row = [](const char* text, int offset, int length, const char* part) {
            QTest::newRow(text) << QByteArray(text) << offset << length << QByteArray(part);
        };
        row("premium & lgoin@day", 10, 5, "there is no event lgoin. Did you mean login?");
        row("\"my evnt\"", 0, 9, "there is no event \"my evnt\". Did you mean \"my event\"?");
        row("zzzzzz", 0, 6, "there is no event zzzzzz. The source's events");
        row("first(logni@day)", 6, 5, "Did you mean login?");
        row("visit@day", 6, 3, "visit has no days; stored are weeks");
        row("visit@month", 6, 5, "visit has no months; stored are weeks");
        row("bill@2026-W01", 5, 8, "bill has no weeks; stored are months");
        row("mixed@2026-01-09T05", 6, 13, "mixed has no hours; stored are days and its unique");
        row("premium@day", 8, 3, "premium is a flag and has no dates. Leave out what");
        row("premium@last 7 days", 8, 11, "premium is a flag");
        row("login@unique", 6, 6, "login has no unique key; stored are hours and days");
        row("login@period", 6, 6, "@period has a meaning in a retention table only");
        row("login@period-1..period", 6, 16, "@period has a meaning in a retention table only");
        row("login@day-1..2026-01-01", 6, 17,
            "the range ends with 2026-01-01, before it begins with 2026-01-09");
        row("$unknown", 0, 8, "there is no saved cohort unknown");
        row("login & $broken", 8, 7, "in $broken: there is no event lgoin");
        row("$a", 0, 2, "in a circle: $a → $b → $a");
        row("login | $self", 8, 5, "in a circle: $self → $self");
        row("ids(\"u-1\")", 4, 5, "the source has no text ids, so it has no user \"u-1\"");
        row("first(login)", 6, 5, "first needs a dated period. Write first(login@2020-01)");
        row("first(premium)", 6, 7, "first needs a dated period");
        row("atleast(2, login by day)", 11, 5, "what is counted by days needs dates");
        row("atleast(2, login@2026-01 by week)", 17, 7, "months are not made up of whole weeks");
        row("atleast(2, login@day by month)", 17, 3, "days are not made up of whole months");
        row("atleast(2, visit@2026-W01 by day)", 17, 8, "visit has no days; stored are weeks");
        row("atleast(1, lgoin@last 7 days)", 11, 5, "Did you mean login?");
        row("~nobody", 1, 6, "there is no event nobody");
    }
    void tellsWhatDoesNotFit() {
        QFETCH(QByteArray, text);
        QFETCH(int, offset);
        QFETCH(int, length);
        QFETCH(QByteArray, part);
        Asked asked;
        asked.cohorts.emplace("broken", parseQuery("premium | lgoin").value());
        asked.cohorts.emplace("a", parseQuery("login & $b").value());
        asked.cohorts.emplace("b", parseQuery("~$a").value());
        asked.cohorts.emplace("self", parseQuery("$self").value());
        const auto node = asked.resolve(text.toStdString());
        QVERIFY(!node);
        QCOMPARE(static_cast<int>(node.error().code), static_cast<int>(ErrorCode::Resolve));
        const QByteArray message = QByteArray::fromStdString(node.error().english());
        QVERIFY2(message.startsWith("cannot answer the query: "), message.constData());
        QVERIFY2(message.contains(part), message.constData());
        QVERIFY(node.error().place.has_value());
        QCOMPARE(static_cast<int>(node.error().place->offset), offset);
        QCOMPARE(static_cast<int>(node.error().place->length), length);
        QCOMPARE(node.error().part, std::string());
    }

    void fillsInThePeriod() {
        Asked asked;
        asked.period = parsePeriod("2026-01-09");
        QCOMPARE(asked.keys("login@period"), std::string("(2026-01-09)"));
        QCOMPARE(asked.keys("login@period-1..period+1"),
                 std::string("2026-01-08 (2026-01-09) 2026-01-10"));
        QVERIFY(asked.resolve("login@period")->asksForPeriod);
        QVERIFY(!asked.resolve("login@day")->asksForPeriod);
        asked.cohorts.emplace("p", parseQuery("login@period").value());
        QVERIFY(dependsOnPeriod(parseQuery("bill & ~$p").value(), &asked.cohorts));
        QVERIFY(!dependsOnPeriod(parseQuery("bill & ~$p").value(), nullptr));
    }

    void namesThePopulationAsThePartAtFault() {
        Asked asked;
        asked.population = parseQuery("premium & lgoin").value();
        QVERIFY(asked.resolve("login").has_value()); // not needed, not looked at
        for (const char* text : {"~login", "atmost(1, login, bill)", "exactly(0, login)",
                                 "atleast(0, login)", "$not"}) {
            asked.cohorts.insert_or_assign("not", parseQuery("~login").value());
            const auto node = asked.resolve(text);
            QVERIFY2(!node, text);
            QCOMPARE(node.error().part, std::string("population"));
            QVERIFY(node.error().place == (TextSpan{10, 5}));
        }
        // Inside its own query it means everyone.
        asked.population = parseQuery("~premium").value();
        QVERIFY(asked.resolve("~login").has_value());
    }

    void looksUpTextIds() {
        Asked asked;
        asked.findText = [](const std::string& text) -> Result<std::optional<std::uint32_t>> {
            return text == "u-1" ? std::optional<std::uint32_t>(7) : std::nullopt;
        };
        const auto node = asked.resolve("ids(3, \"u-1\")");
        QVERIFY(node.has_value());
        QVERIFY(asked.plan.node(node->node).constant == (Bitmap{3, 7}));
        const auto unknown = asked.resolve("premium & ids(\"u-2\")");
        QVERIFY(!unknown && unknown.error().place == (TextSpan{14, 5}));
        QVERIFY(unknown.error().english().find("there is no user \"u-2\"") != std::string::npos);
    }

    // Equal parts are one node, in whatever order they stand.
    void sharesWhatIsEqual() {
        Asked asked;
        const auto one = asked.resolve("login@day & bill@month");
        const auto other = asked.resolve("bill@2026-01 & login@2026-01-10");
        QVERIFY(one && other && one->node == other->node);
        QVERIFY(asked.resolve("login@day - bill")->node != asked.resolve("bill - login@day")->node);
        QCOMPARE(asked.resolve("login@day-1")->node, asked.plan.empty());
        QCOMPARE(asked.resolve("login@day ^ login@day")->node, asked.plan.empty());
        QCOMPARE(asked.resolve("atleast(3, login@day, bill)")->node, asked.plan.empty());
    }
};

QTEST_APPLESS_MAIN(TestResolver)
#include "test_resolver.moc"
