// SPDX-License-Identifier: GPL-3.0-or-later
// Files that appear whole or not at all: full disks, locked folders, links, cancels.
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

#include <sys/stat.h>

#include "core/export/output_file.h"
#include "core/export/users_file.h"
#include "tests/support/bolt_writer.h"
#include "tests/support/random_stores.h"
#include "tests/support/small_disk.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

constexpr std::uint32_t kUsers = 60'000;

std::string wholeList() {
    std::string text = "user_id\n";
    for (std::uint32_t id = 0; id < kUsers; ++id) {
        text += std::to_string(id) + '\n';
    }
    return text;
}

Result<void> saveList(const std::string& path, const JobContext& job = {}) {
    const MemoryStore store({});
    return saveUsersCsv(Bitmap::fromRange(0, kUsers), store, {}, path, job).map([](auto) {});
}

} // namespace

class TestOutputFile : public QObject {
    Q_OBJECT
private slots:
    void diskFull_data() { addDiskRows(); }
    void diskFull() {
        QFETCH(int, kind);
        const QTemporaryDir folder;
        const auto disk =
            SmallDisk::mount(static_cast<SmallDisk::Kind>(kind), folder.path(), 1U << 20);
        if (!disk) {
            QSKIP("only root may mount a small disk");
        }
        const std::string whole = wholeList();
        const auto outcome = writeWithMoreAndMoreRoom(
            *disk, 30'000, [](const std::string& path) { return saveList(path); },
            [&](const std::string& path) { return bytesOfFile(path) == whole; });
        QVERIFY2(outcome.trouble.isEmpty(), qPrintable(outcome.trouble.join(' ')));
        QVERIFY(outcome.failures > 5 && outcome.successes > 5);
        // A few bytes are written at the end alone, when the buffers are emptied.
        const auto small = writeWithMoreAndMoreRoom(
            *disk, 4'000,
            [](const std::string& path) { return writeWholeFile(path, "a,b\n1,2\n"); },
            [](const std::string& path) { return bytesOfFile(path) == "a,b\n1,2\n"; });
        QVERIFY2(small.trouble.isEmpty(), qPrintable(small.trouble.join(' ')));
        QVERIFY(small.failures > 0 && small.successes > 0);
    }

    void lockedFoldersAndOddTargets() {
        const QTemporaryDir folder;
        const std::string base = folder.path().toStdString();
        const auto code = [](const std::string& path) {
            const auto written = saveList(path);
            return written ? ErrorCode::Internal : written.error().code;
        };
        QCOMPARE(code(base), ErrorCode::CannotWrite);
        QCOMPARE(code(base + "/none/x.csv"), ErrorCode::CannotWrite);
        QCOMPARE(code(""), ErrorCode::CannotWrite);
        const std::string pipe = base + "/pipe"; // would be replaced by a plain file
        QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
        QCOMPARE(code(pipe), ErrorCode::CannotWrite);
        QVERIFY(std::filesystem::is_fifo(pipe));
        std::filesystem::create_directory(base + "/locked");
        QCOMPARE(chmod((base + "/locked").c_str(), 0555), 0);
        QCOMPARE(chmod(base.c_str(), 0755), 0);
        QVERIFY(asOrdinaryUser([&] { return code(base + "/locked/x") == ErrorCode::CannotWrite; }));
    }

    // The snapshot that the users were found in, say.
    void dataAreNotReplaced() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("data").toStdString();
        const std::string link = folder.filePath("link").toStdString();
        std::filesystem::create_symlink("data", link);
        std::mt19937_64 random(1);
        QVERIFY(writeSnapshot({}, path));
        for (const std::string& bytes : {bytesOfFile(path), writeBolt({}, {}, random)}) {
            writeBytes(path, bytes);
            for (const std::string& target : {path, link}) {
                const auto written = saveList(target);
                QVERIFY(!written && written.error().code == ErrorCode::CannotWrite);
                QVERIFY(written.error().english().find("Choose another name") != std::string::npos);
                QVERIFY(bytesOfFile(path) == bytes);
            }
        }
        writeBytes(path, "user_id\n");
        QVERIFY(saveList(path));
    }

    void aLinkStaysALink() {
        const QTemporaryDir folder;
        const std::string base = folder.path().toStdString();
        writeBytes(base + "/real.csv", "old");
        std::filesystem::create_symlink("real.csv", base + "/link.csv");
        QVERIFY(saveList(base + "/link.csv"));
        QVERIFY(std::filesystem::is_symlink(base + "/link.csv"));
        QVERIFY(bytesOfFile(base + "/real.csv") == wholeList());
    }

    void aCancelLeavesTheOldFile() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("users.csv").toStdString();
        writeBytes(path, "old");
        std::stop_source stop;
        const JobContext job(stop.get_token(), [&](Progress progress) {
            QCOMPARE(progress.unit, Progress::Unit::Users);
            stop.request_stop(); // after the first part
        });
        const auto written =
            saveUsersCsv(Bitmap::fromRange(0, 5'000'000), MemoryStore({}), {}, path, job);
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::Cancelled);
        QCOMPARE(bytesOfFile(path), std::string("old"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden),
                 QStringList{"users.csv"});
    }

    void saysHowManyItWrote() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("users.csv").toStdString();
        UsersCsvOptions options;
        const Bitmap users = Bitmap::fromRange(7, 100'007);
        QCOMPARE(saveUsersCsv(users, MemoryStore({}), options, path, {}).value(), 100'000U);
        const std::string text = bytesOfFile(path);
        QCOMPARE(std::count(text.begin(), text.end(), '\n'), 100'001);
        options.limit = 3;
        QCOMPARE(saveUsersCsv(users, MemoryStore({}), options, path, {}).value(), 3U);
        QCOMPARE(bytesOfFile(path), std::string("user_id\n7\n8\n9\n"));
    }
};

QTEST_GUILESS_MAIN(TestOutputFile)
#include "test_output_file.moc"
