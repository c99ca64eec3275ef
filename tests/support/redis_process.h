// SPDX-License-Identifier: GPL-3.0-or-later
// Servers for tests that want real ones: a redis-server of Debian on a free port, in a folder of
// its own, and a plain client that may also write. A server ends with its object. The client blocks
// and is for one thread.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

#include "core/store/redis/reply.h"
#include "tests/support/fake_server.h"

namespace cohortist::test {

// Whether tests may not be skipped for want of a server: COHORTIST_REQUIRE_PEERS=1.
[[nodiscard]] bool requiresPeers();
// The path of a program: of the variable, if there is one, else in PATH. Empty: not there.
[[nodiscard]] QString programPath(const char* program, const char* variable = nullptr);
[[nodiscard]] int freePort();

class RawClient {
public:
    explicit RawClient(int port); // of 127.0.0.1; throws where nobody listens
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    Reply ask(const Words& words);
    // Many commands at once; the number of error replies.
    std::size_t askAll(const std::vector<Words>& commands);
    void send(const Words& words);
    // Nothing when the connection is closed.
    std::optional<Reply> receive();
    std::optional<std::string> receiveLine(); // of any length, without its end

private:
    [[nodiscard]] bool receiveMore();

    int m_socket = -1;
    std::string m_received;
    ReplyFrames m_frames;
    ReplyReader m_reader;
};

class ServerProcess {
public:
    // arguments: %1 becomes the port, %2 the folder.
    ServerProcess(const QString& program, const QStringList& arguments);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    [[nodiscard]] bool isRunning() const { return m_isRunning; }
    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] qint64 processId() const { return m_process.processId(); }
    [[nodiscard]] std::string address() const;
    [[nodiscard]] std::string socketAddress() const; // redis+unix://…
    void kill();
    void restart();

private:
    void start();

    QString m_program;
    QStringList m_arguments;
    QTemporaryDir m_folder;
    QProcess m_process;
    int m_port = 0;
    bool m_isRunning = false;
};

// A redis-server with nothing in it that saves nothing; null where there is none.
[[nodiscard]] std::unique_ptr<ServerProcess> startRedis(const QStringList& more = {});

// Notes every command that a Redis gets over its unix socket, by its MONITOR: tests write over TCP.
class CommandRecorder {
public:
    explicit CommandRecorder(int port);
    ~CommandRecorder();
    CommandRecorder(const CommandRecorder&) = delete;
    CommandRecorder& operator=(const CommandRecorder&) = delete;

    // The commands, each in upper case with its second word where it has sub-commands. Ends the
    // recording.
    [[nodiscard]] std::vector<std::string> finish();

private:
    int m_port;
    RawClient m_client;
    std::mutex m_mutex;
    std::vector<std::string> m_names;
    std::thread m_thread;
};

} // namespace cohortist::test
