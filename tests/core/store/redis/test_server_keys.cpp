// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of every kind and servers that list them in every way; values that are of a wrong type,
// refused, gone or too long. What cannot be read is told, and nothing else suffers.
#include <QTest>

#include <future>

#include "core/session/session.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

const Strings kTwo = {{"trackist_a_2026-1-1", "\x80"}, {"trackist_b_2026-1-1", "\x40"}};

std::vector<std::string> namesOf(const EventCatalog& catalog) {
    std::vector<std::string> names;
    for (const EventEntry& entry : catalog.entries()) {
        names.push_back(entry.name);
    }
    return names;
}

} // namespace

class TestServerKeys : public QObject {
    Q_OBJECT
private slots:
    void takesDuplicatesAndEmptyPages() {
        FakeServer server(redisBut(kTwo, [](const Words& words, int) -> std::optional<FakeReply> {
            if (words[0] != "SCAN") {
                return std::nullopt;
            }
            const std::string& cursor = words[1];
            return cursor == "0"    ? page("18446744073709551615", {"trackist_a_2026-1-1"})
                   : cursor == "77" ? page("5", {})
                   : cursor == "5"  ? page("0", {"trackist_b_2026-1-1", "trackist_a_2026-1-1"})
                                    : page("77", {"trackist_a_2026-1-1", "other"});
        }));
        const auto store = openAt(server.address());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        QCOMPARE((*store)->catalog()->keyCount(), std::uint64_t{2});
    }

    void doesNotScanForEver() {
        for (const bool repeats : {true, false}) {
            std::uint64_t cursor = 0;
            FakeServer server(
                redisBut(kTwo, [&](const Words& words, int) -> std::optional<FakeReply> {
                    if (words[0] != "SCAN") {
                        return std::nullopt;
                    }
                    cursor = repeats ? 1 + cursor % 3 : cursor + 1;
                    return FakeReply(page(std::to_string(cursor), {"trackist_a_2026-1-1"}));
                }));
            RedisOptions options = patient();
            options.access.listing.sparePages = 200;
            const auto store = stoppedAfter(
                20, [&](const JobContext& job) { return openAt(server.address(), options, job); });
            QVERIFY(!store);
            QVERIFY2(troubleOf(store).find("no end") != std::string::npos,
                     troubleOf(store).c_str());
            QVERIFY(server.commands().size() < (repeats ? 12U : 500U));
        }
    }

    void takesOnePageOfAMillionKeys() {
        std::string all = "*2\r\n$1\r\n0\r\n*1000000\r\n";
        for (int i = 0; i < 1'000'000; ++i) {
            all += bulk("trackist_e" + std::to_string(i % 1000) + "_" +
                        std::to_string(1000 + i / 1000) + "-1-1");
        }
        FakeServer server(redisBut(kTwo, [&](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "SCAN" ? std::optional(FakeReply(all)) : std::nullopt;
        }));
        RedisOptions options = patient();
        const auto store = openAt(server.address(), options);
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        QCOMPARE((*store)->catalog()->keyCount(), std::uint64_t{1'000'000});
        QCOMPARE((*store)->catalog()->size(), std::size_t{1000});
    }

    void stopsWhileItLists() {
        std::atomic<std::uint64_t> pages = 0;
        FakeServer server(redisBut(kTwo, [&](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "SCAN" ? std::optional(FakeReply(page(std::to_string(++pages), {})))
                                      : std::nullopt;
        }));
        std::stop_source stop;
        auto opening = std::async(std::launch::async, [&] {
            return openAt(server.address(), patient(), JobContext(stop.get_token()));
        });
        QTRY_VERIFY(pages > 20);
        stop.request_stop();
        QVERIFY(opening.wait_for(std::chrono::seconds(1)) == std::future_status::ready);
        QCOMPARE(codeOf(opening.get().error()), std::string("cancelled"));
    }

    void tellsHowFarItIs() {
        FakeServer server(redisWith(kTwo));
        std::vector<Progress> told;
        const JobContext job({}, [&](Progress progress) { told.push_back(progress); });
        QVERIFY(openAt(server.address(), patient(), job).has_value());
        QVERIFY(!told.empty());
        QCOMPARE(told.back().done, std::uint64_t{2});
        QCOMPARE(told.back().total, std::uint64_t{2});
    }

    void readsKeysOfAnyBytes() {
        const std::string names[] = {std::string("nul\0byte", 8),
                                     "new\r\nline",
                                     "\xff\xfe",
                                     "a:b",
                                     "a/b",
                                     "a_b",
                                     "*?[x]\\",
                                     "",
                                     "two words",
                                     std::string(32 * 1024, 'k')};
        Strings data;
        for (const std::string& name : names) {
            data.emplace_back("trackist_" + name + "_2026-1-1", std::string("\x80", 1));
        }
        FakeServer server(redisWith(data));
        const auto store = openAt(server.address());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        QCOMPARE((*store)->catalog()->size(), std::size(names));
        KeysRead read = readKeys(**store);
        QVERIFY(read.done.has_value());
        for (const std::string& name : names) {
            QVERIFY((*store)->catalog()->find(name).has_value());
            QVERIFY(read.reads[name + "_2026-1-1"].bitmap == Bitmap{0});
        }
    }

    void asksForThePrefixAsItIs() {
        FakeServer server(redisWith({{"a*[b_x_2026-1-1", "\x80"}}));
        const auto store = openAt(server.address() + "?prefix=a%2A%5Bb_");
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        QCOMPARE(namesOf(*(*store)->catalog()), std::vector<std::string>{"x"});
        bool isAsked = false;
        for (const Words& words : server.commands()) {
            if (words[0] == "SCAN") {
                isAsked = true;
                QCOMPARE(words, (Words{"SCAN", "0", "MATCH", "a\\*\\[b_*", "COUNT", "1000"}));
            }
        }
        QVERIFY(isAsked);
    }

    void findsThePrefixOrNamesTheChoice() {
        const auto opened = [](const Strings& data, const std::string& parameters = "") {
            const FakeServer server(redisWith(data));
            const auto store = openAt(server.address() + parameters);
            return store ? (*store)->info().prefix + " " +
                               std::to_string((*store)->catalog()->keyCount())
                         : troubleOf(store);
        };
        const Strings custom = {{"my_app_a_2026-1-1", "x"}, {"my_app_b_2026-1", "x"},
                                {"my_app_old", "x"},        {"my_app_c_u", "x"},
                                {"unrelated", "x"},         {"my_app_bitop_AND_x_2026-1-1", "x"}};
        QCOMPARE(opened(custom), std::string("my_app_ 4"));
        Strings both = custom;
        both.insert(both.end(), kTwo.begin(), kTwo.end());
        const std::string choice = opened(both);
        QVERIFY2(choice.starts_with("not found: ") &&
                     choice.find("trackist_, my_app_") != std::string::npos,
                 choice.c_str());
        QCOMPARE(opened(both, "?prefix=my_app_"), std::string("my_app_ 4"));
        QCOMPARE(opened(both, "?prefix=trackist_"), std::string("trackist_ 2"));
        const std::string none = opened({{"session:1", "x"}, {"cache", "y"}});
        QVERIFY2(none.find("none of its keys") != std::string::npos, none.c_str());
        const std::string empty = opened({});
        QVERIFY2(empty.find("it is empty") != std::string::npos, empty.c_str());
        const std::string absent = opened(kTwo, "?prefix=nosuch_");
        QVERIFY2(absent.find("no key begins with nosuch_") != std::string::npos, absent.c_str());
    }

    void marksOneKeyAndGoesOn_data() {
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<int>("state");
        const auto row = [](const char* command, const char* said, KeyState state) {
            QTest::addRow("%s %.20s", command, said)
                << QByteArray(command) << QByteArray(said) << static_cast<int>(state);
        };
        for (const char* command : {"STRLEN", "GET"}) {
            row(command, "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
                KeyState::WrongType);
            row(command,
                "-NOPERM this user has no permissions to access one of the keys used as "
                "arguments\r\n",
                KeyState::Refused);
            row(command, "-ERR strange things\r\n", KeyState::Refused);
        }
        row("GET", "-NOPERM this user has no permissions to run the 'get' command\r\n",
            KeyState::Refused);
        row("GET", "$-1\r\n", KeyState::NoData);
        row("STRLEN", ":536870913\r\n", KeyState::Damaged);
    }
    void marksOneKeyAndGoesOn() {
        QFETCH(QByteArray, command);
        QFETCH(QByteArray, said);
        QFETCH(int, state);
        FakeServer server(redisBut(kTwo, [&](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == command.toStdString() && words[1] == "trackist_a_2026-1-1"
                       ? std::optional(FakeReply(said.toStdString()))
                       : std::nullopt;
        }));
        const auto store = openAt(server.address());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        KeysRead read = readKeys(**store);
        QVERIFY(read.done.has_value());
        QCOMPARE(static_cast<int>(read.reads["a_2026-1-1"].state), state);
        QVERIFY(!read.reads["a_2026-1-1"].why.empty());
        QVERIFY(read.reads["b_2026-1-1"].bitmap == Bitmap{1});
        QVERIFY(isUnreadable(read.reads["everyone"].state));

        Session session(*store);
        const auto count = session.count(*parseQuery("a@2026-01-01"), {}, {});
        QVERIFY(!count);
        QVERIFY2(count.error().english().find("trackist_a_2026-1-1") != std::string::npos,
                 count.error().english().c_str());
        QCOMPARE(session.count(*parseQuery("b@2026-01-01"), {}, {})->count, std::uint64_t{1});
        const auto explained = session.explain(*parseQuery("a@2026-01-01"), {}, {});
        QVERIFY(explained && !explained->count);
        QCOMPARE(static_cast<int>(explained->keys.at(0).state), state);
        RetentionQuestion question;
        question.cohort = *parseQuery("b@period");
        question.returned = *parseQuery("a@period");
        question.rows = 1;
        question.columns = 1;
        question.start = *parsePeriod("2026-01-01");
        const auto table = session.retention(question, {}, {});
        QVERIFY2(table.has_value(), table ? "" : table.error().english().c_str());
        QVERIFY(table->table.rows.at(0).cells.at(0).state == RetentionCell::State::Unreadable);
    }

    void readsLongValuesInPieces() {
        std::mt19937_64 random(3);
        std::string bytes(5 * kChunkBytes + 77, '\0');
        for (char& byte : bytes) {
            byte = random() % 5 == 0 ? static_cast<char>(random()) : '\0';
        }
        const Bitmap whole = *fromRedisString(bytes);
        std::vector<std::string> asked;
        bool isCut = false;
        FakeServer server(redisBut({{"trackist_a_2026-1-1", bytes}, kTwo[1]},
                                   [&](const Words& words, int) -> std::optional<FakeReply> {
                                       if (words[0] != "GETRANGE") {
                                           return std::nullopt;
                                       }
                                       asked.push_back(words[2] + "-" + words[3]);
                                       return isCut && words[2] != "0"
                                                  ? std::optional(FakeReply(bulk("")))
                                                  : std::nullopt;
                                   }));
        RedisOptions options = patient();
        options.access.reading.pieceBytes = 2 * kChunkBytes;
        const auto store = openAt(server.address(), options);
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        asked.clear();
        QVERIFY(readKeys(**store).reads["a_2026-1-1"].bitmap == whole);
        const std::vector<std::string> pieces = {"0-16383", "16384-32767", "32768-41036"};
        asked.resize(std::min(asked.size(), pieces.size())); // everyone's come after them
        QCOMPARE(asked, pieces);
        for (std::uint32_t first = 0; first < 8; ++first) {
            for (std::uint32_t last = first; last < 8; ++last) {
                const ChunkRange range{first, last};
                KeysRead read = readKeys(**store, range);
                QVERIFY(read.reads["a_2026-1-1"].state == KeyState::Read);
                QVERIFY(read.reads["a_2026-1-1"].bitmap == whole.slice(range));
                QVERIFY(read.reads["b_2026-1-1"].bitmap == Bitmap{1}.slice(range));
            }
        }
        isCut = true;
        KeysRead read = readKeys(**store);
        QVERIFY(read.done.has_value());
        QVERIFY(read.reads["a_2026-1-1"].state == KeyState::NoData);
        QVERIFY(read.reads["b_2026-1-1"].bitmap == Bitmap{1});
    }

    void decodesEveryShape() {
        Strings data;
        std::vector<Bitmap> sets = {Bitmap{0}, Bitmap{65535, 65536}, Bitmap::fromRange(0, 4096),
                                    Bitmap::fromRange(0, 4097), Bitmap::fromRange(5, 300'000)};
        for (const Bitmap& set : poolOfSets()) {
            if (!set.isEmpty() && *set.max() < 50'000'000) {
                sets.push_back(set);
            }
        }
        for (std::size_t i = 0; i < sets.size(); ++i) {
            data.emplace_back("trackist_e" + std::to_string(i) + "_2026-1-1",
                              toRedisString(sets[i]));
        }
        data.emplace_back("trackist_empty_2026-1-1", "");
        data.emplace_back("trackist_zeros_2026-1-1", std::string(20'000, '\0'));
        FakeServer server(redisWith(data));
        const auto store = openAt(server.address());
        QVERIFY2(store.has_value(), troubleOf(store).c_str());
        KeysRead read = readKeys(**store);
        QVERIFY(read.done.has_value());
        for (std::size_t i = 0; i < sets.size(); ++i) {
            const KeyRead& key = read.reads["e" + std::to_string(i) + "_2026-1-1"];
            QVERIFY(key.state == KeyState::Read);
            QVERIFY(key.bitmap == sets[i]);
        }
        for (const char* name : {"empty_2026-1-1", "zeros_2026-1-1"}) {
            QVERIFY(read.reads[name].state == KeyState::Read);
            QVERIFY(read.reads[name].bitmap.isEmpty());
        }
        QVERIFY(read.reads["everyone"].bitmap == Bitmap::unite(sets));
    }

    void readsFromSeveralThreadsAtOnce() {
        FakeServer server(redisWith(kTwo));
        const auto store = openAt(server.address());
        QVERIFY(store.has_value());
        std::vector<std::future<bool>> all;
        all.reserve(6);
        for (int thread = 0; thread < 6; ++thread) {
            all.push_back(std::async(std::launch::async, [&] {
                bool isRight = true;
                for (int i = 0; i < 20; ++i) {
                    KeysRead read = readKeys(**store);
                    isRight = isRight && read.done &&
                              read.reads["a_2026-1-1"].bitmap == Bitmap{0} &&
                              read.reads["everyone"].bitmap == (Bitmap{0, 1});
                }
                return isRight;
            }));
        }
        for (auto& each : all) {
            QVERIFY(each.get());
        }
    }
};

QTEST_GUILESS_MAIN(TestServerKeys)
#include "test_server_keys.moc"
