// SPDX-License-Identifier: GPL-3.0-or-later
// A server of the test's own making: it listens on a free port, reads commands as a Redis would,
// and answers with the very bytes that the test's script returns, or does what no good server does.
// It notes all commands it got, and fails the test over one that no server may be sent. Any number
// of connections, a thread each; the script is called by one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace cohortist::test {

using Words = std::vector<std::string>;

struct FakeReply {
    std::string bytes;
    bool closes = false;         // hang up afterwards
    bool isSilent = false;       // nothing comes, and the connection stays
    std::size_t bytesAtOnce = 0; // 0: all; else in such parts, with the pause between
    std::chrono::milliseconds pause{0};

    FakeReply() = default;
    FakeReply(std::string text) // NOLINT(google-explicit-constructor): what most scripts return
        : bytes(std::move(text)) {}
};

// All that a server may ever be sent.
[[nodiscard]] const std::set<std::string>& allowedCommands();
[[nodiscard]] std::string bulk(const std::string& text);
[[nodiscard]] std::string page(const std::string& cursor, const std::vector<std::string>& keys);

class FakeServer {
public:
    // words: of one command, the first in upper case. connection: counts from 0.
    using Script = std::function<FakeReply(const Words& words, int connection)>;

    explicit FakeServer(Script script);
    ~FakeServer();
    FakeServer(const FakeServer&) = delete;
    FakeServer& operator=(const FakeServer&) = delete;

    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] std::string address() const; // redis://127.0.0.1:port
    [[nodiscard]] std::vector<Words> commands();
    [[nodiscard]] int connections() const { return m_connections; }
    // Said to each client before it asks anything.
    void greetWith(FakeReply answer) { m_greeting = std::move(answer); }

private:
    void accept();
    void serve(int socket, int number);
    [[nodiscard]] bool say(int socket, const FakeReply& answer);

    Script m_script;
    FakeReply m_greeting;
    int m_listener = -1;
    int m_port = 0;
    std::atomic<bool> m_stops = false;
    std::atomic<int> m_connections = 0;
    std::mutex m_mutex;
    std::vector<Words> m_commands;
    std::vector<std::thread> m_threads;
    std::thread m_acceptor; // the last: it uses the others
};

[[nodiscard]] FakeServer::Script neverAnswers();
// A script that plays a small Redis: INFO, SELECT, CLIENT, DBSIZE, SCAN in one page, STRLEN, GET
// and GETRANGE over these strings.
using Strings = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] FakeServer::Script redisWith(Strings data);
// The same, but for what `instead` answers.
using Instead = std::function<std::optional<FakeReply>(const Words& words, int connection)>;
[[nodiscard]] FakeServer::Script redisBut(Strings data, Instead instead);

} // namespace cohortist::test
