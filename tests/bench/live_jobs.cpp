// SPDX-License-Identifier: GPL-3.0-or-later
// What lies on a running server: the first table after connecting, everything read, and the names
// of a million keys. The peers in compare.py read the same server.
#include <algorithm>

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/session/session.h"
#include "core/store/redis/redis_store.h"
#include "tests/bench/job.h"
#include "tests/bench/need.h"
#include "tests/bench/tables.h"

namespace cohortist::bench {

namespace {

using Numbers = std::vector<std::uint64_t>;

constexpr std::size_t kBatchKeys = 64;
constexpr int kNamesDatabase = 1; // where compare.py puts the million keys

ServerAddress addressOf(std::uint16_t port, int database) {
    return need(parseServerAddress(fmt::format("redis://127.0.0.1:{}/{}", port, database)));
}

std::vector<BitmapKey> allKeys(const EventCatalog& catalog) {
    std::vector<BitmapKey> keys;
    keys.reserve(catalog.keyCount());
    for (EventId event = 0; event < catalog.size(); ++event) {
        for (const std::int32_t day : catalog.entry(event).of(Kind::Day).indices()) {
            keys.push_back({event, Kind::Day, day});
        }
    }
    return keys;
}

Numbers readAll(std::uint16_t port) {
    const auto store = need(openRedis(addressOf(port, 0), {}, {}));
    const std::vector<BitmapKey> keys = allKeys(*store->catalog());
    std::uint64_t read = 0;
    for (std::span<const BitmapKey> left = keys; !left.empty();) {
        const auto batch = left.first(std::min(kBatchKeys, left.size()));
        need(store->read(
            batch, {},
            [&](std::size_t, const KeyRead& key) { read += key.state == KeyState::Read ? 1 : 0; },
            {}));
        left = left.subspan(batch.size());
    }
    return {read};
}

Numbers names(std::uint16_t port) {
    const auto store = need(openRedis(addressOf(port, kNamesDatabase), {}, {}));
    return {store->catalog()->keyCount()};
}

// A connection that asks and takes the bytes of the answers, no more.
class Drain {
public:
    explicit Drain(std::uint16_t port)
        : m_socket(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        need(connect(m_socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
             "connecting");
    }
    ~Drain() { close(m_socket); }
    Drain(const Drain&) = delete;
    Drain& operator=(const Drain&) = delete;

    void scanAll() {
        ask(fmt::format("SELECT {}\r\n", kNamesDatabase), 0);
        std::string cursor = "0";
        do {
            cursor = ask(fmt::format("SCAN {} MATCH * COUNT 1000\r\n", cursor), 4);
        } while (cursor != "0");
    }

private:
    // The third line of the answer, which is the cursor of a SCAN: *2, $length, cursor, *keys, and
    // two lines a key. headLines: how many lines there are before the keys, 0: the answer is one.
    std::string ask(const std::string& command, std::size_t headLines) {
        need(send(m_socket, command.data(), command.size(), 0) ==
                 static_cast<ssize_t>(command.size()),
             "sending");
        m_answer.clear();
        std::vector<std::string> head;
        std::size_t from = 0;
        while (head.size() < std::max<std::size_t>(headLines, 1)) {
            const std::size_t end = m_answer.find("\r\n", from);
            if (end == std::string::npos) {
                receive();
                continue;
            }
            head.push_back(m_answer.substr(from, end - from));
            from = end + 2;
        }
        if (headLines == 0) {
            return {};
        }
        const std::size_t lines = 2 * std::stoul(head[3].substr(1));
        auto ends = static_cast<std::size_t>(
            std::count(m_answer.begin() + static_cast<std::ptrdiff_t>(from), m_answer.end(), '\n'));
        while (ends < lines) {
            const std::size_t before = m_answer.size();
            receive();
            ends += static_cast<std::size_t>(std::count(
                m_answer.begin() + static_cast<std::ptrdiff_t>(before), m_answer.end(), '\n'));
        }
        return head[2];
    }
    void receive() {
        constexpr std::size_t kRoom = 256U << 10U;
        const std::size_t before = m_answer.size();
        m_answer.resize(before + kRoom);
        const ssize_t part = recv(m_socket, m_answer.data() + before, kRoom, 0);
        need(part > 0, "receiving");
        m_answer.resize(before + static_cast<std::size_t>(part));
    }

    int m_socket;
    std::string m_answer;
};

} // namespace

std::vector<Job> liveJobs(std::uint16_t port) {
    std::vector<Job> jobs;
    // Opened at the first run, when the server has its data. It is read anew for every table, so
    // that each one is a first one.
    const auto session = std::make_shared<std::unique_ptr<Session>>();
    jobs.push_back({.name = "live_table",
                    .title = "31x12 days, dense, read from the server",
                    .run =
                        [session, port, question = tableOf("active", 31, 12)] {
                            if (!*session) {
                                *session = need(Session::openServer(addressOf(port, 0), {}));
                            }
                            return cellsOf(need((*session)->retention(question, {}, {})).table);
                        },
                    .timesPeer = 13});
    jobs.push_back({.name = "live_all",
                    .title = "connected, every key listed, read and made a set",
                    .run = [port] { return readAll(port); },
                    .timesPeer = 1.5});
    jobs.push_back({.name = "live_names",
                    .title = "connected, a million keys listed",
                    .run = [port] { return names(port); },
                    .limit = [port] { Drain(port).scanAll(); },
                    .limitTitle = "taking the bytes of the same SCANs",
                    .timesLimit = 1.2});
    return jobs;
}

} // namespace cohortist::bench
