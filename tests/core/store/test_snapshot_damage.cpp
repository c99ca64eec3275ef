// SPDX-License-Identifier: GPL-3.0-or-later
// Damaged snapshot files: each fault gives an error that names the file and the way out, or the
// damaged key, and never another number.
#include <QDir>
#include <QTest>

#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

#include "core/store/snapshot/format.h"
#include "core/store/snapshot/snapshot_check.h"
#include "core/store/snapshot/snapshot_store.h"
#include "tests/support/random_stores.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

Contents someContents() {
    const auto& pool = poolOfSets();
    Contents contents;
    contents.prefix = "trackist_";
    contents.origin = "somewhere";
    contents.asOf = Instant(std::chrono::seconds(1'790'000'000));
    contents.keys.push_back({"active", Kind::Day, 20'000, pool[9]}); // in pieces
    contents.keys.push_back({"active", Kind::Day, 20'001, pool[11]});
    contents.keys.push_back({"active", Kind::Month, 24'310, pool[7]});
    for (std::int32_t day = 0; day < 30; ++day) {
        const auto set = 13 + static_cast<std::size_t>(day);
        contents.keys.push_back({"login", Kind::Day, 20'000 + day, pool[set]});
    }
    contents.keys.push_back({"premium", Kind::Unique, 0, pool[5]});
    for (std::uint32_t id = 0; id < 900; ++id) {
        contents.texts[id * 3] = "somebody-" + std::to_string(id * 104729ULL);
    }
    contents.everyone = pool[3];
    return contents;
}

} // namespace

class TestSnapshotDamage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        m_folder = fastFolder();
        m_contents = someContents();
        const std::string path = file("good.cohorts");
        QVERIFY(writeSnapshot(m_contents, path));
        m_good = bytesOfFile(path);
        m_reading = readAll(path, m_contents.texts);
        QCOMPARE(m_reading.trouble, QString());
        QVERIFY(m_good.size() > 15 * snapshot::kPageSize);
    }

    void truncated() {
        std::mt19937_64 random(1);
        std::vector<std::size_t> lengths;
        for (std::size_t length = 0; length < m_good.size(); length += snapshot::kPageSize) {
            lengths.insert(lengths.end(), {length, length + 1, length + random() % 16384});
        }
        for (const std::size_t length : lengths) {
            if (length < m_good.size()) {
                expectError(m_good.substr(0, length),
                            length == 0 ? ErrorCode::WrongFormat : ErrorCode::Damaged,
                            length < 100);
            }
        }
        expectError(m_good + std::string(snapshot::kPageSize, '\0'), ErrorCode::Damaged);
        expectError(m_good + "x", ErrorCode::Damaged);
    }

    void eachHeaderBitFlipped() {
        for (std::size_t at = 0; at < snapshot::kHeaderBytes; ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                std::string bytes = m_good;
                bytes[at] = static_cast<char>(bytes[at] ^ 1 << bit);
                expectError(bytes, ErrorCode::Damaged, true);
            }
        }
    }

    void versions() {
        const auto withVersion = [&](char version) {
            std::string bytes = m_good;
            bytes[63] = version;
            return bytes;
        };
        expectError(withVersion(2), ErrorCode::FutureVersion);
        expectError(withVersion(99), ErrorCode::FutureVersion);
        expectError(withVersion(0), ErrorCode::Damaged);
    }

    void notSnapshots() {
        expectError("", ErrorCode::WrongFormat);
        expectError("hello", ErrorCode::WrongFormat);
        expectError(std::string(100'000, '\0'), ErrorCode::WrongFormat);
        expectError("user,event,time\n1,login,2026-01-01\n", ErrorCode::WrongFormat);
        std::string other = m_good;
        other.replace(68, 4, "abcd");
        expectError(other, ErrorCode::WrongFormat);

        expectErrorAt(file("missing.cohorts"), ErrorCode::NotFound);
        expectErrorAt(file("good.cohorts/x"), ErrorCode::NotFound);
        expectErrorAt(m_folder->path().toStdString(), ErrorCode::WrongFormat);
        expectErrorAt("", ErrorCode::NotFound);
        expectErrorAt("/dev/null", ErrorCode::WrongFormat);
        const std::string pipe = file("pipe");
        QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
        expectErrorAt(pipe, ErrorCode::WrongFormat);
    }

    void unreadable() {
        const std::string path = file("secret.cohorts");
        writeBytes(path, m_good);
        QCOMPARE(chmod(path.c_str(), 0), 0);
        QVERIFY(asOrdinaryUser([&] {
            const auto store = openSnapshot(path, {});
            return !store && store.error().code == ErrorCode::AccessDenied &&
                   store.error().english().find(path) != std::string::npos;
        }));
    }

    // Every byte belongs to something that is checked, or to nothing at all.
    void anyByteFlipped() {
        const std::string path = file("flipped.cohorts");
        std::mt19937_64 random(2);
        int troubles = 0;
        for (int round = 0; round < 3000; ++round) {
            std::string bytes = m_good;
            const std::size_t at = random() % bytes.size();
            bytes[at] = static_cast<char>(bytes[at] ^ 1 << random() % 8);
            writeBytes(path, bytes);
            const Reading reading = readAll(path, m_contents.texts);
            if (reading.hasTrouble) {
                ++troubles;
            } else {
                QVERIFY2(reading == m_reading, qPrintable(QString("byte %1").arg(at)));
            }
            if (round % 4 == 0) {
                const auto report = checkSnapshot(path, {});
                QCOMPARE(report && report->isOk(), !reading.hasTrouble);
            }
        }
        QVERIFY(troubles > 1000);
    }

    // Whole pages gone wrong, as bad disks leave them.
    void anyPageLost() {
        const std::string path = file("lost.cohorts");
        for (std::size_t page = 1; page < m_good.size() / snapshot::kPageSize; ++page) {
            for (const char filler : {'\0', '\xFF'}) {
                std::string bytes = m_good;
                bytes.replace(page * snapshot::kPageSize, snapshot::kPageSize,
                              std::string(snapshot::kPageSize, filler));
                writeBytes(path, bytes);
                const Reading reading = readAll(path, m_contents.texts);
                QVERIFY(reading.hasTrouble);
                const auto report = checkSnapshot(path, {});
                QVERIFY(!report || !report->isOk());
            }
        }
    }

    void anyPageReplacedByAnother() {
        const std::string path = file("mixed.cohorts");
        std::mt19937_64 random(3);
        const std::size_t pages = m_good.size() / snapshot::kPageSize;
        for (std::size_t to = 1; to < pages; ++to) {
            const std::size_t from = 1 + random() % (pages - 1);
            std::string bytes = m_good;
            bytes.replace(to * snapshot::kPageSize, snapshot::kPageSize, m_good,
                          from * snapshot::kPageSize, snapshot::kPageSize);
            writeBytes(path, bytes);
            const Reading reading = readAll(path, m_contents.texts);
            QVERIFY(reading.hasTrouble || reading == m_reading);
        }
    }

    // Flips at sampled places of every set, at the start, the end and in between.
    void everyPayloadIsGuarded() {
        const std::string path = file("payload.cohorts");
        std::mt19937_64 random(4);
        std::size_t places = 0;
        for (const MemoryKey& key : m_contents.keys) {
            const std::string payload = key.set.toPortable();
            // SQLite keeps a blob that fits on a page in one piece.
            const std::size_t found = payload.size() < 12'000 ? m_good.find(payload) : m_good.npos;
            if (found == m_good.npos) {
                continue;
            }
            const std::string name = key.event;
            for (const std::size_t offset : {std::size_t{0}, payload.size() - 1,
                                             static_cast<std::size_t>(random() % payload.size())}) {
                std::string bytes = m_good;
                bytes[found + offset] =
                    static_cast<char>(bytes[found + offset] ^ 1 << random() % 8);
                writeBytes(path, bytes);
                ++places;
                const auto store = openSnapshot(path, {});
                QVERIFY(store);
                const auto event = (*store)->catalog()->find(key.event);
                const auto keys = keysOf(*(*store)->catalog());
                std::size_t damaged = 0;
                QVERIFY((*store)->read(keys, {},
                                       [&](std::size_t index, const KeyRead& read) {
                                           if (read.state == KeyState::Damaged) {
                                               ++damaged;
                                               QVERIFY(!read.why.empty());
                                               QVERIFY(keys[index].event == *event &&
                                                       keys[index].kind == key.kind);
                                           } else {
                                               QVERIFY(read.state == KeyState::Read);
                                               QVERIFY(read.bitmap == m_reading.sets[index]);
                                           }
                                       },
                                       {}));
                QCOMPARE(damaged, 1U); // that key alone
                const auto report = checkSnapshot(path, {});
                QVERIFY(report);
                QCOMPARE(report->damaged.size(), 1U);
                QVERIFY(report->damaged[0].key.find("trackist_" + key.event) == 0);
            }
        }
        QVERIFY(places > 60);
    }

    // A flip in one piece of a large set: found by whoever reads that piece, and by nobody else.
    void everyPieceIsGuarded() {
        const std::string path = file("piece.cohorts");
        std::mt19937_64 random(5);
        const MemoryKey& key = m_contents.keys[0];
        const std::uint32_t pieces = 40 / snapshot::kPieceChunks + 1;
        int flips = 0;
        for (std::uint32_t piece = 0; piece < pieces; ++piece) {
            const ChunkRange range{piece * snapshot::kPieceChunks,
                                   (piece + 1) * snapshot::kPieceChunks};
            const std::string payload = key.set.slice(range).toPortable();
            for (int round = 0; round < 40; ++round) {
                // Overflow pages break a payload up, so look for a few bytes of it.
                const std::size_t at = random() % (payload.size() - 16);
                const std::size_t found = m_good.find(payload.substr(at, 16));
                if (found == m_good.npos ||
                    m_good.find(payload.substr(at, 16), found + 1) != m_good.npos) {
                    continue;
                }
                std::string bytes = m_good;
                bytes[found] = static_cast<char>(bytes[found] ^ 1 << random() % 8);
                writeBytes(path, bytes);
                const auto store = openSnapshot(path, {});
                QVERIFY(store);
                const BitmapKey wanted{*(*store)->catalog()->find(key.event), key.kind, key.period};
                for (std::uint32_t other = 0; other < pieces; ++other) {
                    const ChunkRange part{other * snapshot::kPieceChunks,
                                          other * snapshot::kPieceChunks + 3};
                    QVERIFY((*store)->read(std::span(&wanted, 1), part,
                                           [&](std::size_t, const KeyRead& read) {
                                               if (other == piece) {
                                                   QCOMPARE(read.state, KeyState::Damaged);
                                                   QVERIFY(read.bitmap.isEmpty());
                                               } else {
                                                   QCOMPARE(read.state, KeyState::Read);
                                                   QVERIFY(read.bitmap == key.set.slice(part));
                                               }
                                           },
                                           {}));
                }
                const auto report = checkSnapshot(path, {});
                QVERIFY(report);
                QCOMPARE(report->damaged.size(), 1U);
                ++flips;
            }
        }
        QVERIFY(flips > 90);
    }

    void textsAreGuarded() {
        const std::string path = file("texts.cohorts");
        for (const auto& [id, text] : {*m_contents.texts.begin(), *m_contents.texts.rbegin()}) {
            const std::size_t at = m_good.find(text + '\x02'); // before the next entry's step
            const std::size_t found = at == m_good.npos ? m_good.find(text) : at;
            QVERIFY(found != m_good.npos);
            std::string bytes = m_good;
            bytes[found] = static_cast<char>(bytes[found] ^ 1);
            writeBytes(path, bytes);
            const auto store = openSnapshot(path, {});
            QVERIFY(store);
            const auto texts = (*store)->textsOf(std::span(&id, 1));
            QVERIFY(!texts);
            QCOMPARE(texts.error().code, ErrorCode::Damaged);
            QVERIFY(!(*store)->findText(text));
            const auto report = checkSnapshot(path, {});
            QVERIFY(report && !report->isOk());
            QVERIFY(report->damaged[0].key.find("text ids") == 0);
        }
    }

    void replacedWhileOpen_data() {
        QTest::addColumn<int>("how");
        QTest::newRow("another file in its place") << 0;
        QTest::newRow("cut short") << 1;
        QTest::newRow("deleted") << 2;
        QTest::newRow("written over") << 3;
        QTest::newRow("emptied") << 4;
    }
    void replacedWhileOpen() {
        QFETCH(int, how);
        const std::string path = file("open.cohorts");
        writeBytes(path, m_good);
        const auto store = openSnapshot(path, {});
        QVERIFY(store);
        switch (how) {
        case 0:
            writeBytes(path + "2", m_good);
            std::filesystem::rename(path + "2", path);
            break;
        case 1:
            std::filesystem::resize_file(path, 3 * snapshot::kPageSize);
            break;
        case 2:
            std::filesystem::remove(path);
            break;
        case 3:
            QTest::qWait(20); // for the clock of the file system
            writeBytes(path, m_good);
            break;
        default:
            std::filesystem::resize_file(path, 0);
        }
        const auto keys = keysOf(*(*store)->catalog());
        const Result<void> read = (*store)->read(keys, {}, [](std::size_t, const KeyRead&) {}, {});
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Changed);
        QVERIFY(read.error().english().find(path) != std::string::npos);
        QVERIFY(!read.error().advice.isEmpty());
        const std::uint32_t id = 0;
        QCOMPARE((*store)->textsOf(std::span(&id, 1)).error().code, ErrorCode::Changed);
        QCOMPARE((*store)->findText("x").error().code, ErrorCode::Changed);
    }

    void companionsBeside() {
        const std::string path = file("beside.cohorts");
        writeBytes(path, m_good);
        for (const char* suffix : {"-wal", "-journal", "-shm"}) {
            for (const std::string& content : {std::string(), std::string(5000, 'x')}) {
                writeBytes(path + suffix, content);
                const Reading reading = readAll(path, m_contents.texts);
                QVERIFY(!reading.hasTrouble && reading == m_reading);
                QCOMPARE(bytesOfFile(path), m_good);
                QCOMPARE(bytesOfFile(path + suffix), content);
                const auto beside =
                    QDir(m_folder->path()).entryList(QStringList{"beside.cohorts*"});
                QCOMPARE(beside.size(), 2);
            }
            std::filesystem::remove(path + suffix);
        }
    }

    void awkwardNames() {
        for (const char* name :
             {"a b?c#d%41.cohorts", "caf\xC3\xA9.cohorts", "\xFF\xFE", "file:x"}) {
            const std::string path = file(name);
            QVERIFY(writeSnapshot(m_contents, path));
            QVERIFY(readAll(path, m_contents.texts) == m_reading);
            std::filesystem::remove(path);
        }
    }

private:
    std::string file(const std::string& name) const {
        return m_folder->path().toStdString() + "/" + name;
    }
    void expectError(const std::string& bytes, ErrorCode code, bool isAnyCode = false) {
        const std::string path = file("bad.cohorts");
        writeBytes(path, bytes);
        expectErrorAt(path, code, isAnyCode);
    }
    void expectErrorAt(const std::string& path, ErrorCode code, bool isAnyCode = false) {
        const auto store = openSnapshot(path, {});
        QVERIFY(!store);
        if (!isAnyCode) {
            QCOMPARE(store.error().code, code);
        }
        QVERIFY(store.error().english().find(path) != std::string::npos);
        QVERIFY2(!store.error().advice.isEmpty(), qPrintable(textOf(store.error())));
        QVERIFY(!checkSnapshot(path, {}));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    Contents m_contents;
    std::string m_good;
    Reading m_reading;
};

QTEST_GUILESS_MAIN(TestSnapshotDamage)
#include "test_snapshot_damage.moc"
