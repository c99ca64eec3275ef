// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/redis_process.h"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <QStandardPaths>
#include <QTest>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cohortist::test {

namespace {

constexpr int kStartMilliseconds = 10'000;
constexpr const char* kLastWords = "the-recorder-ends-here";

std::string formatted(const Words& words) {
    std::string text = fmt::format("*{}\r\n", words.size());
    for (const std::string& word : words) {
        text += bulk(word);
    }
    return text;
}

int connectedTo(int port) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = htons(static_cast<std::uint16_t>(port));
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

} // namespace

bool requiresPeers() {
    return qEnvironmentVariable("COHORTIST_REQUIRE_PEERS") == QStringLiteral("1");
}

QString programPath(const char* program, const char* variable) {
    const QString given = variable != nullptr ? qEnvironmentVariable(variable) : QString();
    return given.isEmpty() ? QStandardPaths::findExecutable(QString::fromLatin1(program)) : given;
}

int freePort() {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    auto* const address = reinterpret_cast<sockaddr*>(&name);
    const bool isBound =
        bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0;
    close(descriptor);
    return isBound ? ntohs(name.sin_port) : 0;
}

RawClient::RawClient(int port)
    : m_socket(connectedTo(port)) {
    if (m_socket < 0) {
        throw std::runtime_error("nobody listens there");
    }
}

RawClient::~RawClient() {
    close(m_socket);
}

void RawClient::send(const Words& words) {
    const std::string text = formatted(words);
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t sent = ::send(m_socket, text.data() + at, text.size() - at, MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        at += static_cast<std::size_t>(sent);
    }
}

std::optional<Reply> RawClient::receive() {
    m_frames.begin(UINT32_MAX, false);
    for (;;) {
        const auto part = m_frames.next(m_received);
        if (!m_reader.feed(std::string_view(m_received).substr(0, part.consumed)) ||
            part.status == ReplyFrames::Status::Fault) {
            return std::nullopt;
        }
        m_received.erase(0, part.consumed);
        if (part.status == ReplyFrames::Status::Whole) {
            return m_reader.take();
        }
        if (!receiveMore()) {
            return std::nullopt;
        }
    }
}

bool RawClient::receiveMore() {
    char more[65536];
    const ssize_t size = recv(m_socket, more, sizeof more, 0);
    m_received.append(more, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    return size > 0;
}

std::optional<std::string> RawClient::receiveLine() {
    for (std::size_t searched = 0;;) {
        const std::size_t end = m_received.find("\r\n", searched);
        if (end != std::string::npos) {
            std::string line = m_received.substr(0, end);
            m_received.erase(0, end + 2);
            return line;
        }
        searched = m_received.empty() ? 0 : m_received.size() - 1;
        if (!receiveMore()) {
            return std::nullopt;
        }
    }
}

Reply RawClient::ask(const Words& words) {
    send(words);
    auto reply = receive();
    return reply ? *std::move(reply) : Reply{Reply::Type::Error, 0, "closed", {}};
}

std::size_t RawClient::askAll(const std::vector<Words>& commands) {
    constexpr std::size_t kAtOnce = 200;
    std::size_t errors = 0;
    for (std::size_t begin = 0; begin < commands.size(); begin += kAtOnce) {
        const std::size_t end = std::min(commands.size(), begin + kAtOnce);
        for (std::size_t i = begin; i < end; ++i) {
            send(commands[i]);
        }
        for (std::size_t i = begin; i < end; ++i) {
            const auto reply = receive();
            errors += !reply || reply->isError() ? 1U : 0U;
        }
    }
    return errors;
}

ServerProcess::ServerProcess(const QString& program, const QStringList& arguments)
    : m_program(program)
    , m_arguments(arguments)
    , m_port(freePort()) {
    m_arguments.replaceInStrings(QStringLiteral("%1"), QString::number(m_port));
    m_arguments.replaceInStrings(QStringLiteral("%2"), m_folder.path());
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    start();
}

ServerProcess::~ServerProcess() {
    kill();
}

void ServerProcess::start() {
    m_process.start(m_program, m_arguments);
    m_isRunning = m_process.waitForStarted() && QTest::qWaitFor(
                                                    [this] {
                                                        const int socket = connectedTo(m_port);
                                                        if (socket >= 0) {
                                                            close(socket);
                                                        }
                                                        return socket >= 0;
                                                    },
                                                    kStartMilliseconds);
}

void ServerProcess::kill() {
    if (m_process.state() == QProcess::NotRunning) {
        return;
    }
    ::kill(static_cast<pid_t>(m_process.processId()), SIGCONT); // one that is stopped
    m_process.kill();
    m_process.waitForFinished();
}

void ServerProcess::restart() {
    kill();
    start();
}

std::string ServerProcess::address() const {
    return fmt::format("redis://127.0.0.1:{}", m_port);
}

std::string ServerProcess::socketAddress() const {
    return "redis+unix://" + m_folder.path().toStdString() + "/redis.sock";
}

std::unique_ptr<ServerProcess> startRedis(const QStringList& more) {
    const QString program = programPath("redis-server");
    if (program.isEmpty()) {
        return nullptr;
    }
    auto server = std::make_unique<ServerProcess>(
        program, QStringList{"--port", "%1", "--bind", "127.0.0.1", "--dir", "%2", "--save", "",
                             "--appendonly", "no", "--unixsocket", "%2/redis.sock"} +
                     more);
    return server->isRunning() ? std::move(server) : nullptr;
}

CommandRecorder::CommandRecorder(int port)
    : m_port(port)
    , m_client(port) {
    m_client.ask({"MONITOR"});
    m_thread = std::thread([this] {
        // +1700000000.123456 [0 unix:/path/redis.sock] "GET" "key"
        while (const auto line = m_client.receiveLine()) {
            const std::size_t begin = line->find("] \"");
            if (begin == std::string::npos || line->find(kLastWords) != std::string::npos) {
                break;
            }
            if (line->find(" unix:") > begin) {
                continue;
            }
            Words words;
            for (std::size_t at = begin + 2; at < line->size() && words.size() < 2;) {
                const std::size_t end = line->find('"', at + 1);
                words.push_back(line->substr(at + 1, end - at - 1));
                at = end == std::string::npos ? end : end + 2;
            }
            std::string name = words[0];
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            if ((name == "CLIENT" || name == "CLUSTER") && words.size() > 1) {
                name += " " + words[1];
            }
            const std::lock_guard lock(m_mutex);
            m_names.push_back(name);
        }
    });
}

CommandRecorder::~CommandRecorder() {
    if (m_thread.joinable()) {
        static_cast<void>(finish());
    }
}

std::vector<std::string> CommandRecorder::finish() {
    RawClient(m_port).ask({"ECHO", kLastWords});
    m_thread.join();
    const std::lock_guard lock(m_mutex);
    return m_names;
}

} // namespace cohortist::test
