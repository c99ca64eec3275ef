// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_server.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include <QTest>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cohortist::test {

namespace {

constexpr int kLookMilliseconds = 10; // for the end of the test

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

// One command from the front of the bytes, or nothing while it is not whole.
std::optional<Words> takeCommand(std::string& bytes) {
    Words words;
    std::size_t at = 0;
    const auto line = [&](char type) -> std::optional<std::size_t> {
        const std::size_t end = bytes.find("\r\n", at);
        if (end == std::string::npos || bytes[at] != type) {
            return std::nullopt;
        }
        const std::size_t number = std::strtoull(bytes.c_str() + at + 1, nullptr, 10);
        at = end + 2;
        return number;
    };
    const auto count = line('*');
    if (!count) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < *count; ++i) {
        const auto size = at < bytes.size() ? line('$') : std::nullopt;
        if (!size || bytes.size() < at + *size + 2) {
            return std::nullopt;
        }
        words.push_back(bytes.substr(at, *size));
        at += *size + 2;
    }
    bytes.erase(0, at);
    if (!words.empty()) {
        words[0] = upper(words[0]);
    }
    return words;
}

} // namespace

const std::set<std::string>& allowedCommands() {
    static const std::set<std::string> kAllowed = {
        "SCAN",    "GET",  "GETBIT", "GETRANGE",       "STRLEN", "BITCOUNT",      "EXISTS",
        "TYPE",    "TTL",  "PTTL",   "DBSIZE",         "INFO",   "PING",          "SELECT",
        "AUTH",    "QUIT", "HELLO",  "CLIENT SETNAME", "ASKING", "CLUSTER SLOTS", "CLUSTER SHARDS",
        "READONLY"};
    return kAllowed;
}

std::string bulk(const std::string& text) {
    return fmt::format("${}\r\n", text.size()) + text + "\r\n";
}

std::string page(const std::string& cursor, const std::vector<std::string>& keys) {
    std::string text = "*2\r\n" + bulk(cursor) + fmt::format("*{}\r\n", keys.size());
    for (const std::string& key : keys) {
        text += bulk(key);
    }
    return text;
}

FakeServer::FakeServer(Script script)
    : m_script(std::move(script))
    , m_listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    auto* const address = reinterpret_cast<sockaddr*>(&name);
    if (bind(m_listener, address, size) != 0 || listen(m_listener, 64) != 0 ||
        getsockname(m_listener, address, &size) != 0) {
        throw std::runtime_error("the fake server cannot listen");
    }
    m_port = ntohs(name.sin_port);
    m_acceptor = std::thread([this] { accept(); });
}

FakeServer::~FakeServer() {
    m_stops = true;
    m_acceptor.join();
    for (std::thread& thread : m_threads) {
        thread.join();
    }
    close(m_listener);
    for (const Words& words : m_commands) {
        const bool isInTwo = words.size() > 1 && (words[0] == "CLIENT" || words[0] == "CLUSTER");
        const std::string name = isInTwo ? words[0] + " " + upper(words[1]) : words[0];
        if (!allowedCommands().contains(name)) {
            QTest::qFail((name + " may not be sent").c_str(), __FILE__, __LINE__);
        }
    }
}

std::string FakeServer::address() const {
    return fmt::format("redis://127.0.0.1:{}", m_port);
}

std::vector<Words> FakeServer::commands() {
    const std::lock_guard lock(m_mutex);
    return m_commands;
}

void FakeServer::accept() {
    pollfd watched{m_listener, POLLIN, 0};
    while (!m_stops) {
        if (poll(&watched, 1, kLookMilliseconds) != 1) {
            continue;
        }
        const int socket = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket >= 0) {
            const int yes = 1; // as a real server: no answer waits for the one before it
            setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            m_threads.emplace_back(
                [this, socket, number = m_connections++] { serve(socket, number); });
        }
    }
}

bool FakeServer::say(int socket, const FakeReply& answer) {
    const std::size_t step = answer.bytesAtOnce == 0 ? 1U << 16U : answer.bytesAtOnce;
    for (std::size_t at = 0; at < answer.bytes.size() && !m_stops;) {
        pollfd watched{socket, POLLOUT, 0};
        if (poll(&watched, 1, kLookMilliseconds) != 1) {
            continue;
        }
        const std::size_t size = std::min(step, answer.bytes.size() - at);
        const ssize_t sent =
            send(socket, answer.bytes.data() + at, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) {
            return false;
        }
        at += sent > 0 ? static_cast<std::size_t>(sent) : 0;
        std::this_thread::sleep_for(answer.pause);
    }
    return !answer.closes;
}

void FakeServer::serve(int socket, int number) {
    std::string received;
    bool isOpen = say(socket, m_greeting);
    pollfd watched{socket, POLLIN, 0};
    while (isOpen && !m_stops) {
        if (poll(&watched, 1, kLookMilliseconds) != 1) {
            continue;
        }
        char part[65536];
        const ssize_t size = recv(socket, part, sizeof part, 0);
        if (size <= 0) {
            break;
        }
        received.append(part, static_cast<std::size_t>(size));
        while (isOpen) {
            const auto words = takeCommand(received);
            if (!words || words->empty()) {
                break;
            }
            FakeReply answer;
            {
                const std::lock_guard lock(m_mutex);
                m_commands.push_back(*words);
                answer = m_script(*words, number);
            }
            isOpen = say(socket, answer);
        }
    }
    close(socket);
}

FakeServer::Script neverAnswers() {
    return [](const Words& /*words*/, int /*connection*/) {
        FakeReply silent;
        silent.isSilent = true;
        return silent;
    };
}

FakeServer::Script redisWith(Strings data) {
    return [data = std::move(data)](const Words& words, int /*connection*/) -> FakeReply {
        const std::string& name = words[0];
        const auto found = std::find_if(data.begin(), data.end(), [&](const auto& entry) {
            return words.size() > 1 && entry.first == words[1];
        });
        const bool isThere = found != data.end();
        if (name == "INFO") {
            return bulk("# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n");
        }
        if (name == "DBSIZE") {
            return fmt::format(":{}\r\n", data.size());
        }
        if (name == "SCAN") {
            std::vector<std::string> keys;
            for (const auto& entry : data) {
                keys.push_back(entry.first);
            }
            return page("0", keys);
        }
        if (name == "STRLEN") {
            return fmt::format(":{}\r\n", isThere ? found->second.size() : 0);
        }
        if (name == "GET") {
            return isThere ? bulk(found->second) : std::string("$-1\r\n");
        }
        if (name == "GETRANGE") {
            const std::size_t first = std::stoull(words[2]);
            const std::size_t last = std::stoull(words[3]);
            return bulk(isThere && first < found->second.size()
                            ? found->second.substr(first, last - first + 1)
                            : std::string());
        }
        return std::string("+OK\r\n");
    };
}

FakeServer::Script redisBut(Strings data, Instead instead) {
    return [instead = std::move(instead), redis = redisWith(std::move(data))](const Words& words,
                                                                              int connection) {
        const auto answer = instead(words, connection);
        return answer ? *answer : redis(words, connection);
    };
}

} // namespace cohortist::test
