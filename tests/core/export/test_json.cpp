// SPDX-License-Identifier: GPL-3.0-or-later
// Names and texts of any bytes in JSON: no two are alike, and a name is the query that means it.
#include <QTest>

#include <set>

#include "core/export/json.h"
#include "core/store/memory/memory_store.h"

using namespace cohortist;

namespace {

const std::vector<std::string> kNames = {
    "plain",       "two words",        "ev\xFF\xFE", "\"ev\\xFF\\xFE\"",
    "line\nbreak", "\"line\\nbreak\"", "\"",         "\xC3\xA9t\xC3\xA9",
    "\xE2\x80\xAE"};

} // namespace

class TestJson : public QObject {
    Q_OBJECT
private slots:
    void namesAreTheQueriesThatMeanThem() {
        std::vector<MemoryKey> keys;
        keys.reserve(kNames.size());
        for (const std::string& name : kNames) {
            keys.push_back({name, Kind::Unique, 0, Bitmap{1}});
        }
        const MemoryStore store(std::move(keys));
        std::vector<EventId> events;
        for (EventId id = 0; id < store.catalog()->size(); ++id) {
            events.push_back(id);
        }
        const Json json = Json::parse(dump(eventsJson(*store.catalog(), events)));
        QCOMPARE(json.size(), kNames.size());
        for (std::size_t i = 0; i < events.size(); ++i) {
            const auto name = json[i]["name"].get<std::string>();
            const auto query = parseQuery(name);
            QVERIFY2(query, name.c_str());
            QVERIFY(*query == Expr::leaf(store.catalog()->entry(events[i]).name));
        }
    }

    void noTwoTextsAreAlike() {
        std::set<std::string> texts;
        for (const std::string& name : kNames) {
            texts.insert(Json::parse(dump(Json(jsonText(name)))).get<std::string>());
        }
        QCOMPARE(texts.size(), kNames.size());
        QCOMPARE(jsonText("line\nbreak"), std::string("line\nbreak"));
    }
};

QTEST_GUILESS_MAIN(TestJson)
#include "test_json.moc"
