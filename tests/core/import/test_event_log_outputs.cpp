// SPDX-License-Identifier: GPL-3.0-or-later
// Where an import goes, and what stops it: whatever fails, the old file stays and nothing temporary
// is left.
#include <QTest>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>
#include <vector>

#include <sys/stat.h>

#include "core/import/append_lock.h"
#include "core/store/snapshot/snapshot_check.h"
#include "core/store/snapshot/snapshot_store.h"
#include "tests/support/import_fixture.h"
#include "tests/support/small_disk.h"

using namespace cohortist;
using namespace cohortist::test;

class TestEventLogOutputs : public QObject, private ImportFixture {
    Q_OBJECT
private slots:
    void init() { prepare(); }

    void appendingToWhatIsNoSnapshot() {
        writeBytes(m_log, kHeader + kGood);
        m_options.isAppending = true;
        const auto code = [&](const std::string& output) {
            const auto summary = importEventLog(m_log, m_options, output, {});
            return summary ? ErrorCode::Internal : summary.error().code;
        };
        QCOMPARE(code(m_output + "x"), ErrorCode::NotFound);
        const auto missing = importEventLog(m_log, m_options, m_output + "x", {});
        QVERIFY(missing.error().english().find("Leave --append out") != std::string::npos);
        writeBytes(m_output, kHeader);
        QCOMPARE(code(m_output), ErrorCode::WrongFormat);
        QVERIFY(bytesOfFile(m_output) == kHeader);
    }

    void appendingIntegersToTexts() {
        writeBytes(m_log, kHeader + kGood);
        m_options.hasTextIds = true;
        QVERIFY(import());
        m_oldBytes = bytesOfFile(m_output);
        m_options.hasTextIds = false;
        m_options.isAppending = true;
        QVERIFY(expectFailure(ErrorCode::Usage).english().find("Run again with --ids text") !=
                std::string::npos);
    }

    // Each finds what the others have written, whoever comes first.
    void appendingAllAtOnce() {
        constexpr int kLogs = 8;
        m_options.isAppending = true;
        std::array<bool, kLogs> isDone{};
        {
            std::vector<std::jthread> others;
            others.reserve(kLogs);
            for (int i = 0; i < kLogs; ++i) {
                const std::string log = m_log + std::to_string(i);
                writeBytes(log, kHeader + "1,event" + std::to_string(i) + ",2020-01-01\n");
                others.emplace_back([this, log, i, &isDone] {
                    isDone[static_cast<std::size_t>(i)] =
                        importEventLog(log, m_options, m_output, {}).has_value();
                });
            }
        }
        QVERIFY(std::all_of(isDone.begin(), isDone.end(), std::identity()));
        const auto store = openSnapshot(m_output, {});
        QVERIFY(store);
        QCOMPARE((*store)->catalog()->size(), std::size_t{kLogs + 1}); // and the older one
    }

    void stopsWaitingForAnotherAppend() {
        writeBytes(m_log, kHeader + kGood);
        m_options.isAppending = true;
        const auto lock = AppendLock::take(m_output, {});
        QVERIFY(lock);
        std::stop_source stop;
        std::jthread other([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            stop.request_stop();
        });
        const auto summary =
            importEventLog(m_log, m_options, m_output, JobContext(stop.get_token()));
        QVERIFY(!summary && summary.error().code == ErrorCode::Cancelled);
        QVERIFY(bytesOfFile(m_output) == m_oldBytes);
    }

    // Not while another adds to it: that one's file would take this one's place.
    void replacesWhenNobodyAddsToIt() {
        writeBytes(m_log, kHeader + kGood);
        auto lock = std::optional(AppendLock::take(m_output, {}));
        QVERIFY(lock->has_value());
        std::atomic<bool> isDone = false;
        std::jthread other([&] {
            QVERIFY(importEventLog(m_log, m_options, m_output, {}));
            isDone = true;
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        QVERIFY(!isDone && bytesOfFile(m_output) == m_oldBytes);
        lock.reset();
        other.join();
        QVERIFY(isDone && bytesOfFile(m_output) != m_oldBytes);
    }

    void theOutputIsTheLog() {
        writeBytes(m_log, kHeader + kGood);
        const std::string link = m_folder->filePath("link.cohorts").toStdString();
        std::filesystem::create_symlink(m_log, link);
        for (const std::string& output : {m_log, link}) {
            const auto summary = importEventLog(m_log, m_options, output, {});
            QVERIFY(!summary);
            QCOMPARE(summary.error().code, ErrorCode::Usage);
            QVERIFY(bytesOfFile(m_log) == kHeader + kGood);
        }
    }

    void outputsThatCannotBeWritten() {
        writeBytes(m_log, manyLines(100));
        const auto code = [&](const std::string& output) {
            const auto summary = importEventLog(m_log, m_options, output, {});
            return summary ? ErrorCode::Internal : summary.error().code;
        };
        QCOMPARE(code(m_folder->path().toStdString()), ErrorCode::CannotWrite);
        QCOMPARE(code(m_output + "/x"), ErrorCode::CannotWrite);
        QCOMPARE(code(""), ErrorCode::CannotWrite);
        QCOMPARE(code("/dev/null"), ErrorCode::CannotWrite);
        QCOMPARE(code("-"), ErrorCode::CannotWrite);
        const std::string locked = m_folder->filePath("locked").toStdString();
        std::filesystem::create_directory(locked);
        QCOMPARE(chmod(locked.c_str(), 0555), 0);
        QCOMPARE(chmod(m_folder->path().toLocal8Bit().constData(), 0755), 0);
        QVERIFY(asOrdinaryUser([&] { return code(locked + "/x") == ErrorCode::CannotWrite; }));
        QCOMPARE(left(), (QStringList{"log.cohorts", "log.csv"}));
    }

    void aLinkStaysALink() {
        writeBytes(m_log, kHeader + kGood);
        const std::string link = m_folder->filePath("link.cohorts").toStdString();
        std::filesystem::create_symlink("log.cohorts", link);
        QVERIFY(importEventLog(m_log, m_options, link, {}));
        QVERIFY(std::filesystem::is_symlink(link));
        QVERIFY(bytesOfFile(m_output) != m_oldBytes);
        QVERIFY(checkSnapshot(m_output, {})->isOk());
    }

    void diskFull_data() { addDiskRows(); }
    void diskFull() {
        QFETCH(int, kind);
        const auto disk =
            SmallDisk::mount(static_cast<SmallDisk::Kind>(kind), m_folder->path(), 1U << 20);
        if (!disk) {
            QSKIP("only root may mount a small disk");
        }
        writeBytes(m_log, manyLines(60'000));
        const auto outcome = writeWithMoreAndMoreRoom(
            *disk, 40'000,
            [&](const std::string& path) {
                return importEventLog(m_log, m_options, path, {}).map([](const auto&) {});
            },
            [](const std::string& path) { return checkSnapshot(path, {})->isOk(); });
        QVERIFY2(outcome.trouble.isEmpty(), qPrintable(outcome.trouble.join(' ')));
        QVERIFY(outcome.failures > 0 && outcome.successes > 0);
    }

    void stopsAtAnyMoment() {
        writeBytes(m_log, manyLines(150'000));
        int stopped = 0;
        for (int delay = 0; delay < 25; ++delay) {
            std::stop_source stop;
            std::jthread other([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(delay * 3));
                stop.request_stop();
            });
            const auto summary =
                importEventLog(m_log, m_options, m_output, JobContext(stop.get_token()));
            if (summary) {
                QVERIFY(checkSnapshot(m_output, {})->isOk());
                writeBytes(m_output, m_oldBytes);
            } else {
                ++stopped;
                QCOMPARE(summary.error().code, ErrorCode::Cancelled);
                QVERIFY(bytesOfFile(m_output) == m_oldBytes);
            }
            QCOMPARE(left(), (QStringList{"log.cohorts", "log.csv"}));
        }
        QVERIFY(stopped > 0);
    }
};

QTEST_APPLESS_MAIN(TestEventLogOutputs)
#include "test_event_log_outputs.moc"
