// SPDX-License-Identifier: GPL-3.0-or-later
// Random files of every page size and shape of tree, against the map that they were made from.
#include <QTest>

#include "core/store/bolt/bolt_check.h"
#include "tests/support/bolt_fixture.h"
#include "tests/support/bolt_writer.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

constexpr int kFiles = 150;

std::string randomKey(std::mt19937_64& random) {
    if (below(random, 3) != 0) {
        return "trackist_e" + std::to_string(below(random, 40)) + '_' +
               toBitmapist({Granularity::Day, static_cast<std::int32_t>(below(random, 20'000))});
    }
    const std::size_t length =
        below(random, 40) == 0 ? 32'768 : 1 + static_cast<std::size_t>(below(random, 60));
    std::string key(length, '\0');
    for (char& c : key) {
        c = static_cast<char>(below(random, 256));
    }
    return key;
}

struct RandomFile {
    BoltContents contents;
    SetsByKey live;
};

RandomFile randomFile(std::mt19937_64& random) {
    const std::vector<Bitmap>& pool = poolOfSets();
    const std::int64_t now = std::chrono::nanoseconds(kNow.time_since_epoch()).count();
    RandomFile file;
    const std::uint64_t keys = below(random, 4) == 0 ? below(random, 4) : below(random, 400);
    for (std::uint64_t i = 0; i < keys; ++i) {
        const std::string key = randomKey(random);
        const Bitmap set = below(random, 8) == 0
                               ? pool[below(random, pool.size())]
                               : Bitmap{static_cast<std::uint32_t>(below(random, 1U << 31U))};
        file.contents.bitmaps[key] = set.toPortable();
        file.live[key] = set;
        file.contents.ends.erase(key);
        if (below(random, 10) == 0) {
            const std::int64_t end = now + static_cast<std::int64_t>(below(random, 2'000)) - 1'000;
            file.contents.ends[key] = end;
            if (end < now) {
                file.live.erase(key);
            }
        }
    }
    file.contents.ends["of no key"] = INT64_MIN;
    return file;
}

} // namespace

class TestBoltRandom : public QObject {
    Q_OBJECT
private slots:
    void holdsWhatWasWritten() {
        const auto folder = fastFolder();
        const std::string path = folder->filePath("random.db").toStdString();
        for (std::uint64_t seed = 0; seed < kFiles; ++seed) {
            std::mt19937_64 random(seed);
            RandomFile file = randomFile(random);
            BoltShape shape;
            shape.pageBytes = 1024U << below(random, 6);
            shape.mayInline = below(random, 2) == 0;
            shape.transaction = 5 + below(random, 2);
            writeBytes(path, writeBolt(file.contents, shape, random));
            const auto read = readBolt(path);
            QVERIFY2(read, (troubleOf(read) + " seed " +
                            QByteArray::number(static_cast<qulonglong>(seed)))
                               .constData());
            QVERIFY2(*read == file.live, qPrintable(QString::number(seed)));
            const auto report = checkBolt(path, {});
            QVERIFY(report && report->isOk() && report->blobs == file.contents.bitmaps.size());
            checkStore(path, file.live);
        }
    }

    void readsGoVarints() {
        for (const std::int64_t number :
             {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{64},
              std::int64_t{1'700'000'000'000'000'000}, INT64_MAX, INT64_MIN}) {
            QCOMPARE(bolt::goVarint(goVarintOf(number)), std::optional(number));
        }
        for (const std::string bad : {"", "\x80", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02",
                                      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x01\x01"}) {
            QCOMPARE(bolt::goVarint(bad), std::nullopt);
        }
    }

private:
    static void checkStore(const std::string& path, const SetsByKey& live) {
        const auto store = openBolt(path, {.prefix = "trackist_", .now = kNow}, {});
        const bool hasAny = std::any_of(live.begin(), live.end(), [](const auto& entry) {
            return entry.first.starts_with("trackist_");
        });
        QCOMPARE(store.has_value(), hasAny);
        if (!store) {
            return;
        }
        for (const ChunkRange range : {ChunkRange{}, ChunkRange{3, 700}}) {
            const auto read = readStore(**store, range);
            QVERIFY(read);
            for (const auto& [key, set] : live) {
                if (key.starts_with("trackist_")) {
                    QVERIFY2(read->at(key) == set.slice(range), key.c_str());
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestBoltRandom)
#include "test_bolt_random.moc"
