// SPDX-License-Identifier: GPL-3.0-or-later
// What an import writes, held against what the lines of random logs mean.
#include <QTest>

#include <algorithm>
#include <set>

#include "core/import/event_log.h"
#include "core/store/snapshot/snapshot_check.h"
#include "core/store/snapshot/snapshot_store.h"
#include "tests/support/random_log.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

// Event, kind and period of each key, with its users' texts.
using TextSets = std::map<std::tuple<std::string, Kind, std::int32_t>, std::set<std::string>>;

TextSets textSetsOf(BitmapStore& store) {
    TextSets sets;
    const auto keys = keysOf(*store.catalog());
    const auto sink = [&](std::size_t index, const KeyRead& read) {
        const BitmapKey& key = keys[index];
        const std::string name =
            key.isEveryone() ? "everyone" : store.catalog()->entry(key.event).name;
        const auto texts = store.textsOf(read.bitmap.ids());
        sets[{name, key.kind, key.period}] = {texts->begin(), texts->end()};
    };
    return store.read(keys, {}, sink, {}) ? sets : TextSets();
}

} // namespace

class TestEventLog : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        m_folder = fastFolder();
        m_log = m_folder->filePath("log.csv").toStdString();
        m_output = m_folder->filePath("log.cohorts").toStdString();
    }

    void equalsTheLinesMeaning() {
        std::mt19937_64 random(41);
        for (int run = 0; run < 500; ++run) {
            const RandomLog log = randomLog(random);
            writeBytes(m_log, written(log, log.lines, random));
            const auto summary = importEventLog(m_log, log.options, m_output, {});
            QVERIFY2(summary, summary ? "" : qPrintable(describe(run, summary.error())));
            compareWith(contentsOf(log.lines, log.options), run);
            compareSummary(*summary, log, run);
            if (QTest::currentTestFailed()) {
                return;
            }
        }
    }

    void appendedPartsEqualTheWhole() {
        std::mt19937_64 random(42);
        for (int run = 0; run < 100; ++run) {
            RandomLog log = randomLog(random);
            log.options.isSkipping = false;
            std::erase_if(log.lines, [](const LogLine& line) { return line.fault.has_value(); });
            // In the log's order ids are the same as well; shuffled, only with integer ids.
            const bool isShuffled = run % 2 == 0;
            const Contents whole = contentsOf(log.lines, log.options);
            if (isShuffled) {
                std::shuffle(log.lines.begin(), log.lines.end(), random);
            }
            importInParts(log, random);
            if (!isShuffled || !log.options.hasTextIds) {
                compareWith(whole, run);
            } else {
                const auto store = openSnapshot(m_output, {});
                QVERIFY(store);
                QVERIFY(textSetsOf(**store) == textSetsOf(*inMemory(whole)));
                QVERIFY((*store)->info().asOf == whole.asOf);
            }
            QVERIFY(checkSnapshot(m_output, {})->isOk());
            if (QTest::currentTestFailed()) {
                return;
            }
        }
    }

    // Many blocks, so that several workers have a part in it.
    void aLongLogKeepsTheOrderOfFirstAppearance() {
        std::mt19937_64 random(43);
        RandomLog log;
        log.options.hasTextIds = true;
        log.style.columns = "uet";
        for (unsigned i = 0; i < 90'000; ++i) {
            log.lines.push_back({"user" + std::to_string(random() % (i + 1)) + std::string(60, 'x'),
                                 i % 3 == 0 ? "a" : "b",
                                 Instant(std::chrono::seconds(1'700'000'000 + i * 20))});
        }
        const std::string text = written(log, log.lines, random);
        QVERIFY(text.size() > 5U << 20);
        writeBytes(m_log, text);
        QVERIFY(importEventLog(m_log, log.options, m_output, {}));
        compareWith(contentsOf(log.lines, log.options), 0);
    }

    // The data end where the last year does.
    void theFirstAndTheLastDayOfAll() {
        std::mt19937_64 random(44);
        RandomLog log;
        log.options.isHourly = true;
        log.style.columns = "uet";
        for (const int year : {1, 2026, 9999}) {
            const bool isFirst = year == 1;
            log.lines.push_back({std::to_string(year), "a",
                                 std::chrono::sys_days(std::chrono::year(year) /
                                                       (isFirst ? 1 : 12) / (isFirst ? 1 : 31))});
        }
        writeBytes(m_log, written(log, log.lines, random));
        const auto summary = importEventLog(m_log, log.options, m_output, {});
        QVERIFY2(summary, summary ? "" : qPrintable(textOf(summary.error())));
        compareWith(contentsOf(log.lines, log.options), 0);
    }

    void appendingKeepsWhatIsThere() {
        Contents old;
        old.keys = {{"flag", Kind::Unique, 0, Bitmap{9}}, {"login", Kind::Day, 18'000, Bitmap{1}}};
        old.everyone = Bitmap{1, 9, 77}; // one is known who did nothing
        old.asOf = Instant(std::chrono::days(30'000));
        old.prefix = "bitmapist_";
        old.origin = "server";
        QVERIFY(writeSnapshot(old, m_output));
        writeBytes(m_log, "user,event,time\n5,login,2019-04-14\n6,login,2019-04-15\n");
        ImportOptions options;
        options.isAppending = true;
        const auto summary = importEventLog(m_log, options, m_output, {});
        QVERIFY2(summary, summary ? "" : qPrintable(textOf(summary.error())));
        QCOMPARE(summary->users, 2U);
        Contents expected = old;
        expected.keys = {{"flag", Kind::Unique, 0, Bitmap{9}},
                         {"login", Kind::Day, 18'000, Bitmap{1, 5}},
                         {"login", Kind::Day, 18'001, Bitmap{6}},
                         {"login", Kind::Week, 2571, Bitmap{5}},
                         {"login", Kind::Week, 2572, Bitmap{6}},
                         {"login", Kind::Month, 2019 * 12 + 3, Bitmap{5, 6}}};
        expected.everyone = Bitmap{1, 5, 6, 9, 77};
        expected.origin = "server, log.csv";
        compareReadings(expected);
    }

    void newTextsFollowTheGreatestId() {
        Contents old;
        old.keys = {{"a", Kind::Unique, 0, Bitmap{3, 10}}};
        old.texts = {{3, "three"}, {10, "ten"}};
        old.everyone = Bitmap{3, 10};
        QVERIFY(writeSnapshot(old, m_output));
        writeBytes(m_log, "user,event,time\nnew,a,2020-01-01\nten,a,2020-01-01\n");
        ImportOptions options;
        options.hasTextIds = true;
        options.isAppending = true;
        QVERIFY(importEventLog(m_log, options, m_output, {}));
        const auto store = openSnapshot(m_output, {});
        QVERIFY(store);
        QCOMPARE((*store)->textsOf(std::vector<std::uint32_t>{3, 10, 11}).value(),
                 (std::vector<std::string>{"three", "ten", "new"}));
        QCOMPARE((*store)->findText("new").value().value(), 11U);
    }

private:
    static QString describe(int run, const Error& error) {
        return QString("log %1: ").arg(run) + textOf(error);
    }

    void importInParts(const RandomLog& log, std::mt19937_64& random) {
        const std::size_t parts = 1 + random() % 4;
        for (std::size_t part = 0; part < parts; ++part) {
            const std::size_t first = log.lines.size() * part / parts;
            const std::size_t last = log.lines.size() * (part + 1) / parts;
            if (first == last) {
                continue;
            }
            writeBytes(m_log,
                       written(log, std::span(log.lines).subspan(first, last - first), random));
            ImportOptions options = log.options;
            options.isAppending = first > 0;
            const auto summary = importEventLog(m_log, options, m_output, {});
            QVERIFY2(summary, summary ? "" : qPrintable(textOf(summary.error())));
        }
    }

    void compareReadings(const Contents& contents) const {
        const auto memory = inMemory(contents);
        const Reading expected = readAll(*memory, {}, contents.texts);
        const Reading found = readAll(m_output, contents.texts);
        QVERIFY2(!found.hasTrouble, qPrintable(found.trouble));
        QCOMPARE(found.info, expected.info);
        QVERIFY(found.entries == expected.entries);
        QVERIFY(found.sets == expected.sets);
        QVERIFY(found.texts == expected.texts);
    }
    void compareWith(Contents contents, int run) const {
        contents.origin = "log.csv";
        compareReadings(contents);
        if (QTest::currentTestFailed()) {
            qWarning("log %d differs", run);
        }
    }

    static void compareSummary(const ImportSummary& summary, const RandomLog& log, int run) {
        std::set<std::string> users;
        std::set<std::string> events;
        std::map<LineFaultKind, std::uint64_t> faults;
        for (const LogLine& line : log.lines) {
            if (line.fault) {
                ++faults[*line.fault];
            } else {
                users.insert(line.user);
                events.insert(line.event);
            }
        }
        QVERIFY2(summary.users == users.size(), qPrintable(QString::number(run)));
        QCOMPARE(summary.events, events.size());
        std::map<LineFaultKind, std::uint64_t> skipped;
        std::uint64_t total = 0;
        for (const SkippedLines& lines : summary.skipped) {
            // A field may hold a line end, and such a record counts for two.
            skipped[lines.kind] = lines.count;
            total += lines.count;
            QVERIFY(lines.count >= faults[lines.kind]);
            QVERIFY(lines.count <= faults[lines.kind] * 2);
        }
        QCOMPARE(skipped.size(), faults.size());
        QCOMPARE(summary.skippedLines, total);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_log;
    std::string m_output;
};

QTEST_APPLESS_MAIN(TestEventLog)
#include "test_event_log.moc"
