// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshot files whose parts were altered on purpose, with sums and header made right again: the
// reader still believes nothing that it cannot check.
#include <QTest>

#include <sqlite3.h>

#include "core/store/snapshot/directory.h"
#include "core/store/snapshot/format.h"
#include "core/store/snapshot/snapshot_check.h"
#include "core/store/snapshot/snapshot_store.h"
#include "core/store/snapshot/sqlite_file.h"
#include "tests/support/random_stores.h"

using namespace cohortist;
using namespace cohortist::test;
using snapshot::Table;

class TestSnapshotForged : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        m_folder = fastFolder();
        m_path = m_folder->filePath("forged.cohorts").toStdString();
        const auto& pool = poolOfSets();
        // Two keys of three pieces each, two small ones.
        m_contents.keys = {{"a", Kind::Day, 20'000, pool[9]},
                           {"a", Kind::Day, 20'001, pool[10]},
                           {"b", Kind::Day, 20'000, Bitmap{1, 2}},
                           {"c", Kind::Unique, 0, Bitmap{7}}};
        m_contents.everyone = Bitmap{1, 2, 7};
        for (std::uint32_t id = 0; id < 3000; ++id) {
            m_contents.texts[id] = "name " + std::to_string(id);
        }
        QVERIFY(writeSnapshot(m_contents, m_path));
        m_good = bytesOfFile(m_path);
    }

    void alteredByAnotherProgram() {
        forge("UPDATE meta SET value = 'x' WHERE name = 'origin'", false);
        QCOMPARE(openCode(), ErrorCode::Damaged);
        forge("VACUUM", false);
        QVERIFY(!openSnapshot(m_path, {}));
    }

    void swappedBlobs() {
        swapRows(snapshot::wholeId(2), snapshot::wholeId(3));
        expectDamaged({"trackist_b_2024-10-4", "trackist_c_u"});
        swapRows(snapshot::pieceId(0, 1), snapshot::pieceId(1, 1));
        expectDamaged({"trackist_a_2024-10-4", "trackist_a_2024-10-5"});
        swapRows(snapshot::pieceId(0, 0), snapshot::pieceId(0, 2));
        expectDamaged({"trackist_a_2024-10-4"});
    }

    void missingRows() {
        forge("DELETE FROM sets WHERE id = " + std::to_string(snapshot::pieceId(0, 1)));
        expectDamaged({"trackist_a_2024-10-4"});
        forge("DELETE FROM sets");
        expectDamaged({"trackist_a_2024-10-4", "trackist_a_2024-10-5", "trackist_b_2024-10-4",
                       "trackist_c_u", "everyone"});
        forge("DELETE FROM catalog");
        QCOMPARE(openCode(), ErrorCode::Damaged);
        forge("DELETE FROM meta WHERE name = 'prefix'");
        QCOMPARE(openCode(), ErrorCode::Damaged);
        forge("DELETE FROM texts WHERE id > 0");
        const auto store = openSnapshot(m_path, {});
        QVERIFY(store);
        const std::uint32_t id = 2900;
        QVERIFY(!(*store)->textsOf(std::span(&id, 1)));
        QVERIFY(!checkSnapshot(m_path, {})->isOk());
        forge("DELETE FROM text_index WHERE id = 0");
        QVERIFY(!checkSnapshot(m_path, {})->isOk());
    }

    void rowsOfAnotherKind() {
        for (const char* value : {"NULL || 'text'", "17", "1.5", "zeroblob(0)", "zeroblob(7)",
                                  "zeroblob(8)", "zeroblob(1000000)", "zeroblob(20000000)"}) {
            forge(std::string("UPDATE sets SET data = coalesce(") + value + ", 'x') WHERE id = 2");
            expectDamaged({"trackist_b_2024-10-4"});
        }
        forge("INSERT INTO sets VALUES(99, x'00')");
        QVERIFY(!checkSnapshot(m_path, {})->isOk());
    }

    void otherTables() {
        forge("DROP TABLE texts; CREATE VIEW texts AS SELECT 1 AS id, x'00' AS data");
        QCOMPARE(openCode(), ErrorCode::Damaged);
        forge("CREATE TABLE more(x)");
        QCOMPARE(openCode(), ErrorCode::Damaged);
        forge("CREATE INDEX more ON sets(data)");
        QCOMPARE(openCode(), ErrorCode::Damaged);
        forge("DROP TABLE sets; CREATE TABLE sets(id INTEGER PRIMARY KEY, data)");
        QCOMPARE(openCode(), ErrorCode::Damaged);
    }

    void bitmapsThatAreNone() {
        const auto with = [&](const std::string& payload) {
            put(Table::Sets, snapshot::wholeId(2), payload);
        };
        const std::string good = Bitmap{1, 2}.toPortable();
        with(good);
        expectDamaged({});
        with("");
        expectDamaged({"trackist_b_2024-10-4"});
        with(good + '\0');
        expectDamaged({"trackist_b_2024-10-4"});
        with(good.substr(0, good.size() - 1));
        expectDamaged({"trackist_b_2024-10-4"});
        std::string unsorted = good;
        std::swap(unsorted[unsorted.size() - 2], unsorted[unsorted.size() - 4]);
        with(unsorted);
        expectDamaged({"trackist_b_2024-10-4"});
        // A piece with the chunks of another one.
        put(Table::Sets, snapshot::pieceId(0, 1), Bitmap{1, 2}.toPortable());
        expectDamaged({"trackist_a_2024-10-4"});
    }

    void mutatedCatalogues() {
        std::mt19937_64 random(6);
        snapshot::DirectoryEncoder encoder;
        for (const MemoryKey& key : m_contents.keys) {
            QVERIFY(encoder.addKey(key.event, key.kind, key.period));
            const snapshot::PieceRun run{0, 3};
            encoder.addLayout(100, std::span(&run, key.event == "a" ? 1 : 0));
        }
        encoder.addLayout(30, {});
        const std::string stream = encoder.finish();
        QVERIFY(snapshot::Directory::decode(stream));
        int refused = 0;
        for (int round = 0; round < 100'000; ++round) {
            std::string bytes = stream;
            for (std::uint64_t i = 0, changes = 1 + random() % 3; i < changes; ++i) {
                const std::size_t at = random() % bytes.size();
                switch (random() % 4) {
                case 0:
                    bytes.erase(at, 1);
                    break;
                case 1:
                    bytes.insert(at, 1, static_cast<char>(random()));
                    break;
                case 2:
                    bytes.insert(at, "\xFF\xFF\xFF\xFF\x0F");
                    break;
                default:
                    bytes[at] = static_cast<char>(random());
                }
            }
            const auto directory = snapshot::Directory::decode(bytes);
            if (!directory) {
                ++refused;
                continue;
            }
            // What is accepted is of one piece.
            QCOMPARE(directory->catalog()->keyCount(), directory->keyCount());
            for (std::uint32_t number = 0; number <= directory->keyCount(); ++number) {
                QCOMPARE(*directory->numberOf(directory->keyOf(number)), number);
            }
        }
        QVERIFY(refused > 50'000);
    }

    void mutatedTextBlocks() {
        std::mt19937_64 random(7);
        const std::string block = textBlock(0);
        for (int round = 0; round < 300; ++round) {
            std::string bytes = block;
            bytes[round < 100 ? random() % 4 : random() % bytes.size()] =
                static_cast<char>(random());
            put(Table::Texts, 0, bytes);
            const auto store = openSnapshot(m_path, {});
            QVERIFY(store);
            std::vector<std::uint32_t> ids;
            for (std::uint32_t id = 0; id < 3010; ++id) {
                ids.push_back(id);
            }
            static_cast<void>((*store)->textsOf(ids));
            static_cast<void>((*store)->findText("name 5"));
            static_cast<void>(checkSnapshot(m_path, {}));
        }
        put(Table::TextIndex, 0, "odd");
        QVERIFY(!checkSnapshot(m_path, {})->isOk());
    }

    // The tree of the texts holds the row 0 twice, so "the row after 0" is row 0 again.
    void rowsOutOfOrder() {
        forge("DELETE FROM texts; INSERT INTO texts VALUES(0, 'x'), (5, CAST('odd text' AS BLOB))");
        std::string bytes = bytesOfFile(m_path);
        // A cell: its payload's size, its id, then the record of nothing and eight bytes.
        const std::size_t cell = bytes.find(std::string("\x0b\x05\x03\x00\x1c", 5) + "odd text");
        QVERIFY(cell != std::string::npos);
        bytes[cell + 1] = '\0';
        writeBytes(m_path, bytes);
        const auto report = checkSnapshot(m_path, {});
        QVERIFY(report);
        QVERIFY(!report->isOk());
    }

    void metaOutOfBounds() {
        for (const auto& [name, value] : {std::pair("piece_chunks", "0"),
                                          {"piece_chunks", "257"},
                                          {"piece_chunks", "-1"},
                                          {"piece_chunks", "8 "},
                                          {"keys", "99999999999"},
                                          {"keys", "3"},
                                          {"events", "4"},
                                          {"catalog_bytes", "18446744073709551615"},
                                          {"catalog_bytes", "1"},
                                          {"text_index_bits", "64"},
                                          {"as_of", "yesterday"},
                                          {"as_of", ""}}) {
            forge(std::string("UPDATE meta SET value = '") + value + "' WHERE name = '" + name +
                      "'",
                  true, true);
            QVERIFY2(openCode() == ErrorCode::Damaged, name);
        }
        // A number of buckets that is made up is told once, not once a bucket.
        forge("UPDATE meta SET value = '24' WHERE name = 'text_index_bits'", true, true);
        const auto report = checkSnapshot(m_path, {});
        QVERIFY(report);
        QCOMPARE(report->damaged.size(), 1U);
        // Rows that a later minor version may add are let pass.
        forge("INSERT INTO meta VALUES('zz_new', 'x')", true, true);
        QVERIFY(openSnapshot(m_path, {}));
    }

private:
    // Runs SQL on a copy of the good file; then makes the header, and if asked the sum of the meta
    // table, right again.
    void forge(const std::string& sql, bool fixesHeader = true, bool fixesMeta = false) {
        run(
            [&](sqlite3* database) {
                const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
                QVERIFY2(code == SQLITE_OK, sqlite3_errmsg(database));
            },
            fixesHeader, fixesMeta);
    }

    template <typename Work>
    void run(const Work& work, bool fixesHeader, bool fixesMeta) {
        writeBytes(m_path, m_good);
        sqlite3* database = nullptr;
        QCOMPARE(sqlite3_open(m_path.c_str(), &database), SQLITE_OK);
        work(database);
        if (fixesMeta) {
            fixMeta(database);
        }
        sqlite3_close(database);
        if (fixesHeader) {
            std::string bytes = bytesOfFile(m_path);
            const auto header = snapshot::canonicalHeader(
                static_cast<std::uint32_t>(bytes.size() / snapshot::kPageSize));
            bytes.replace(0, header.size(), reinterpret_cast<const char*>(header.data()),
                          header.size());
            writeBytes(m_path, bytes);
        }
    }

    static void fixMeta(sqlite3* database) {
        snapshot::MetaChecksum sum;
        sqlite3_stmt* rows = nullptr;
        sqlite3_prepare_v2(database,
                           "SELECT name, value FROM meta WHERE name <> 'checksum' ORDER BY name",
                           -1, &rows, nullptr);
        while (sqlite3_step(rows) == SQLITE_ROW) {
            sum.add(reinterpret_cast<const char*>(sqlite3_column_text(rows, 0)),
                    reinterpret_cast<const char*>(sqlite3_column_text(rows, 1)));
        }
        sqlite3_finalize(rows);
        const std::string sql =
            "UPDATE meta SET value = '" + sum.hex() + "' WHERE name = 'checksum'";
        sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
    }

    void swapRows(std::int64_t a, std::int64_t b) {
        const std::string first = std::to_string(a);
        const std::string second = std::to_string(b);
        forge("UPDATE sets SET id = -1 WHERE id = " + first + "; UPDATE sets SET id = " + first +
              " WHERE id = " + second + "; UPDATE sets SET id = " + second + " WHERE id = -1");
    }

    void put(Table table, std::int64_t id, const std::string& payload) {
        run(
            [&](sqlite3* database) {
                const std::string sql = std::string("UPDATE ") + snapshot::nameOf(table) +
                                        " SET data = ?1 WHERE id = ?2";
                sqlite3_stmt* statement = nullptr;
                sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr);
                const std::string blob = snapshot::sealed(table, id, payload);
                sqlite3_bind_blob(statement, 1, blob.data(), static_cast<int>(blob.size()),
                                  SQLITE_STATIC);
                sqlite3_bind_int64(statement, 2, id);
                QCOMPARE(sqlite3_step(statement), SQLITE_DONE);
                QCOMPARE(sqlite3_changes(database), 1);
                sqlite3_finalize(statement);
            },
            true, false);
    }

    std::string textBlock(std::int64_t id) {
        writeBytes(m_path, m_good);
        auto connection = snapshot::ReadConnection::open(m_path);
        std::string payload;
        return connection &&
                       connection->read(Table::Texts, id, payload) == snapshot::RowState::Found
                   ? payload
                   : std::string(1, '\0');
    }

    ErrorCode openCode() const {
        const auto store = openSnapshot(m_path, {});
        return store ? ErrorCode::Internal : store.error().code;
    }

    // check and reading agree on which keys are damaged, and all others are as they were.
    void expectDamaged(const std::vector<std::string>& names) {
        const auto report = checkSnapshot(m_path, {});
        QVERIFY(report);
        std::vector<std::string> found;
        for (const DamagedPart& part : report->damaged) {
            found.push_back(part.key);
        }
        QVERIFY2(found == names, found.empty() ? "nothing found" : found[0].c_str());
        const auto store = openSnapshot(m_path, {});
        QVERIFY(store);
        const auto memory = inMemory(m_contents);
        const auto keys = keysOf(*(*store)->catalog());
        std::vector<Bitmap> sets(keys.size());
        QVERIFY(memory->read(
            keys, {}, [&](std::size_t i, const KeyRead& read) { sets[i] = read.bitmap; }, {}));
        std::size_t damaged = 0;
        QVERIFY((*store)->read(keys, {},
                               [&](std::size_t i, const KeyRead& read) {
                                   damaged += read.state == KeyState::Damaged;
                                   QVERIFY(read.state == KeyState::Damaged ||
                                           read.bitmap == sets[i]);
                               },
                               {}));
        QCOMPARE(damaged, names.size());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
    Contents m_contents;
    std::string m_good;
};

QTEST_APPLESS_MAIN(TestSnapshotForged)
#include "test_snapshot_forged.moc"
