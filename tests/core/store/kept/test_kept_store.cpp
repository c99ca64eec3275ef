// SPDX-License-Identifier: GPL-3.0-or-later
// Past periods of a server, kept between sessions: what is asked of the server then, what makes a
// copy unbelieved, and that nothing that can be wrong with the files is more than a copy that is
// not there.
#include <QTest>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <fstream>
#include <set>

#include <sys/stat.h>

#include "core/catalog/key_scheme.h"
#include "core/session/session.h"
#include "core/store/kept/kept_store.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace fs = std::filesystem;

namespace {

using Names = std::set<std::string>;

const Instant kNow = *parseIso("2026-11-26T12:00:00Z");

std::string dayKey(int day) {
    return "trackist_a_2026-11-" + std::to_string(day);
}

// A Redis whose strings the test may change while it runs, between questions.
struct Server {
    std::map<std::string, std::string> data;
    bool refusesCounts = false;
    FakeServer server{
        [this](const Words& words, int connection) { return answer(words, connection); }};
    std::size_t seen = 0;

    Server() {
        for (int day = 1; day <= 26; ++day) {
            data[dayKey(day)] = toRedisString(Bitmap{1, static_cast<std::uint32_t>(day), 70'000});
        }
        data["trackist_a_2026-10"] = "\x0f";
        data["trackist_a_2026-11"] = "\xff";
        data["trackist_b_2026-11-24-23"] = "\x01";
        data["trackist_b_W2026-47"] = "\x02"; // ended on the 23rd
        data["trackist_b_W2026-48"] = "\x03";
        data["trackist_b_u"] = "\x04";
    }
    FakeReply answer(const Words& words, int connection) {
        if (words[0] == "BITCOUNT") {
            if (refusesCounts) {
                return std::string("-NOPERM this user has no permissions to run the 'bitcount' "
                                   "command\r\n");
            }
            int count = 0;
            for (const char byte : data[words[1]]) {
                count += std::popcount(static_cast<unsigned char>(byte));
            }
            return ":" + std::to_string(count) + "\r\n";
        }
        return redisWith({data.begin(), data.end()})(words, connection);
    }
    // Keys that the command was sent for since the last look; all are looked at.
    std::map<std::string, Names> asked() {
        std::map<std::string, Names> names;
        const auto commands = server.commands();
        for (; seen < commands.size(); ++seen) {
            const Words& words = commands[seen];
            names[words[0]].insert(words.size() > 1 ? words[1] : "");
        }
        return names;
    }
};

const Names kRead = {dayKey(25), dayKey(26), "trackist_a_2026-11", "trackist_b_W2026-48",
                     "trackist_b_u"};

Names pastOf(const Server& server) {
    Names past;
    for (const auto& [key, value] : server.data) {
        if (!kRead.contains(key)) {
            past.insert(key);
        }
    }
    return past;
}

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

std::uint64_t sizeBelow(const std::string& folder) {
    std::uint64_t size = 0;
    for (const KeptSource& source : keptSources(folder)) {
        for (const std::string& file : keptFiles(source.folder)) {
            size += fs::file_size(file);
        }
    }
    return size;
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

class TestKeptStore : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    KeptOptions m_options;

    std::shared_ptr<KeptStore> open(const std::string& address) {
        RedisOptions options = patient();
        options.asOf = kNow;
        options.kept = m_options;
        auto source = openRedis(*parseServerAddress(address), options, {});
        return source ? std::make_shared<KeptStore>(*source, m_options, kNow) : nullptr;
    }
    // What was read in a session of its own, and what was asked for.
    KeysRead session(Server& server) {
        const auto store = open(server.server.address());
        KeysRead read = readKeys(*store);
        store->sets().waitUntilWritten();
        return read;
    }
    static void requireRight(KeysRead& read, const Server& server) {
        QVERIFY2(read.done.has_value(), read.done ? "" : read.done.error().english().c_str());
        std::vector<Bitmap> everyone;
        for (const auto& [key, bytes] : server.data) {
            const KeyRead& got = read.reads[key.substr(9)];
            QVERIFY2(got.state == KeyState::Read && got.bitmap == *fromRedisString(bytes),
                     key.c_str());
            if (key != "trackist_b_2026-11-24-23" && key.find("11-") == std::string::npos) {
                everyone.push_back(got.bitmap);
            }
        }
        QVERIFY(read.reads["everyone"].bitmap == Bitmap::unite(everyone));
        QCOMPARE(read.calls, server.data.size() + 1);
    }

private slots:
    void init() {
        m_folder = fastFolder();
        m_options = {};
        m_options.folder = m_folder->filePath("periods").toStdString();
        // What a session reads comes into one file, however slow the machine.
        m_options.writingDelay = std::chrono::hours(1);
    }

    void asksForNoMoreThanRunningPeriodsAfterARestart() {
        Server server;
        KeysRead first = session(server);
        requireRight(first, server);
        QVERIFY(server.asked()["BITCOUNT"].empty());
        {
            const auto store = open(server.server.address());
            server.asked(); // greeting, listing, a sample of lengths
            KeysRead second = readKeys(*store);
            requireRight(second, server);
            auto asked = server.asked();
            QVERIFY(asked["GET"] == kRead && asked["STRLEN"] == kRead);
            QVERIFY(asked["GETRANGE"].empty());
            QVERIFY(asked["BITCOUNT"] == pastOf(server));
            for (const auto& [name, read] : second.reads) {
                QCOMPARE(read.isKept, name != "everyone" && !kRead.contains("trackist_" + name));
            }
            KeysRead again = readKeys(*store); // once a session is enough
            requireRight(again, server);
            asked = server.asked();
            QVERIFY(asked["GET"] == kRead);
            QVERIFY(asked["BITCOUNT"].empty());
        }
        const auto store = open(server.server.address());
        KeysRead part = readKeys(*store, {1, 2});
        QVERIFY(part.reads["a_2026-11-3"].isKept);
        QVERIFY(part.reads["a_2026-11-3"].bitmap == Bitmap{70'000});
        QVERIFY(readKeys(*store, {0, 1}).reads["a_2026-11-3"].bitmap == (Bitmap{1, 3}));
    }

    // Nobody need close the source for it.
    void writesAfterAWhile() {
        Server server;
        m_options.writingDelay = std::chrono::milliseconds(1);
        const auto store = open(server.server.address());
        const auto sources = keptSources(m_options.folder);
        QCOMPARE(sources.size(), std::size_t{1});
        KeysRead read = readKeys(*store);
        requireRight(read, server);
        QTRY_VERIFY(!keptFiles(sources[0].folder).empty());
    }

    // Each cell of a table is the same, and the cost tells where it came from.
    void answersTheSame() {
        Server server;
        OpenOptions options;
        options.kept = m_options;
        const auto query = parseQuery("a@2026-11-01 & a@2026-11-02 & b@unique");
        for (const std::uint64_t kept : {0U, 2U}) {
            const auto session = Session::open(server.server.address(), {}, options);
            QVERIFY(session.has_value());
            const auto answer = (*session)->count(*query, {}, {});
            QVERIFY(answer.has_value());
            QCOMPARE(answer->count, std::uint64_t{0});
            QCOMPARE(answer->cost.keysRead, std::uint64_t{3});
            QCOMPARE(answer->cost.keysKept, kept);
        }
    }

    void readsAgainWhatHasChanged() {
        Server server;
        session(server);
        server.data[dayKey(3)] = "\xff"; // marked in the past
        server.asked();
        KeysRead read = session(server);
        requireRight(read, server);
        auto asked = server.asked();
        QVERIFY(asked["GET"].contains(dayKey(3)));
        QCOMPARE(asked["GET"].size(), kRead.size() + 1);
        read = session(server); // and the change is what is kept now
        requireRight(read, server);
        QVERIFY(read.reads["a_2026-11-3"].isKept);
    }

    void believesEqualCountsUntilToldToReadAgain() {
        Server server;
        session(server);
        server.data[dayKey(3)] = toRedisString(Bitmap{5, 6, 7}); // three others
        QVERIFY(session(server).reads["a_2026-11-3"].bitmap == (Bitmap{1, 3, 70'000}));
        m_options.readsAgain = true;
        server.asked();
        KeysRead read = session(server);
        requireRight(read, server);
        QVERIFY(server.asked()["BITCOUNT"].empty());
        m_options.readsAgain = false;
        read = session(server);
        requireRight(read, server);
        QVERIFY(read.reads["a_2026-11-3"].isKept);
    }

    // Once a period was read anew, no older copy of it is believed: not where the new one is too
    // large to be kept, nor where the clock was set back, nor where another program writes what it
    // had read before.
    void neverGoesBackToAnOlderCopy_data() {
        QTest::addColumn<QString>("how");
        for (const char* how : {"too large", "clock", "another program"}) {
            QTest::newRow(how) << how;
        }
    }
    void neverGoesBackToAnOlderCopy() {
        QFETCH(QString, how);
        Server server;
        session(server);
        const std::string folder = keptSources(m_options.folder).at(0).folder;
        const std::string old = keptFiles(folder).at(0);
        if (how == "too large") {
            m_options.limitBytes = sizeBelow(m_options.folder) + 1000;
            std::vector<std::uint32_t> ids(100'000);
            std::generate(ids.begin(), ids.end(), [next = 0U]() mutable { return next += 41; });
            const Bitmap large = Bitmap::fromIds(ids);
            QVERIFY(large.bytes() > m_options.limitBytes / 2);
            server.data[dayKey(3)] = toRedisString(large);
        } else {
            server.data[dayKey(3)] = "\xff";
        }
        if (how == "clock") {
            fs::rename(old, folder + "/7fffffffffffffff-1.cohorts");
        }
        const auto store = open(server.server.address());
        for (int round = 0; round < 3; ++round) {
            KeysRead read = readKeys(*store);
            requireRight(read, server);
            read = readKeys(*store, {0, 1});
            QVERIFY(read.reads["a_2026-11-3"].bitmap ==
                    fromRedisString(server.data[dayKey(3)])->slice({0, 1}));
            store->sets().waitUntilWritten();
            if (how == "another program" && round == 0) {
                fs::copy(old, folder + "/7ffffffffffffffe-1.cohorts");
                m_options.writingDelay = std::chrono::milliseconds(0);
                store->sets().keep({0, Kind::Day, parsePeriod("2026-11-01")->index},
                                   Bitmap{1, 70'000}); // so that it looks at the folder
                store->sets().waitUntilWritten();
            }
        }
        if (how != "too large") { // and it is kept for the next session
            QVERIFY(session(server).reads["a_2026-11-3"].isKept || how == "another program");
        }
    }

    void readsAllWhereCountsAreRefused() {
        Server server;
        session(server);
        server.refusesCounts = true;
        server.asked();
        KeysRead read = session(server);
        requireRight(read, server);
        QCOMPARE(server.asked()["GET"].size(), server.data.size());
    }

    void keepsForItsUserAloneAndNoSecret() {
        Server server;
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
        Server one;
        Server other;
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
            Server server;
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
        Server old;
        Server server;
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
        Server server;
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
        Server server;
        fs::create_directories(m_folder->path().toStdString());
        writeBytes(m_options.folder, "a file where the folder should be");
        const auto store = open(server.server.address());
        KeysRead read = readKeys(*store);
        requireRight(read, server);
        QVERIFY(!store->sets().trouble().empty());
        store->sets().waitUntilWritten(); // does not hang
    }

    void clearsWhatIsItsOwn() {
        Server server;
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

QTEST_GUILESS_MAIN(TestKeptStore)
#include "test_kept_store.moc"
