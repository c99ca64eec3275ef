// SPDX-License-Identifier: GPL-3.0-or-later
// For tests of past periods that are kept: a Redis whose strings the test may change between
// questions, and sessions that read all of it with copies in a folder of the test's own.
#pragma once

#include <bit>
#include <filesystem>
#include <set>

#include "core/catalog/key_scheme.h"
#include "core/store/kept/kept_store.h"
#include "tests/support/server_fixture.h"

namespace cohortist::test {

using Names = std::set<std::string>;

inline const Instant kNow = *parseIso("2026-11-26T12:00:00Z");

inline std::string dayKey(int day) {
    return "trackist_a_2026-11-" + std::to_string(day);
}

// A Redis whose strings the test may change while it runs, between questions.
struct ChangingRedis {
    std::map<std::string, std::string> data;
    bool refusesCounts = false;
    int countsUntilItBreaksOff = -1; // never
    FakeServer server{
        [this](const Words& words, int connection) { return answer(words, connection); }};
    std::size_t seen = 0;

    ChangingRedis() {
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
            if (countsUntilItBreaksOff-- == 0) {
                FakeReply broken(std::string(":"));
                broken.closes = true;
                return broken;
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

inline const Names kRead = {dayKey(25), dayKey(26), "trackist_a_2026-11", "trackist_b_W2026-48",
                            "trackist_b_u"};

inline Names pastOf(const ChangingRedis& server) {
    Names past;
    for (const auto& [key, value] : server.data) {
        if (!kRead.contains(key)) {
            past.insert(key);
        }
    }
    return past;
}

inline std::uint64_t sizeBelow(const std::string& folder) {
    std::uint64_t size = 0;
    for (const KeptSource& source : keptSources(folder)) {
        for (const std::string& file : keptFiles(source.folder)) {
            size += std::filesystem::file_size(file);
        }
    }
    return size;
}

class KeptTest : public QObject {
protected:
    std::unique_ptr<QTemporaryDir> m_folder;
    KeptOptions m_options;

    void begin() {
        m_folder = fastFolder();
        m_options = {};
        m_options.folder = m_folder->filePath("periods").toStdString();
        // What a session reads comes into one file, however slow the machine.
        m_options.writingDelay = std::chrono::hours(1);
    }
    std::shared_ptr<KeptStore> open(const std::string& address) {
        RedisOptions options = patient();
        options.asOf = kNow;
        options.kept = m_options;
        auto source = openRedis(*parseServerAddress(address), options, {});
        return source ? std::make_shared<KeptStore>(*source, m_options, kNow) : nullptr;
    }
    // What was read in a session of its own, and what was asked for.
    KeysRead session(ChangingRedis& server) {
        const auto store = open(server.server.address());
        KeysRead read = readKeys(*store);
        store->sets().waitUntilWritten();
        return read;
    }
    static void requireRight(KeysRead& read, const ChangingRedis& server) {
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
};

} // namespace cohortist::test
