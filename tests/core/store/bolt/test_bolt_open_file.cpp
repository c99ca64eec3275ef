// SPDX-License-Identifier: GPL-3.0-or-later
// A database file that somebody else holds, alters, replaces or removes while it is open here.
#include <filesystem>
#include <fstream>

#include <QTest>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/store/bolt/bolt_check.h"
#include "tests/support/bolt_fixture.h"
#include "tests/support/bolt_writer.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

// As a server that runs would.
class OwnLock {
public:
    explicit OwnLock(const std::string& path)
        : m_descriptor(open(path.c_str(), O_RDWR | O_CLOEXEC))
        , m_isHeld(flock(m_descriptor, LOCK_EX | LOCK_NB) == 0) {}
    ~OwnLock() { close(m_descriptor); }
    OwnLock(const OwnLock&) = delete;
    OwnLock& operator=(const OwnLock&) = delete;
    [[nodiscard]] bool isHeld() const { return m_isHeld; }

private:
    int m_descriptor;
    bool m_isHeld;
};

} // namespace

class TestBoltOpenFile : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
    std::shared_ptr<BitmapStore> m_store;

    [[nodiscard]] static std::string contents(std::uint32_t id) {
        std::mt19937_64 random(1);
        return writeBolt({{{"trackist_a_2026-1-1", Bitmap{id}.toPortable()}}, {}}, {}, random);
    }
    [[nodiscard]] ErrorCode readCode() const {
        const auto read = readStore(*m_store);
        return read ? ErrorCode::Internal : read.error().code;
    }

private slots:
    void init() {
        m_folder = fastFolder();
        m_path = m_folder->filePath("bitmapist.db").toStdString();
        writeBytes(m_path, contents(1));
        const auto store = openBolt(m_path, {}, {});
        QVERIFY(store);
        m_store = *store;
        QVERIFY(readStore(*m_store));
    }

    void namesTheWayOutOfALock() {
        const OwnLock lock(m_path);
        QVERIFY(lock.isHeld()); // nothing is kept locked between reads
        const auto opened = openBolt(m_path, {}, {});
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::Busy);
        const std::string text = opened.error().english();
        for (const char* part : {"bitmapist.db", "SIGUSR1", "-bak", "redis://"}) {
            QVERIFY2(text.find(part) != std::string::npos, text.c_str());
        }
        QCOMPARE(readCode(), ErrorCode::Busy);
        QCOMPARE(checkBolt(m_path, {}).error().code, ErrorCode::Busy);
    }

    void holdsTheLockWhileItReads() {
        const std::vector<BitmapKey> keys = {{0, Kind::Day, 0}}; // no such period
        bool isFree = true;
        const auto done = m_store->read(
            keys, {}, [&](std::size_t, const KeyRead&) { isFree = OwnLock(m_path).isHeld(); }, {});
        QVERIFY(done);
        QVERIFY(!isFree);
        QVERIFY(OwnLock(m_path).isHeld());
    }

    void readsAgainAfterALock() {
        { const OwnLock lock(m_path); }
        QVERIFY(readStore(*m_store));
    }

    void noticesWhatBecameOfTheFile() {
        const std::string bytes = bytesOfFile(m_path);
        writeBytes(m_path, bytes.substr(0, bytes.size() - 4096));
        QCOMPARE(readCode(), ErrorCode::Changed);
        init();
        writeBytes(m_folder->filePath("other").toStdString(), contents(2));
        std::filesystem::rename(m_folder->filePath("other").toStdString(), m_path);
        QCOMPARE(readCode(), ErrorCode::Changed);
        init();
        std::filesystem::remove(m_path);
        QCOMPARE(readCode(), ErrorCode::Changed);
    }

    // The same size and time, but another save.
    void noticesASaveByItsMetaPages() {
        const auto time = std::filesystem::last_write_time(m_path);
        std::string bytes = bytesOfFile(m_path);
        store64(bytes, 64, 8);
        sealMeta(bytes, 0);
        {
            std::fstream file(m_path, std::ios::binary | std::ios::in | std::ios::out);
            file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        }
        std::filesystem::last_write_time(m_path, time);
        QCOMPARE(readCode(), ErrorCode::Changed);
    }

    // What is missing then is an error of the file, and is not told of a key.
    void noticesAChangeMidway() {
        const auto keys = keysOf(*m_store->catalog());
        const auto done = m_store->read(keys, {},
                                        [&](std::size_t, const KeyRead& read) {
                                            QVERIFY(read.state == KeyState::Read);
                                            std::filesystem::resize_file(m_path, 4096);
                                        },
                                        {});
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::Changed);
    }

    // What was read is sound, but of a file that is not there any more.
    void noticesAReplacementMidway() {
        for (const bool isReplaced : {true, false}) {
            init();
            const auto other = m_folder->filePath("other").toStdString();
            writeBytes(other, contents(2));
            const auto keys = keysOf(*m_store->catalog());
            std::size_t readKeys = 0;
            const auto done = m_store->read(keys, {},
                                            [&](std::size_t, const KeyRead& read) {
                                                readKeys += read.state == KeyState::Read ? 1 : 0;
                                                if (isReplaced && std::filesystem::exists(other)) {
                                                    std::filesystem::rename(other, m_path);
                                                } else if (!isReplaced) {
                                                    std::filesystem::remove(m_path);
                                                }
                                            },
                                            {});
            QCOMPARE(readKeys, keys.size());
            QVERIFY(!done);
            QCOMPARE(done.error().code, ErrorCode::Changed);
        }
    }

    void stopsWhenAsked() {
        std::stop_source stop;
        stop.request_stop();
        const auto keys = keysOf(*m_store->catalog());
        const auto done = m_store->read(
            keys, {}, [](std::size_t, const KeyRead&) {}, JobContext(stop.get_token()));
        QVERIFY(!done && done.error().code == ErrorCode::Cancelled);
        const auto opened = openBolt(m_path, {}, JobContext(stop.get_token()));
        QVERIFY(!opened && opened.error().code == ErrorCode::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestBoltOpenFile)
#include "test_bolt_open_file.moc"
