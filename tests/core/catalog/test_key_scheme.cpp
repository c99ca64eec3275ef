// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "core/catalog/key_scheme.h"

using namespace cohortist;
using namespace std::string_literals;

namespace {

// event|kind|period, or "nothing"; the older unique form is marked.
std::string parsed(const std::string& key, const std::string& prefix) {
    const auto result = parseKey(key, prefix);
    if (!result) {
        return "nothing";
    }
    std::string text = std::string(result->event) + "|" + std::string(nameOf(result->kind));
    if (result->kind != Kind::Unique) {
        text += "|" + toText({granularityOf(result->kind), result->period});
    }
    return text + (result->isOlderUnique ? "|older" : "");
}

std::vector<std::string> prefixesOf(const std::vector<std::string>& keys) {
    return detectPrefixes(keys);
}

EventCatalog catalogOf(const std::vector<std::string>& keys, const std::string& prefix,
                       bool isPrefixGiven = false) {
    CatalogBuilder builder(prefix, isPrefixGiven);
    for (const std::string& key : keys) {
        builder.add(key);
    }
    return builder.finish();
}

} // namespace

class TestKeyScheme : public QObject {
    Q_OBJECT
private slots:
    void readsKeys_data() {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const std::string& key, const std::string& expected) {
            QTest::newRow(QByteArray::fromStdString(key).toPercentEncoding().constData())
                << QByteArray::fromStdString("trackist_" + key)
                << QByteArray::fromStdString(expected);
        };
        row("login_2020-1-25-15", "login|hour|2020-01-25T15");
        row("login_2020-1-25", "login|day|2020-01-25");
        row("login_W2020-4", "login|week|2020-W04");
        row("login_2020-1", "login|month|2020-01");
        row("premium_u", "premium|unique");
        row("agerange#3040", "agerange#3040|unique|older");
        row("_2026-11", "|month|2026-11");
        row("_u", "|unique");
        row("", "|unique|older");
        // Only the last underscore counts, and only before a period or u.
        row("a_b_c_2020-1", "a_b_c|month|2020-01");
        row("a_2020-1_2020-2", "a_2020-1|month|2020-02");
        row("a_u_u", "a_u|unique");
        row("a_u_2020-1", "a_u|month|2020-01");
        row("sign_up", "sign_up|unique|older");
        row("a_2020", "a_2020|unique|older"); // no year is ever stored
        row("a_2020-01", "a_2020-01|unique|older");
        row("a_2020-13", "a_2020-13|unique|older");
        row("a_W2021-53", "a_W2021-53|unique|older");
        row("a_2020-1-25-24", "a_2020-1-25-24|unique|older");
        row("a_U", "a_U|unique|older");
        row("a-2020-1", "a-2020-1|unique|older");
        // Any bytes.
        row("os:ios_2020-1", "os:ios|month|2020-01");
        row("a/b/c_2020-1", "a/b/c|month|2020-01");
        row("my event_2020-1", "my event|month|2020-01");
        row("-_2020-1", "-|month|2020-01");
        row("#_2020-1", "#|month|2020-01");
        row("caf\xE9\xFF_2020-1", "caf\xE9\xFF|month|2020-01");
        row("a\0b\n_2020-1"s, "a\0b\n|month|2020-01"s);
        row("*[?]_u", "*[?]|unique");
        row(std::string(32768, 'x') + "_2020-1", std::string(32768, 'x') + "|month|2020-01");
        // Temporary results, always hidden.
        row("bitop_AND_trackist_a_2020-1-trackist_b_2020-1", "nothing");
        row("bitop_OR_trackist_a_u", "nothing");
        row("bitop_", "nothing");
        row("bitop", "bitop|unique|older");
        row("a_bitop_2020-1", "a_bitop|month|2020-01");
    }
    void readsKeys() {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, expected);
        const std::string bytes = key.toStdString();
        QCOMPARE(QByteArray::fromStdString(parsed(bytes, "trackist_")), expected);
        QCOMPARE(parsed(bytes, "bitmapist_"), std::string("nothing"));
        if (const auto result = parseKey(bytes, "trackist_")) {
            QVERIFY(formatKey("trackist_", result->event, result->kind, result->period,
                              result->isOlderUnique) == bytes);
        }
    }

    void takesAnyPrefix() {
        QCOMPARE(parsed("login_2020-1", ""), std::string("login|month|2020-01"));
        QCOMPARE(parsed("{tag}:login_2020-1", "{tag}:"), std::string("login|month|2020-01"));
        QCOMPARE(parsed("bitmapist__login_2020-1", "bitmapist__"),
                 std::string("login|month|2020-01"));
        QCOMPARE(parsed("bitmapist__login_2020-1", "bitmapist_"),
                 std::string("_login|month|2020-01"));
        QCOMPARE(parsed("trackist", "trackist_"), std::string("nothing"));
    }

    void detectsKnownPrefixes() {
        using Names = std::vector<std::string>;
        QCOMPARE(prefixesOf({}), Names());
        QCOMPARE(prefixesOf({"trackist_a_2020-1"}), Names{"trackist_"});
        QCOMPARE(prefixesOf({"bitmapist_a_2020-1", "bitmapist_b_u"}), Names{"bitmapist_"});
        QCOMPARE(prefixesOf({"bitmapist__a_W2020-1"}), Names{"bitmapist__"});
        // The one with more dated keys comes first.
        QCOMPARE(prefixesOf({"trackist_a_2020-1", "bitmapist_a_2020-1", "bitmapist_a_2020-2"}),
                 (Names{"bitmapist_", "trackist_"}));
        QCOMPARE(prefixesOf({"trackist_a_2020-1", "trackist_a_2020-2", "bitmapist_a_2020-2"}),
                 (Names{"trackist_", "bitmapist_"}));
        // Flags and temporary results say nothing.
        QCOMPARE(prefixesOf({"trackist_a_u", "bitmapist_b", "x_u"}), Names());
        QCOMPARE(prefixesOf({"trackist_bitop_OR_trackist_a_2020-1-trackist_a_2020-2"}), Names());
        QCOMPARE(prefixesOf({"bitmapist__bitop_OR_bitmapist__a_2020-1-bitmapist__a_2020-2"}),
                 Names());
        // The empty event of bitmapist_, not a flag of bitmapist__.
        QCOMPARE(prefixesOf({"bitmapist__2026-11", "bitmapist_a_2026-11"}), Names{"bitmapist_"});
    }

    void detectsAnApplicationsOwnPrefix() {
        using Names = std::vector<std::string>;
        QCOMPARE(prefixesOf({"acme_login_2020-1", "acme_visit_2020-1", "cache:x"}), Names{"acme_"});
        QCOMPARE(prefixesOf({"acme_login_2020-1", "acme_logout_W2020-1"}), Names{"acme_"});
        QCOMPARE(prefixesOf({"a_b__x_2020-1", "a_b__y_2020-1"}), Names{"a_b__"});
        QCOMPARE(prefixesOf({"9f-c2_x_2020-1", "9f-c2_y_2020-1", "trackist_a_2020-1"}),
                 (Names{"trackist_", "9f-c2_"}));
        QCOMPARE(prefixesOf({"x_2020-1", "y_2020-1"}), Names()); // nothing in common
    }

    // Whatever is detected must make events out of the keys, also where there is but one event.
    void detectsAPrefixThatWorks() {
        for (const char* const key : {"acme_login_2020-1-1", "acme_login_W2020-1", "acme__2020-1",
                                      "a_b_c_2020-1-1-5", "bitmapist__2026-11"}) {
            const auto prefixes = prefixesOf({key});
            QCOMPARE(prefixes.size(), std::size_t{1});
            const EventCatalog catalog = catalogOf({key}, prefixes.front());
            QVERIFY2(catalog.size() == 1 && catalog.lastEnd(), key);
        }
    }

    void buildsACatalogue() {
        const EventCatalog catalog =
            catalogOf({"trackist_b_2020-1-2", "trackist_b_2020-1-1", "trackist_b_2020-1-1",
                       "trackist_b_2020-1-4", "trackist_a_u", "trackist_b_W2020-1",
                       "other_x_2020-1", "trackist_bitop_OR_trackist_b_2020-1-1"},
                      "trackist_");
        QCOMPARE(catalog.size(), std::size_t{2});
        QCOMPARE(catalog.entry(0).name, std::string("a"));
        QVERIFY(!catalog.entry(0).uniqueIsOlderForm && !catalog.entry(0).coarsestKind());
        QVERIFY(catalog.entry(0).finestKind() == Kind::Unique);
        const EventEntry& b = catalog.entry(1);
        QCOMPARE(b.of(Kind::Day).count(), std::uint64_t{3});
        QCOMPARE(b.of(Kind::Day).runs().size(), std::size_t{2});
        QCOMPARE(b.keyCount(), std::uint64_t{4});
        QVERIFY(b.finestKind() == Kind::Day && b.coarsestKind() == Kind::Week);
        QCOMPARE(catalog.keyCount(), std::uint64_t{5});
        QCOMPARE(toIso(*catalog.lastEnd()), std::string("2020-01-06T00:00:00Z"));
    }

    void countsTheOlderFormWithCare() {
        // Not without a sign that the prefix is in use.
        QCOMPARE(catalogOf({"trackist_age"}, "trackist_").size(), std::size_t{0});
        QCOMPARE(catalogOf({"trackist_age", "trackist_b_u"}, "trackist_").size(), std::size_t{1});
        const EventCatalog given = catalogOf({"trackist_age"}, "trackist_", true);
        QCOMPARE(given.size(), std::size_t{1});
        QVERIFY(given.entry(0).uniqueIsOlderForm && !given.entry(0).hasBothUniqueForms);
        // The dated key may come later.
        const EventCatalog dated = catalogOf({"trackist_age", "trackist_b_2020-1"}, "trackist_");
        QCOMPARE(dated.size(), std::size_t{2});
        QVERIFY(dated.entry(0).uniqueIsOlderForm);
        // _u counts where both exist, in either order.
        for (const bool isSwapped : {false, true}) {
            std::vector<std::string> keys = {"trackist_a", "trackist_a_u", "trackist_b_2020-1"};
            if (isSwapped) {
                std::swap(keys[0], keys[1]);
            }
            const EventCatalog both = catalogOf(keys, "trackist_");
            QVERIFY(both.entry(0).hasBothUniqueForms && !both.entry(0).uniqueIsOlderForm);
            QCOMPARE(both.entry(0).keyCount(), std::uint64_t{1});
        }
    }
};

QTEST_APPLESS_MAIN(TestKeyScheme)
#include "test_key_scheme.moc"
