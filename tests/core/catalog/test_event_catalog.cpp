// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue against a plain std::set of keys, and what an absent key means.
#include <QTest>

#include <algorithm>
#include <set>

#include "core/catalog/key_scheme.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using test::below;

namespace {

using Key = std::tuple<std::string, Kind, std::int32_t>;

std::string randomName(std::mt19937_64& random) {
    static const std::string kPieces[] = {"_", ":", "#",    "/", "-",      " ",   "u",    "2020-1",
                                          "W", "a", "\xFF", "Z", "bitop_", "log", "\xC3", "*"};
    std::string name;
    for (std::uint64_t i = 0, n = below(random, 4); i < n; ++i) {
        name += kPieces[below(random, std::size(kPieces))];
    }
    return name.starts_with("bitop_") ? "x" + name : name;
}

std::set<Key> randomKeys(std::mt19937_64& random) {
    std::set<Key> keys;
    for (std::uint64_t e = 0, events = below(random, 6); e < events; ++e) {
        const std::string name = randomName(random);
        for (std::uint64_t i = 0, n = below(random, 40); i < n; ++i) {
            const auto kind = static_cast<Kind>(below(random, kKindCount));
            const std::int32_t near =
                kind == Kind::Unique
                    ? 0
                    : periodAt(granularityOf(kind), parseIso("2020-01-01T00:00:00Z").value()).index;
            keys.emplace(name, kind,
                         kind == Kind::Unique ? 0 : near + static_cast<int>(below(random, 30)));
        }
    }
    return keys;
}

EventCatalog catalogOf(const std::set<Key>& keys, std::mt19937_64& random) {
    std::vector<Key> shuffled(keys.begin(), keys.end());
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    CatalogBuilder builder("bitmapist_");
    for (const auto& [name, kind, period] : shuffled) {
        builder.add(formatKey("bitmapist_", name, kind, period));
        if (below(random, 5) == 0) { // a listing may repeat itself
            builder.add(formatKey("bitmapist_", name, kind, period));
        }
    }
    return builder.finish();
}

EventEntry entryWith(const char* name, std::vector<Coverage::Run> days) {
    EventEntry entry;
    entry.name = name;
    entry.kinds[static_cast<std::size_t>(Kind::Day)] = Coverage::fromRuns(std::move(days)).value();
    return entry;
}

std::vector<std::string> names(const EventCatalog& catalog, const std::vector<EventId>& ids) {
    std::vector<std::string> result;
    result.reserve(ids.size());
    for (const EventId id : ids) {
        result.push_back(catalog.entry(id).name);
    }
    return result;
}

} // namespace

class TestEventCatalog : public QObject {
    Q_OBJECT
private slots:
    void holdsWhatWasListed() {
        std::mt19937_64 random(41);
        for (int round = 0; round < 1000; ++round) {
            const std::set<Key> keys = randomKeys(random);
            const EventCatalog catalog = catalogOf(keys, random);
            std::set<Key> listed;
            std::set<std::string> events;
            for (const EventEntry& entry : catalog.entries()) {
                events.insert(entry.name);
                for (std::size_t k = 0; k < kKindCount; ++k) {
                    for (const std::int32_t period : entry.kinds[k].indices()) {
                        QVERIFY(listed.emplace(entry.name, static_cast<Kind>(k), period).second);
                    }
                }
            }
            QVERIFY(listed == keys);
            QCOMPARE(catalog.size(), events.size());
            QCOMPARE(catalog.keyCount(), keys.size());
            for (int i = 0; i < 30; ++i) {
                const Key* known = nullptr;
                if (!keys.empty()) {
                    known = &*std::next(keys.begin(),
                                        static_cast<std::ptrdiff_t>(below(random, keys.size())));
                }
                const auto name =
                    known != nullptr && i % 3 != 0 ? std::get<0>(*known) : randomName(random);
                const auto kind = static_cast<Kind>(below(random, kKindCount));
                const std::int32_t period =
                    (known != nullptr && kind == std::get<1>(*known) ? std::get<2>(*known) : 0) +
                    static_cast<int>(below(random, 3)) - 1;
                const auto id = catalog.find(name);
                QCOMPARE(id.has_value(), events.count(name) > 0);
                QCOMPARE(id && catalog.has({*id, kind, period}),
                         keys.count({name, kind, period}) > 0);
                QCOMPARE(catalog.anyEventHas(kind, period),
                         std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
                             return std::get<1>(key) == kind && std::get<2>(key) == period;
                         }));
            }
        }
    }

    void namesTheKeysOfEveryone() {
        std::mt19937_64 random(42);
        for (int round = 0; round < 300; ++round) {
            const std::set<Key> keys = randomKeys(random);
            const EventCatalog catalog = catalogOf(keys, random);
            std::set<Key> expected;
            for (const EventEntry& entry : catalog.entries()) {
                for (const Kind kind : {Kind::Month, Kind::Week, Kind::Day, Kind::Hour}) {
                    const std::size_t before = expected.size();
                    for (const Key& key : keys) {
                        if (std::get<0>(key) == entry.name && std::get<1>(key) == kind) {
                            expected.insert(key);
                        }
                    }
                    if (expected.size() > before) {
                        break;
                    }
                }
                if (keys.count({entry.name, Kind::Unique, 0}) > 0) {
                    expected.emplace(entry.name, Kind::Unique, 0);
                }
            }
            std::set<Key> named;
            for (const BitmapKey& key : catalog.everyoneKeys()) {
                named.emplace(catalog.entry(key.event).name, key.kind, key.period);
            }
            QVERIFY(named == expected);
            QCOMPARE(catalog.everyoneKeys().size(), expected.size());
        }
    }

    void coversWithHoles() {
        std::mt19937_64 random(43);
        for (int round = 0; round < 1000; ++round) {
            std::set<std::int32_t> indices;
            std::vector<std::int32_t> listed;
            for (std::uint64_t i = 0, n = below(random, 40); i < n; ++i) {
                const auto index = static_cast<std::int32_t>(below(random, 60)) - 30;
                indices.insert(index);
                listed.push_back(index);
            }
            const Coverage coverage = Coverage::fromIndices(listed);
            QCOMPARE(coverage.isEmpty(), indices.empty());
            QCOMPARE(coverage.count(), indices.size());
            QCOMPARE(coverage.indices(), std::vector<std::int32_t>(indices.begin(), indices.end()));
            for (std::int32_t index = -32; index < 32; ++index) {
                QCOMPARE(coverage.contains(index), indices.count(index) > 0);
                const std::int32_t last = index + static_cast<std::int32_t>(below(random, 20));
                const auto inside =
                    std::distance(indices.lower_bound(index), indices.lower_bound(last));
                QCOMPARE(coverage.countIn(index, last), static_cast<std::uint64_t>(inside));
            }
            if (!indices.empty()) {
                QCOMPARE(coverage.first(), *indices.begin());
                QCOMPARE(coverage.last(), *indices.rbegin());
            }
            const auto runs = coverage.runs();
            QVERIFY(Coverage::fromRuns({runs.begin(), runs.end()}) == coverage);
        }
        QVERIFY(!Coverage::fromRuns({{1, 1}}));
        QVERIFY(!Coverage::fromRuns({{2, 1}}));
        QVERIFY(!Coverage::fromRuns({{1, 3}, {3, 5}})); // they touch
        QVERIFY(!Coverage::fromRuns({{4, 5}, {1, 2}}));
    }

    void searches() {
        std::vector<EventEntry> entries;
        for (const char* name :
             {"login", "Login page", "os:login", "LOGOUT", "visit", "", "\xFF"}) {
            entries.push_back(entryWith(name, {{0, 1}}));
        }
        const EventCatalog catalog(std::move(entries));
        using Names = std::vector<std::string>;
        // Names that begin with the text first, each part in the order of bytes.
        QCOMPARE(names(catalog, catalog.search("login")),
                 (Names{"Login page", "login", "os:login"}));
        QCOMPARE(names(catalog, catalog.search("LOG")),
                 (Names{"LOGOUT", "Login page", "login", "os:login"}));
        QCOMPARE(names(catalog, catalog.search("N P")), Names{"Login page"});
        QCOMPARE(names(catalog, catalog.search("\xFF")), Names{"\xFF"});
        QCOMPARE(names(catalog, catalog.search("nobody")), Names());
        QCOMPARE(catalog.search("").size(), std::size_t{7});
    }

    void findsTheNearestNames() {
        std::vector<EventEntry> entries;
        for (const char* name : {"login", "logout", "signup", "payment:made", "os:ios"}) {
            entries.push_back(entryWith(name, {{0, 1}}));
        }
        const EventCatalog catalog(std::move(entries));
        using Names = std::vector<std::string>;
        QCOMPARE(catalog.nearest("lgoin"), Names{"login"}); // neighbours swapped
        QCOMPARE(catalog.nearest("Login"), Names{"login"}); // another case
        QCOMPARE(catalog.nearest("logint"), (Names{"login", "logout"}));
        QCOMPARE(catalog.nearest("logint", 1), Names{"login"});
        QCOMPARE(catalog.nearest("payment"), Names{"payment:made"}); // typed in part
        QCOMPARE(catalog.nearest("zzz"), Names());
        QCOMPARE(catalog.nearest(""), Names());
    }

    // Rules (a), (b) and (c) of what an absent key means.
    void tellsMissingFromZero_data() {
        QTest::addColumn<QByteArray>("event");
        QTest::addColumn<int>("day");
        QTest::addColumn<int>("expected");
        const auto row = [](const char* tag, const char* event, int day, Presence presence) {
            QTest::newRow(tag) << QByteArray(event) << day << static_cast<int>(presence);
        };
        row("stored", "holes", 100, Presence::Present);
        row("before its first key", "holes", 99, Presence::Missing);
        row("nobody has that day", "holes", 130, Presence::Missing);
        row("others have it", "holes", 105, Presence::Zero);
        row("after its last key", "holes", 160, Presence::Zero);
        row("a regular event", "regular", 150, Presence::Missing);
        row("a regular event, after its last key", "regular", 185, Presence::Missing);
        row("the running day", "holes", 199, Presence::Running);
        row("the running day, stored", "other", 199, Presence::Present);
        row("tomorrow", "holes", 200, Presence::Future);
        row("tomorrow, stored", "other", 200, Presence::Future);
    }
    void tellsMissingFromZero() {
        QFETCH(QByteArray, event);
        QFETCH(int, day);
        QFETCH(int, expected);
        const EventCatalog catalog({
            entryWith("holes", {{100, 101}, {140, 141}}),
            // 1 of 80 is absent; with the rest of them 130 has nobody.
            entryWith("regular", {{101, 130}, {131, 150}, {151, 181}}),
            entryWith("other", {{50, 130}, {131, 201}}),
        });
        const Instant asOf = startOf({Granularity::Day, 199}) + std::chrono::hours(5);
        const BitmapKey key{catalog.find(event.toStdString()).value(), Kind::Day, day};
        QCOMPARE(static_cast<int>(presenceOf(catalog, key, asOf)), expected);
    }

    void callsAnEventRegularFrom95Percent() {
        for (const int stored : {94, 95}) { // of 100 periods, the first and the last among them
            const EventCatalog catalog(
                {entryWith("a", {{0, stored - 1}, {99, 100}}), entryWith("other", {{0, 100}})});
            const Presence presence =
                presenceOf(catalog, {0, Kind::Day, 98}, startOf({Granularity::Day, 200}));
            QVERIFY(presence == (stored == 95 ? Presence::Missing : Presence::Zero));
        }
    }
};

QTEST_APPLESS_MAIN(TestEventCatalog)
#include "test_event_catalog.moc"
