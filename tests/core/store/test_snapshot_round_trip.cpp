// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <set>

#include <sys/stat.h>

#include "core/store/snapshot/snapshot_check.h"
#include "core/store/snapshot/snapshot_store.h"
#include "core/store/snapshot/snapshot_writer.h"
#include "tests/support/random_stores.h"

using namespace cohortist;
using namespace cohortist::test;

class TestSnapshotRoundTrip : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        m_folder = fastFolder();
        QVERIFY(m_folder->isValid());
        m_path = m_folder->filePath("a.cohorts").toStdString();
    }

    void tellsWhatMemoryTells() {
        std::mt19937_64 random(1);
        for (int round = 0; round < 1000; ++round) {
            const Contents contents = randomContents(random);
            const auto written = writeSnapshot(contents, m_path);
            QVERIFY2(written, written ? "" : qPrintable(textOf(written.error())));
            const auto store = openSnapshot(m_path, {});
            QVERIFY2(store, store ? "" : qPrintable(textOf(store.error())));
            const auto memory = inMemory(contents);
            for (int part = 0; part < 3; ++part) {
                ChunkRange range;
                if (part > 0) {
                    const auto bound = static_cast<std::uint32_t>(part == 1 ? 70 : kChunkCount);
                    range.first = static_cast<std::uint32_t>(random() % bound);
                    range.last =
                        range.first + static_cast<std::uint32_t>(random() % (bound - range.first));
                }
                const Reading mine = readAll(**store, range, contents.texts);
                const Reading theirs = readAll(*memory, range, contents.texts);
                QCOMPARE(mine.trouble, QString());
                QVERIFY(mine == theirs);
            }
        }
    }

    void readsTheIdsThatWereWritten() {
        // Without the memory store in between.
        Contents contents;
        std::vector<std::vector<std::uint32_t>> ids;
        for (const Bitmap& set : poolOfSets()) {
            ids.push_back(set.ids());
            contents.keys.push_back({"e", Kind::Day, static_cast<std::int32_t>(ids.size()), set});
        }
        QVERIFY(writeSnapshot(contents, m_path));
        const auto store = openSnapshot(m_path, {});
        QVERIFY(store);
        for (const ChunkRange range :
             {ChunkRange{}, ChunkRange{1, 2}, ChunkRange{15, 17}, ChunkRange{16, 32},
              ChunkRange{65535, 65536}, ChunkRange{7, 7}}) {
            const Reading reading = readAll(**store, range, {});
            QCOMPARE(reading.trouble, QString());
            for (std::size_t i = 0; i < ids.size(); ++i) {
                std::vector<std::uint32_t> expected;
                std::copy_if(ids[i].begin(), ids[i].end(), std::back_inserter(expected),
                             [&](std::uint32_t id) {
                                 return id >> 16 >= range.first && id >> 16 < range.last;
                             });
                QVERIFY(reading.sets[i].ids() == expected);
            }
        }
    }

    // A reader goes by what the file says, not by what its own writer would choose.
    void readsEveryLayout() {
        Contents contents;
        for (const Bitmap& set : poolOfSets()) {
            const auto period = static_cast<std::int32_t>(contents.keys.size());
            contents.keys.push_back({"e", Kind::Day, period, set});
        }
        const auto memory = inMemory(contents);
        std::set<std::uint64_t> blobs;
        for (const SnapshotLayout layout : {SnapshotLayout{1, 0}, SnapshotLayout{3, 1024},
                                            SnapshotLayout{16, 65536}, SnapshotLayout{256, 8192}}) {
            QVERIFY(writeSnapshot(contents, m_path, {}, layout));
            const auto report = checkSnapshot(m_path, {});
            QVERIFY(report && report->isOk());
            blobs.insert(report->blobs);
            const auto store = openSnapshot(m_path, {});
            QVERIFY(store);
            for (const ChunkRange range :
                 {ChunkRange{}, ChunkRange{2, 3}, ChunkRange{15, 17}, ChunkRange{200, 65536}}) {
                const Reading mine = readAll(**store, range, {});
                QCOMPARE(mine.trouble, QString());
                QVERIFY(mine == readAll(*memory, range, {}));
            }
        }
        QCOMPARE(blobs.size(), 4U); // each cut them otherwise
    }

    void writesTheSameBytesForEqualSets() {
        std::mt19937_64 random(5);
        const std::string other = m_folder->filePath("b.cohorts").toStdString();
        for (int round = 0; round < 50; ++round) {
            Contents contents = randomContents(random);
            QVERIFY(writeSnapshot(contents, m_path));
            for (MemoryKey& key : contents.keys) {
                const std::string dense =
                    key.set.max().value_or(0) < 10'000'000 ? toRedisString(key.set) : std::string();
                if (!dense.empty()) {
                    key.set = *fromRedisString(dense); // the same ids in other forms
                }
            }
            QVERIFY(writeSnapshot(contents, other));
            QVERIFY(bytesOfFile(m_path) == bytesOfFile(other));
        }
    }

    void checkPassesAndCountsBlobs() {
        Contents contents;
        contents.keys = {{"a", Kind::Day, 5, poolOfSets()[10]}, {"b", Kind::Unique, 0, Bitmap{3}}};
        contents.texts = {{3, "x"}};
        QVERIFY(writeSnapshot(contents, m_path));
        const auto report = checkSnapshot(m_path, {});
        QVERIFY(report && report->isOk());
        // a: chunks 0 … 32 in three pieces; b; everyone; the catalogue; texts and their index.
        QCOMPARE(report->blobs, 8U);
    }

    void keepsUniqueForms() {
        auto writer = SnapshotWriter::create(m_path, {}, {});
        QVERIFY(writer && writer->add("a", Kind::Unique, 0, Bitmap{1}));
        writer->setUniqueForm(true, false);
        QVERIFY(writer->add("b", Kind::Unique, 0, Bitmap{1}));
        writer->setUniqueForm(false, true);
        QVERIFY(writer->add("c", Kind::Unique, 0, Bitmap{1}));
        QVERIFY(writer->finish(Bitmap{1}));
        const auto store = openSnapshot(m_path, {});
        QVERIFY(store);
        const auto entries = (*store)->catalog()->entries();
        QVERIFY(entries[0].uniqueIsOlderForm && !entries[0].hasBothUniqueForms);
        QVERIFY(!entries[1].uniqueIsOlderForm && entries[1].hasBothUniqueForms);
        QVERIFY(!entries[2].uniqueIsOlderForm && !entries[2].hasBothUniqueForms);
    }

    void refusesKeysOutOfOrder() {
        const auto after = [&](const char* event, Kind kind, std::int32_t period) {
            auto writer = SnapshotWriter::create(m_path, {}, {});
            return writer && writer->add("m", Kind::Day, 10, Bitmap{1}) &&
                   writer->add(event, kind, period, Bitmap{1});
        };
        QVERIFY(after("m", Kind::Day, 11));
        QVERIFY(after("m", Kind::Week, 1));
        QVERIFY(after("n", Kind::Hour, 1));
        QVERIFY(!after("m", Kind::Day, 10));
        QVERIFY(!after("m", Kind::Day, 9));
        QVERIFY(!after("m", Kind::Hour, 20));
        QVERIFY(!after("l", Kind::Day, 20));
        QVERIFY(!after("n", Kind::Unique, 1));
        QVERIFY(!after("n", Kind::Month, INT32_MAX));
    }

    void ownerAloneMayRead() {
        QVERIFY(writeSnapshot({}, m_path));
        struct stat status {};
        QCOMPARE(stat(m_path.c_str(), &status), 0);
        QCOMPARE(status.st_mode & 0777U, 0600U);
    }

    void estimatesBytes() {
        Contents contents;
        contents.keys = {{"a", Kind::Day, 5, poolOfSets()[10]}};
        QVERIFY(writeSnapshot(contents, m_path));
        const auto store = openSnapshot(m_path, {});
        const std::vector<BitmapKey> keys = {{0, Kind::Day, 5}, {0, Kind::Day, 6}};
        const std::uint64_t bytes = (*store)->estimatedBytes(keys);
        QVERIFY(bytes > 33 * 8192 && bytes < 34 * 8192);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
};

QTEST_APPLESS_MAIN(TestSnapshotRoundTrip)
#include "test_snapshot_round_trip.moc"
