// SPDX-License-Identifier: GPL-3.0-or-later
// What can go wrong while a snapshot is written: the old file stays, nothing temporary is left.
#include <QDir>
#include <QTest>

#include <csignal>
#include <filesystem>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>

#include "core/store/snapshot/snapshot_check.h"
#include "core/store/snapshot/snapshot_store.h"
#include "core/store/snapshot/snapshot_writer.h"
#include "tests/support/random_stores.h"
#include "tests/support/small_disk.h"

using namespace cohortist;
using namespace cohortist::test;

class TestSnapshotWriting : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        // A write past the limit is to fail, not to end the process.
        std::signal(SIGXFSZ, SIG_IGN);
        const auto& pool = poolOfSets();
        m_old.keys = {{"old", Kind::Unique, 0, Bitmap{1}}};
        for (std::int32_t day = 0; day < 40; ++day) {
            const Bitmap& set = pool[day % 5 == 0 ? 9 : static_cast<std::size_t>(day)];
            m_new.keys.push_back({"new", Kind::Day, 20'000 + day, set});
        }
        for (std::uint32_t id = 0; id < 2000; ++id) {
            m_new.texts[id] = "name " + std::to_string(id);
        }
    }
    void init() {
        m_folder = fastFolder();
        m_path = m_folder->filePath("a.cohorts").toStdString();
        QVERIFY(writeSnapshot(m_old, m_path));
        m_oldBytes = bytesOfFile(m_path);
    }

    void replacesAnOlderFile() {
        QVERIFY(writeSnapshot(m_new, m_path));
        QVERIFY(checkSnapshot(m_path, {})->isOk());
        QCOMPARE(left(), QStringList("a.cohorts"));
    }

    void fileTooLarge() {
        QVERIFY(writeSnapshot(m_new, m_path));
        const auto full = static_cast<rlim_t>(std::filesystem::file_size(m_path));
        writeBytes(m_path, m_oldBytes);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        for (rlim_t limit = 0; limit < full; limit += full / 40) {
            const rlimit lowered{limit, before.rlim_max};
            QCOMPARE(setrlimit(RLIMIT_FSIZE, &lowered), 0);
            const Result<void> written = writeSnapshot(m_new, m_path);
            QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
            expectFailure(written);
        }
    }

    void diskFull_data() { addDiskRows(); }
    void diskFull() {
        QFETCH(int, kind);
        const auto disk =
            SmallDisk::mount(static_cast<SmallDisk::Kind>(kind), m_folder->path(), 4U << 20);
        if (!disk) {
            QSKIP("only root may mount a small disk");
        }
        const auto outcome = writeWithMoreAndMoreRoom(
            *disk, 90'000, [&](const std::string& path) { return writeSnapshot(m_new, path); },
            [](const std::string& path) {
                const auto checked = checkSnapshot(path, {});
                return checked && checked->isOk();
            });
        QVERIFY2(outcome.trouble.isEmpty(), qPrintable(outcome.trouble.join(' ')));
        QVERIFY(outcome.failures > 0 && outcome.successes > 0);
    }

    void cancelledMidway() {
        for (std::size_t keys = 0; keys <= m_new.keys.size(); ++keys) {
            std::stop_source stop;
            auto writer = SnapshotWriter::create(m_path, {}, JobContext(stop.get_token()));
            QVERIFY(writer);
            for (std::size_t i = 0; i < keys; ++i) {
                const MemoryKey& key = m_new.keys[i];
                QVERIFY(writer->add(key.event, key.kind, key.period, key.set));
            }
            stop.request_stop();
            const Result<void> done = keys < m_new.keys.size()
                                          ? writer->add("z", Kind::Unique, 0, poolOfSets()[9])
                                          : writer->finish(Bitmap{1});
            QVERIFY(!done);
            QCOMPARE(done.error().code, ErrorCode::Cancelled);
            QVERIFY(bytesOfFile(m_path) == m_oldBytes);
            QCOMPARE(left(), QStringList("a.cohorts")); // while the writer still lives
            QVERIFY(!writer->finish(Bitmap{1}));
        }
    }

    void cancelledFromElsewhere() {
        for (int delay = 0; delay < 60; ++delay) {
            std::stop_source stop;
            std::jthread other([&] {
                std::this_thread::sleep_for(std::chrono::microseconds(delay * 100));
                stop.request_stop();
            });
            const Result<void> written = writeSnapshot(m_new, m_path, JobContext(stop.get_token()));
            if (written) {
                QVERIFY(checkSnapshot(m_path, {})->isOk());
                writeBytes(m_path, m_oldBytes);
            } else {
                QCOMPARE(written.error().code, ErrorCode::Cancelled);
                QVERIFY(bytesOfFile(m_path) == m_oldBytes);
            }
            QCOMPARE(left(), QStringList("a.cohorts"));
        }
    }

    void droppedUnfinished() {
        {
            auto writer = SnapshotWriter::create(m_path, {}, {});
            QVERIFY(writer && writer->add("a", Kind::Unique, 0, poolOfSets()[9]));
        }
        QVERIFY(bytesOfFile(m_path) == m_oldBytes);
        QCOMPARE(left(), QStringList("a.cohorts"));
    }

    void linksAreKept() {
        namespace fs = std::filesystem;
        const std::string target = m_folder->filePath("place/real.cohorts").toStdString();
        const std::string link = m_folder->filePath("link.cohorts").toStdString();
        const std::string second = m_folder->filePath("second.cohorts").toStdString();
        fs::create_directory(fs::path(target).parent_path());
        fs::create_symlink("place/real.cohorts", link); // relative, and nothing there yet
        fs::create_symlink(link, second);
        for (const Contents& contents : {m_old, m_new}) {
            QVERIFY(writeSnapshot(contents, second));
            QVERIFY(fs::is_symlink(link) && fs::is_symlink(second));
            QVERIFY(fs::is_regular_file(fs::symlink_status(target)));
            QVERIFY(readAll(target, {}).entries[0].name == contents.keys[0].event);
        }
        QCOMPARE(left(), QStringList({"a.cohorts", "link.cohorts", "second.cohorts"}));
        fs::create_symlink("loop", m_folder->filePath("loop").toStdString());
        expectFailure(writeSnapshot(m_new, m_folder->filePath("loop").toStdString()));
    }

    void placesThatCannotBe() {
        expectFailure(writeSnapshot(m_new, m_folder->path().toStdString()));
        expectFailure(writeSnapshot(m_new, m_folder->filePath("no/such/a.cohorts").toStdString()));
        expectFailure(writeSnapshot(m_new, ""));
        expectFailure(writeSnapshot(m_new, "/dev/null"));
        expectFailure(writeSnapshot(m_new, m_path + "/x"));
        expectFailure(writeSnapshot(m_new, "/proc/a.cohorts"));
        expectFailure(writeSnapshot(m_new, m_folder->filePath(QString(300, 'x')).toStdString()));
    }

    void readOnlyFolder() {
        const std::string folder = m_folder->filePath("locked").toStdString();
        std::filesystem::create_directory(folder);
        writeBytes(folder + "/a.cohorts", m_oldBytes);
        QCOMPARE(chmod(folder.c_str(), 0555), 0);
        QVERIFY(asOrdinaryUser([&] {
            const Result<void> written = writeSnapshot(m_new, folder + "/a.cohorts");
            return !written && written.error().code == ErrorCode::CannotWrite;
        }));
        QVERIFY(bytesOfFile(folder + "/a.cohorts") == m_oldBytes);
        QCOMPARE(chmod(folder.c_str(), 0755), 0);
    }

    void anOpenReaderSaysThatItWasReplaced() {
        const auto store = openSnapshot(m_path, {});
        QVERIFY(store && writeSnapshot(m_new, m_path));
        const std::vector<BitmapKey> keys = {BitmapKey::everyone()};
        const Result<void> read = (*store)->read(keys, {}, [](std::size_t, const KeyRead&) {}, {});
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Changed);
    }

    void textsOutOfBounds() {
        const auto add = [&](std::uint32_t id, std::size_t length) {
            auto writer = SnapshotWriter::create(m_path, {}, {});
            const std::string text(length, 'x');
            const std::vector<TextId> texts = {{5, "five"}, {id, text}};
            return writer && writer->addTextIds(texts) && writer->finish(Bitmap{1});
        };
        QVERIFY(add(6, 65536));
        QVERIFY(add(UINT32_MAX, 0));
        QVERIFY(!add(6, 65537));
        QVERIFY(!add(5, 1));
        QVERIFY(!add(4, 1));
    }

private:
    QStringList left() const {
        return QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden | QDir::System);
    }
    void expectFailure(const Result<void>& written) {
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::CannotWrite);
        QVERIFY2(!written.error().why.isEmpty(), qPrintable(textOf(written.error())));
        QVERIFY(bytesOfFile(m_path) == m_oldBytes);
        for (const QString& name : left()) {
            QVERIFY2(!name.startsWith('.'), qPrintable(name));
        }
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
    Contents m_old;
    Contents m_new;
    std::string m_oldBytes;
};

QTEST_APPLESS_MAIN(TestSnapshotWriting)
#include "test_snapshot_writing.moc"
