// SPDX-License-Identifier: GPL-3.0-or-later
// The list of keys of a bitmapist-server that has many, kept between sessions: asked for again as
// soon as there are more or fewer, and whenever the file is not as it was written.
#include <QTest>

#include <algorithm>

#include "core/catalog/key_scheme.h"
#include "core/store/kept/kept_listing.h"
#include "tests/support/bitmapist_stand_in.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

std::map<std::string, std::string> strings(int days) {
    std::map<std::string, std::string> data;
    for (int day = 1; day <= days; ++day) {
        data["trackist_a/b_2026-1-" + std::to_string(day)] = "\x0f";
    }
    data["trackist_flag_u"] = "\x01";
    data["trackist_older"] = "\x03";
    data["trackist_both_u"] = "\x01";
    data["trackist_both"] = "\x02";
    return data;
}

std::size_t scansOf(FakeServer& server) {
    const auto commands = server.commands();
    return static_cast<std::size_t>(std::count_if(
        commands.begin(), commands.end(), [](const Words& words) { return words[0] == "SCAN"; }));
}

} // namespace

class TestKeptListing : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    RedisOptions m_options;

private slots:
    void init() {
        m_folder = fastFolder();
        m_options = patient();
        m_options.kept = KeptOptions{};
        m_options.kept->folder = m_folder->filePath("periods").toStdString();
        m_options.access.listing.answerKeys = 20;
    }

    void asksOnceForALongList() {
        for (const char* parameters : {"", "?prefix=trackist_"}) {
            init();
            BitmapistStandIn standIn(strings(28));
            FakeServer server(standIn.script());
            const auto first = openAt(server.address() + parameters, m_options);
            QVERIFY2(first.has_value(), troubleOf(first).c_str());
            const std::size_t scans = scansOf(server);
            QVERIFY(scans > 0);
            const auto second = openAt(server.address() + parameters, m_options);
            QVERIFY2(second.has_value(), troubleOf(second).c_str());
            QCOMPARE(scansOf(server), scans);
            QVERIFY(std::ranges::equal((*first)->catalog()->entries(),
                                       (*second)->catalog()->entries()));
            QCOMPARE((*second)->info().prefix, std::string("trackist_"));
            QVERIFY(readAll(**first, {}, {}) == readAll(**second, {}, {}));

            static_cast<void>(standIn.answer({"SET", "trackist_new_2026-2-1", "x"}));
            const auto third = openAt(server.address() + parameters, m_options);
            QVERIFY2(third.has_value(), troubleOf(third).c_str());
            QVERIFY(scansOf(server) > scans);
            QVERIFY((*third)->catalog()->find("new").has_value());
        }
    }

    // As many keys as yesterday may be others: a day's have come, and a day's have expired.
    void asksAgainOnANewDay() {
        BitmapistStandIn standIn(strings(28));
        FakeServer server(standIn.script());
        m_options.asOf = *parseIso("2026-01-28T23:59:59Z");
        QVERIFY(openAt(server.address(), m_options).has_value());
        const std::size_t scans = scansOf(server);
        QVERIFY(openAt(server.address(), m_options).has_value());
        QCOMPARE(scansOf(server), scans);
        static_cast<void>(standIn.answer({"SET", "trackist_a/b_2026-1-29", "x"}));
        static_cast<void>(standIn.answer({"DEL", "trackist_a/b_2026-1-1"}));
        m_options.asOf = *parseIso("2026-01-29T00:00:00Z");
        const auto store = openAt(server.address(), m_options);
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        const BitmapKey newDay{*(*store)->catalog()->find("a/b"), Kind::Day,
                               parsePeriod("2026-01-29")->index};
        QVERIFY((*store)->catalog()->has(newDay));
    }

    void asksAgainWhenTold() {
        BitmapistStandIn standIn(strings(28));
        FakeServer server(standIn.script());
        QVERIFY(openAt(server.address(), m_options).has_value());
        const std::size_t scans = scansOf(server);
        m_options.kept->readsAgain = true;
        QVERIFY(openAt(server.address(), m_options).has_value());
        QCOMPARE(scansOf(server), 2 * scans);
    }

    void keepsNoShortList() {
        BitmapistStandIn standIn(strings(3));
        FakeServer server(standIn.script());
        QVERIFY(openAt(server.address(), m_options).has_value());
        const std::size_t scans = scansOf(server);
        QVERIFY(openAt(server.address(), m_options).has_value());
        QCOMPARE(scansOf(server), 2 * scans);
        QVERIFY(keptSources(m_options.kept->folder).empty());
    }

    // Every byte of the file changed, and every length of it.
    void believesNoOtherFile() {
        CatalogBuilder builder("trackist_");
        for (const auto& [key, value] : strings(3)) {
            builder.add(key);
        }
        const ListedCatalog listed{"trackist_", builder.finish()};
        const ListingName name{"redis://somewhere:6379", {}};
        const KeptOptions& options = *m_options.kept;
        QVERIFY(saveListing(options, name, {7, 3}, listed).has_value());
        const auto loaded = loadListing(options, name, {7, 3});
        QVERIFY(loaded.has_value());
        QCOMPARE(loaded->prefix, listed.prefix);
        QVERIFY(std::ranges::equal(loaded->catalog.entries(), listed.catalog.entries()));
        QVERIFY(!loadListing(options, name, {8, 3}));
        QVERIFY(!loadListing(options, name, {7, 4}));
        QVERIFY(!loadListing(options, {name.source, "trackist_"}, {7, 3}));
        QVERIFY(!loadListing(options, {"redis://elsewhere:6379", {}}, {7, 3}));
        const std::string file = keptSources(options.folder).at(0).folder + "/listing";
        const std::string bytes = bytesOfFile(file);
        QVERIFY(!bytes.empty());
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            std::string changed = bytes;
            changed[i] = static_cast<char>(changed[i] ^ 0x20);
            writeBytes(file, changed);
            QVERIFY2(!loadListing(options, name, {7, 3}), std::to_string(i).c_str());
            writeBytes(file, bytes.substr(0, i));
            QVERIFY2(!loadListing(options, name, {7, 3}), std::to_string(i).c_str());
        }
        writeBytes(file, bytes);
        QVERIFY(loadListing(options, name, {7, 3}).has_value());
    }
};

QTEST_GUILESS_MAIN(TestKeptListing)
#include "test_kept_listing.moc"
