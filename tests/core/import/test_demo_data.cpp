// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <filesystem>
#include <set>

#include "core/import/demo_data.h"
#include "core/store/snapshot/snapshot_check.h"
#include "core/store/snapshot/snapshot_store.h"
#include "tests/support/random_stores.h"

using namespace cohortist;
using namespace cohortist::test;

class TestDemoData : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        m_folder = fastFolder();
        m_path = file("a.cohorts");
        m_options.users = 20'000;
        m_options.days = 60;
        QVERIFY(writeDemo(m_options, m_path, {}));
        const auto store = openSnapshot(m_path, {});
        QVERIFY(store);
        m_store = *store;
        const auto keys = keysOf(*m_store->catalog());
        QVERIFY(m_store->read(keys, {},
                              [&](std::size_t index, KeyRead read) {
                                  QVERIFY(read.state == KeyState::Read);
                                  m_sets[keys[index]] = std::move(read.bitmap);
                              },
                              {}));
    }

    void sameOptionsSameBytes() {
        const std::string again = file("b.cohorts");
        QVERIFY(writeDemo(m_options, again, {}));
        QVERIFY(bytesOfFile(again) == bytesOfFile(m_path));
        DemoOptions other = m_options;
        other.seed = 2;
        QVERIFY(writeDemo(other, again, {}));
        QVERIFY(bytesOfFile(again) != bytesOfFile(m_path));
        QVERIFY(checkSnapshot(m_path, {})->isOk());
    }

    // Fixed numbers: another machine or compiler must give the same.
    void sameCountsEverywhere() {
        QCOMPARE(set("active", Kind::Day, m_options.end.index).count(), kActiveOnLastDay);
        QCOMPARE(set("signup", Kind::Unique, 0).count(), 16'000U);
        QCOMPARE(set("premium", Kind::Unique, 0).count(), kPremium);
    }

    void periodsAreTheirDays() {
        const EventCatalog& catalog = *m_store->catalog();
        const std::int32_t outage = lostDay();
        for (EventId event = 0; event < catalog.size(); ++event) {
            for (const Kind kind : {Kind::Week, Kind::Month}) {
                for (const std::int32_t period : catalog.entry(event).of(kind).indices()) {
                    const Period whole{granularityOf(kind), period};
                    std::vector<Bitmap> days;
                    bool holdsOutage = false;
                    for (Period day = periodAt(Granularity::Day, startOf(whole));
                         startOf(day) < endOf(whole); day = shifted(day, 1)) {
                        days.push_back(stored({event, Kind::Day, day.index}));
                        holdsOutage = holdsOutage || day.index == outage;
                    }
                    const Bitmap united = Bitmap::unite(days);
                    const Bitmap found = stored({event, kind, period});
                    const Bitmap both = Bitmap::unite(std::vector<Bitmap>{united, found});
                    QVERIFY(both == found);
                    QVERIFY(holdsOutage || united == found);
                }
            }
        }
    }

    void hoursMakeUpTheirDay() {
        const EventId login = *m_store->catalog()->find("login");
        QVERIFY(m_store->catalog()->entry(login).hasKind(Kind::Hour));
        for (const std::int32_t day : m_store->catalog()->entry(login).of(Kind::Day).indices()) {
            std::vector<Bitmap> hours;
            hours.reserve(24);
            for (std::int32_t hour = 0; hour < 24; ++hour) {
                hours.push_back(stored({login, Kind::Hour, day * 24 + hour}));
            }
            QVERIFY(Bitmap::unite(hours) == stored({login, Kind::Day, day}));
        }
    }

    void oneDayIsLost() {
        const std::int32_t outage = lostDay();
        QVERIFY(outage > m_options.end.index - 60 && outage < m_options.end.index);
        for (const auto& [key, found] : m_sets) {
            QVERIFY(key.kind != Kind::Day || key.period != outage);
            QVERIFY(key.kind != Kind::Hour || key.period / 24 != outage);
        }
        // Its week is there all the same, with more users than its other days have.
        const Period week = periodAt(Granularity::Week, startOf({Granularity::Day, outage}));
        QVERIFY(!set("active", Kind::Week, week.index).isEmpty());
    }

    void signupsAreOnceAndGrow() {
        std::uint64_t total = 0;
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        for (std::int32_t day = m_options.end.index - 59; day <= m_options.end.index; ++day) {
            const std::uint64_t count = set("signup", Kind::Day, day).count();
            total += count;
            (day <= m_options.end.index - 39 ? first : last) += count;
        }
        QVERIFY(total <= 16'000); // but for those of the lost day
        QVERIFY(total > 15'000);
        QVERIFY(last > 2 * first);
    }

    void returnDecays() {
        const Bitmap cohort = set("signup", Kind::Day, m_options.end.index - 50);
        const auto back = [&](int days) {
            std::uint64_t count = 0;
            const Bitmap active = set("active", Kind::Day, m_options.end.index - 50 + days);
            for (const std::uint32_t id : cohort.ids()) {
                count += active.contains(id);
            }
            return count * 1000 / cohort.count();
        };
        QCOMPARE(back(0), 1000U);
        QVERIFY(back(1) > back(7) && back(7) > back(49) && back(49) > 0);
        QVERIFY(back(1) > 150 && back(1) < 700);
    }

    void flagsAreUniqueAlone() {
        for (const char* flag : {"premium", "newsletter", "agerange#1829", "agerange#3040"}) {
            const EventEntry& entry = m_store->catalog()->entry(*m_store->catalog()->find(flag));
            QVERIFY(entry.hasKind(Kind::Unique));
            QCOMPARE(entry.keyCount(), 1U);
        }
        std::uint64_t sum = 0;
        std::vector<Bitmap> ages;
        for (const char* age : {"1829", "3040", "4150", "5199"}) {
            ages.push_back(set((std::string("agerange#") + age).c_str(), Kind::Unique, 0));
            sum += ages.back().count();
        }
        QCOMPARE(Bitmap::unite(ages).count(), sum); // nobody has two ages
    }

    void aRareEventIsRare() {
        const EventId rare = *m_store->catalog()->find("billing:failed");
        const std::uint64_t days = m_store->catalog()->entry(rare).of(Kind::Day).count();
        QVERIFY(days > 0 && set("billing:failed", Kind::Month, lastMonth()).count() < 20);
    }

    void everyoneIsWhatTheCatalogueNames() {
        std::vector<Bitmap> sets;
        for (const BitmapKey& key : m_store->catalog()->everyoneKeys()) {
            sets.push_back(m_sets[key]);
        }
        QVERIFY(Bitmap::unite(sets) == m_sets[BitmapKey::everyone()]);
        QVERIFY(m_store->info().asOf == endOf(m_options.end));
        QCOMPARE(m_store->info().origin, std::string("demo"));
    }

    void smallAndOddSizes() {
        for (const std::uint32_t users : {0U, 1U, 7U, 300U}) {
            for (const std::uint32_t days : {1U, 2U, 11U, 400U}) {
                DemoOptions options;
                options.users = users;
                options.days = days;
                options.end = {Granularity::Day, 18'628}; // 2021-01-01, in ISO week 2020-W53
                const auto written = writeDemo(options, file("c.cohorts"), {});
                QVERIFY2(written, written ? "" : qPrintable(textOf(written.error())));
                QVERIFY(checkSnapshot(file("c.cohorts"), {})->isOk());
            }
        }
    }

    void refusesOptionsOutOfBounds() {
        const auto code = [&](auto change) {
            DemoOptions options;
            options.users = 10;
            change(options);
            const auto written = writeDemo(options, file("d.cohorts"), {});
            return written ? ErrorCode::Internal : written.error().code;
        };
        QCOMPARE(code([](auto& o) { o.days = 0; }), ErrorCode::Usage);
        QCOMPARE(code([](auto& o) { o.days = 3661; }), ErrorCode::Usage);
        QCOMPARE(code([](auto& o) { o.users = 20'000'001; }), ErrorCode::Usage);
        QCOMPARE(code([](auto& o) { o.end.granularity = Granularity::Week; }), ErrorCode::Usage);
        QCOMPARE(code([](auto& o) { o.end.index = -40'000; }), ErrorCode::Usage);
        QCOMPARE(code([](auto& o) {
                     o.users = 20'000'000;
                     o.days = 3000;
                 }),
                 ErrorCode::Usage);
        QVERIFY(!std::filesystem::exists(file("d.cohorts")));
    }

    void stopsWhenAsked() {
        std::stop_source stop;
        stop.request_stop();
        const auto written = writeDemo(m_options, file("e.cohorts"), JobContext(stop.get_token()));
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::Cancelled);
        QVERIFY(!std::filesystem::exists(file("e.cohorts")));
    }

private:
    static constexpr std::uint64_t kActiveOnLastDay = 1452;
    static constexpr std::uint64_t kPremium = 1089;

    std::string file(const char* name) const { return m_folder->filePath(name).toStdString(); }
    Bitmap set(const char* event, Kind kind, std::int32_t period) const {
        return stored({*m_store->catalog()->find(event), kind, period});
    }
    Bitmap stored(const BitmapKey& key) const {
        const auto found = m_sets.find(key);
        return found == m_sets.end() ? Bitmap() : found->second;
    }
    std::int32_t lastMonth() const {
        return periodAt(Granularity::Month, startOf(m_options.end)).index;
    }
    std::int32_t lostDay() const {
        const EventId active = *m_store->catalog()->find("active");
        const auto runs = m_store->catalog()->entry(active).of(Kind::Day).runs();
        return runs.size() == 2 ? runs[0].last : -1;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
    DemoOptions m_options;
    std::shared_ptr<BitmapStore> m_store;
    std::map<BitmapKey, Bitmap> m_sets;
};

QTEST_APPLESS_MAIN(TestDemoData)
#include "test_demo_data.moc"
