// SPDX-License-Identifier: GPL-3.0-or-later
// The files that hold past periods of servers: whose they are and how much they may take, and that
// nothing that can be wrong with them is more than a copy that is not there.
#include <QTest>

#include <fstream>

#include <sys/stat.h>

#include "tests/support/kept_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace fs = std::filesystem;

namespace {

std::string bytesBelow(const fs::path& folder) {
    std::string bytes;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        bytes += entry.path().string() + "\n";
        if (entry.is_regular_file()) {
            bytes += bytesOfFile(entry.path().string());
        }
    }
    return bytes;
}

void spoil(const std::string& path, const QString& harm) {
    std::string bytes = bytesOfFile(path);
    if (harm == "removed") {
        fs::remove(path);
        return;
    }
    if (harm == "truncated") {
        bytes.resize(bytes.size() / 2);
    } else if (harm == "flipped") {
        for (std::size_t i = 100; i < bytes.size(); i += 97) {
            bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
        }
    } else if (harm == "emptied") {
        bytes.clear();
    } else {
        bytes = "no snapshot at all";
    }
    writeBytes(path, bytes);
}

} // namespace

class TestKeptFiles : public KeptTest {
    Q_OBJECT
private slots:
    void init() { begin(); }

    void keepsForItsUserAloneAndNoSecret() {
        ChangingRedis server;
        const std::string address =
            "redis://ana:topsecret@127.0.0.1:" + std::to_string(server.server.port()) +
            "?prefix=trackist_";
        {
            const auto store = open(address);
            QVERIFY(readKeys(*store).done.has_value());
        }
        const std::string all = bytesBelow(m_options.folder);
        QVERIFY(all.find("127.0.0.1") != std::string::npos);
        QVERIFY(all.find("topsecret") == std::string::npos);
        struct stat status {};
        std::size_t files = 0;
        for (const auto& entry : fs::recursive_directory_iterator(m_options.folder)) {
            QCOMPARE(stat(entry.path().c_str(), &status), 0);
            QCOMPARE(status.st_mode & 0777U, entry.is_directory() ? 0700U : 0600U);
            files += entry.is_regular_file() ? 1U : 0U;
        }
        QVERIFY(files >= 2);
        QCOMPARE(stat(m_options.folder.c_str(), &status), 0);
        QCOMPARE(status.st_mode & 0777U, 0700U);
    }

    // Another source or another prefix has copies of its own.
    void keepsSourcesApart() {
        ChangingRedis one;
        ChangingRedis other;
        other.data[dayKey(3)] = toRedisString(Bitmap{5, 6, 7}); // as many
        session(one);
        KeysRead read = session(other);
        requireRight(read, other);
        QVERIFY(!read.reads["a_2026-11-3"].isKept);
        const auto sources = keptSources(m_options.folder);
        QCOMPARE(sources.size(), std::size_t{2});
        QCOMPARE(sources[0].source, other.server.address());
        QCOMPARE(sources[0].prefix, std::string("trackist_"));
        QVERIFY(sources[0].bytes > 0);
    }

    void isHarmedByNothing_data() {
        QTest::addColumn<QString>("harm");
        for (const char* harm : {"truncated", "flipped", "emptied", "replaced", "removed"}) {
            QTest::newRow(harm) << harm;
        }
    }
    void isHarmedByNothing() {
        QFETCH(QString, harm);
        for (const bool isWhileOpen : {false, true}) {
            init();
            ChangingRedis server;
            session(server);
            const auto files = keptFiles(keptSources(m_options.folder).at(0).folder);
            QVERIFY(!files.empty());
            const auto store = isWhileOpen ? open(server.server.address()) : nullptr;
            for (const std::string& file : files) {
                spoil(file, harm);
            }
            KeysRead read = readKeys(isWhileOpen ? *store : *open(server.server.address()));
            requireRight(read, server);
            read = session(server);
            requireRight(read, server);
            read = session(server);
            requireRight(read, server);
            QVERIFY(read.reads["a_2026-11-3"].isKept);
        }
    }

    void staysWithinItsLimit() {
        ChangingRedis old;
        ChangingRedis server;
        session(old);
        m_options.limitBytes = sizeBelow(m_options.folder) + 1000;
        KeysRead read = session(server);
        requireRight(read, server);
        QVERIFY(sizeBelow(m_options.folder) <= m_options.limitBytes);
        QVERIFY(session(server).reads["a_2026-11-3"].isKept); // the one used last stays
        QVERIFY(!session(old).reads["a_2026-11-3"].isKept);
        m_options.limitBytes = 100;
        read = session(server);
        requireRight(read, server);
        QCOMPARE(sizeBelow(m_options.folder), std::uint64_t{0});
    }

    void unitesManySmallFiles() {
        ChangingRedis server;
        for (int day = 1; day <= 20; ++day) {
            const auto store = open(server.server.address());
            const BitmapKey key{0, Kind::Day, parsePeriod("2026-11-01")->index + day - 1};
            QVERIFY(store->read({&key, 1}, {}, [](std::size_t, const KeyRead&) {}, {}).has_value());
            store->sets().waitUntilWritten();
        }
        const auto files = keptFiles(keptSources(m_options.folder).at(0).folder);
        QVERIFY2(files.size() < 9, std::to_string(files.size()).c_str());
        server.asked();
        KeysRead read = session(server);
        requireRight(read, server);
        for (int day = 1; day <= 20; ++day) {
            QVERIFY(read.reads["a_2026-11-" + std::to_string(day)].isKept);
        }
    }

    void goesOnWhereNothingCanBeKept() {
        ChangingRedis server;
        fs::create_directories(m_folder->path().toStdString());
        writeBytes(m_options.folder, "a file where the folder should be");
        const auto store = open(server.server.address());
        KeysRead read = readKeys(*store);
        requireRight(read, server);
        QVERIFY(!store->sets().trouble().empty());
        store->sets().waitUntilWritten(); // does not hang
    }

    void clearsWhatIsItsOwn() {
        ChangingRedis server;
        session(server);
        writeBytes(m_options.folder + "/mine.txt", "x");
        fs::create_directories(m_options.folder + "/0123");
        QVERIFY(clearKept(m_options.folder).has_value());
        QVERIFY(keptSources(m_options.folder).empty());
        QVERIFY(fs::exists(m_options.folder + "/mine.txt"));
        QVERIFY(fs::exists(m_options.folder + "/0123"));
        KeysRead read = session(server);
        requireRight(read, server);
        QVERIFY(!read.reads["a_2026-11-3"].isKept);
        QVERIFY(clearKept(m_options.folder + "/nowhere").has_value());
    }
};

QTEST_GUILESS_MAIN(TestKeptFiles)
#include "test_kept_files.moc"
