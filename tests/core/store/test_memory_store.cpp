// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "core/store/memory/memory_store.h"

using namespace cohortist;

class TestMemoryStore : public QObject {
    Q_OBJECT
private slots:
    void hasItsKeys() {
        MemoryStore store(
            {{"b", Kind::Day, 5, Bitmap{1, 70000}}, {"a", Kind::Unique, 0, Bitmap{2}}});
        QCOMPARE(store.catalog()->size(), 2U);
        QCOMPARE(store.catalog()->entry(0).name, std::string("a"));
        QVERIFY(read(store, {1, Kind::Day, 5}).bitmap == (Bitmap{1, 70000}));
        QVERIFY(read(store, {1, Kind::Day, 5}, {1, 2}).bitmap == Bitmap{70000});
        QCOMPARE(read(store, {1, Kind::Day, 6}).state, KeyState::NoData);
        QCOMPARE(read(store, {9, Kind::Day, 5}).state, KeyState::NoData);
        QVERIFY(store.info().asOf == endOf({Granularity::Day, 5}));
    }

    void everyoneIsUniqueAndCoarsest() {
        MemoryStore store({{"a", Kind::Day, 5, Bitmap{1}},
                           {"a", Kind::Month, 600, Bitmap{2}},
                           {"a", Kind::Unique, 0, Bitmap{3}},
                           {"b", Kind::Hour, 9, Bitmap{4}}});
        QVERIFY(read(store, BitmapKey::everyone()).bitmap == (Bitmap{2, 3, 4}));
        MemoryOptions options;
        options.everyone = Bitmap{9};
        MemoryStore told({{"a", Kind::Day, 5, Bitmap{1}}}, options);
        QVERIFY(read(told, BitmapKey::everyone()).bitmap == Bitmap{9});
    }

    void failsWhereItIsTold() {
        MemoryStore store({{"a", Kind::Day, 5, Bitmap{1}}, {"a", Kind::Day, 6, Bitmap{2}}});
        store.failKey({0, Kind::Day, 5}, KeyState::Refused, "not for you");
        QCOMPARE(read(store, {0, Kind::Day, 5}).state, KeyState::Refused);
        QCOMPARE(read(store, {0, Kind::Day, 5}).why, std::string("not for you"));
        QVERIFY(read(store, {0, Kind::Day, 5}).bitmap.isEmpty());
        QCOMPARE(read(store, {0, Kind::Day, 6}).state, KeyState::Read);
    }

    void stopsWhenAsked() {
        MemoryStore store({{"a", Kind::Day, 5, Bitmap{1}}});
        std::stop_source stop;
        stop.request_stop();
        const std::vector<BitmapKey> keys = {{0, Kind::Day, 5}};
        const Result<void> done = store.read(
            keys, {}, [](std::size_t, const KeyRead&) {}, JobContext(stop.get_token()));
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::Cancelled);
    }

    void knowsTexts() {
        MemoryOptions options;
        options.textIds = {{7, "seven"}, {3, "three"}};
        MemoryStore store({}, options);
        QVERIFY(store.info().hasTextIds);
        QCOMPARE(store.findText("three")->value_or(0), 3U);
        QVERIFY(!store.findText("four")->has_value());
        const std::vector<std::uint32_t> ids = {3, 4, 7};
        QVERIFY(*store.textsOf(ids) == (std::vector<std::string>{"three", "", "seven"}));
    }

private:
    static KeyRead read(MemoryStore& store, BitmapKey key, ChunkRange range = {}) {
        KeyRead outcome;
        int calls = 0;
        const Result<void> done = store.read(std::span(&key, 1), range,
                                             [&](std::size_t, KeyRead read) {
                                                 outcome = std::move(read);
                                                 ++calls;
                                             },
                                             {});
        return done && calls == 1 ? outcome : KeyRead{KeyState::WrongType, {}, "no outcome"};
    }
};

QTEST_APPLESS_MAIN(TestMemoryStore)
#include "test_memory_store.moc"
