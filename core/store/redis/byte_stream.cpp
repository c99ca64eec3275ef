// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/byte_stream.h"

#include <cerrno>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/store/redis/tls_stream.h"

namespace cohortist {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number = -1)
        : m_number(number) {}
    ~Descriptor() {
        if (m_number >= 0) {
            close(m_number);
        }
    }
    Descriptor(Descriptor&& other) noexcept
        : m_number(std::exchange(other.m_number, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(m_number, other.m_number);
        return *this;
    }
    [[nodiscard]] int number() const { return m_number; }
    [[nodiscard]] bool isOpen() const { return m_number >= 0; }

private:
    int m_number;
};

struct Endpoint {
    int family = AF_UNSPEC;
    sockaddr_storage address{};
    socklen_t size = 0;
};

std::string textOf(int number) {
    return number == ECONNREFUSED ? "it refuses the connection"
                                  : std::generic_category().message(number);
}

class PlainStream final : public ByteStream {
public:
    explicit PlainStream(Descriptor descriptor)
        : m_descriptor(std::move(descriptor)) {}

    Moved read(char* data, std::size_t size) override {
        return moved(recv(m_descriptor.number(), data, size, 0));
    }
    Moved write(std::string_view bytes) override {
        return moved(send(m_descriptor.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
    }
    [[nodiscard]] int descriptor() const override { return m_descriptor.number(); }
    [[nodiscard]] std::string error() const override { return textOf(m_error); }

private:
    Moved moved(ssize_t count) {
        if (count > 0) {
            return {State::Done, static_cast<std::size_t>(count)};
        }
        if (count == 0) {
            return {State::Closed, 0};
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
            return {State::Again, 0};
        }
        m_error = errno;
        const bool isClosed = m_error == ECONNRESET || m_error == EPIPE;
        return {isClosed ? State::Closed : State::Failed, 0};
    }

    Descriptor m_descriptor;
    int m_error = 0;
};

tl::unexpected<Error> cannotReach(const ServerAddress& address, ErrorCode code, Message why,
                                  Message advice) {
    return fail(Error{code,
                      message("core", "cannot connect to %1", address.name()),
                      std::move(why),
                      std::move(advice),
                      {},
                      "host"});
}

tl::unexpected<Error> timedOut(const ServerAddress& address) {
    return cannotReach(address, ErrorCode::TimedOut, message("core", "nobody answers there"),
                       message("core", "Check the host and the port, and that no firewall lies "
                                       "between."));
}

// What a name stands for, found by a thread that nobody waits for: it holds on to this alone.
struct Lookup {
    std::mutex mutex;
    std::vector<Endpoint> endpoints;
    int error = 0;
    Descriptor done{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

int lookUp(const std::string& host, std::uint16_t port, int flags,
           std::vector<Endpoint>& endpoints) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (error != 0) {
        return error;
    }
    for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
        Endpoint endpoint;
        endpoint.family = each->ai_family;
        endpoint.size = each->ai_addrlen;
        std::memcpy(&endpoint.address, each->ai_addr, each->ai_addrlen);
        endpoints.push_back(endpoint);
    }
    freeaddrinfo(list);
    return 0;
}

Result<std::vector<Endpoint>> resolveName(const ServerAddress& address, Deadline deadline,
                                          Waiter& waiter) {
    std::vector<Endpoint> endpoints;
    if (lookUp(address.host, address.port, AI_NUMERICHOST, endpoints) == 0) {
        return endpoints;
    }
    const auto lookup = std::make_shared<Lookup>();
    std::thread([lookup, host = address.host, port = address.port] {
        std::vector<Endpoint> found;
        const int error = lookUp(host, port, AI_ADDRCONFIG, found);
        const std::lock_guard lock(lookup->mutex);
        lookup->endpoints = std::move(found);
        lookup->error = error;
        const std::uint64_t one = 1;
        static_cast<void>(write(lookup->done.number(), &one, sizeof one));
    }).detach();
    auto found = waiter.await(lookup->done.number(), POLLIN, deadline, [&] {
        return cannotReach(address, ErrorCode::TimedOut,
                           message("core", "the name of the host is not resolved in time"),
                           message("core", "Check the name server, or give the address as a "
                                           "number."))
            .value();
    });
    if (!found) {
        return fail(std::move(found.error()));
    }
    const std::lock_guard lock(lookup->mutex);
    if (lookup->error != 0) {
        return cannotReach(
            address, ErrorCode::NotFound,
            message("core", "no such host (%1)", std::string(gai_strerror(lookup->error))),
            message("core", "Check the name of the host."));
    }
    return std::move(lookup->endpoints);
}

Result<std::vector<Endpoint>> resolvePath(const ServerAddress& address) {
    Endpoint endpoint;
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (address.path.size() >= sizeof name.sun_path) {
        return cannotReach(address, ErrorCode::NotFound,
                           message("core", "the path of the socket is too long"),
                           message("core", "Reach it by a link with a shorter path."));
    }
    address.path.copy(name.sun_path, address.path.size());
    endpoint.family = AF_UNIX;
    endpoint.size = sizeof name;
    std::memcpy(&endpoint.address, &name, sizeof name);
    return std::vector<Endpoint>{endpoint};
}

// Zero, or the error's number; ETIMEDOUT and ECANCELED are ours too.
int connectSocket(const Endpoint& endpoint, Deadline deadline, Waiter& waiter,
                  Descriptor& connected) {
    Descriptor descriptor(socket(endpoint.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!descriptor.isOpen()) {
        return errno;
    }
    const auto* name = reinterpret_cast<const sockaddr*>(&endpoint.address);
    if (connect(descriptor.number(), name, endpoint.size) != 0) {
        if (errno != EINPROGRESS) { // a full queue of a unix socket is EAGAIN
            return errno;
        }
        switch (waiter.wait(descriptor.number(), POLLOUT, deadline)) {
        case Waiter::Outcome::Stopped:
            return ECANCELED;
        case Waiter::Outcome::TimedOut:
            return ETIMEDOUT;
        case Waiter::Outcome::Ready:
            break;
        }
        int error = 0;
        socklen_t size = sizeof error;
        if (getsockopt(descriptor.number(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
            return errno;
        }
        if (error != 0) {
            return error;
        }
    }
    const int on = 1;
    if (endpoint.family != AF_UNIX) {
        setsockopt(descriptor.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(descriptor.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    }
    connected = std::move(descriptor);
    return 0;
}

} // namespace

Result<std::unique_ptr<ByteStream>> connectTo(const ServerAddress& address, Deadline deadline,
                                              Waiter& waiter) {
    const bool isUnix = address.transport == ServerAddress::Transport::Unix;
    auto endpoints = isUnix ? resolvePath(address) : resolveName(address, deadline, waiter);
    if (!endpoints) {
        return fail(std::move(endpoints.error()));
    }
    int error = ECONNREFUSED;
    for (std::size_t i = 0; i < endpoints->size(); ++i) {
        // One address of several that swallows everything leaves time for the others.
        const auto now = std::chrono::steady_clock::now();
        const auto share = (deadline - now) / static_cast<int>(endpoints->size() - i);
        Descriptor descriptor;
        error = connectSocket((*endpoints)[i], now + share, waiter, descriptor);
        if (error == 0) {
            auto plain = std::make_unique<PlainStream>(std::move(descriptor));
            if (address.transport == ServerAddress::Transport::Tls) {
                return startTls(address, std::move(plain), deadline, waiter);
            }
            return plain;
        }
        if (error == ECANCELED) {
            return failCancelled();
        }
    }
    if (error == ETIMEDOUT) {
        return timedOut(address);
    }
    const bool isDenied = error == EACCES || error == EPERM;
    return cannotReach(address, isDenied ? ErrorCode::AccessDenied : ErrorCode::NotFound,
                       message("core", "%1", textOf(error)),
                       isUnix ? message("core", "Check the path, and that the server runs.")
                              : message("core", "Check the host and the port, and that the "
                                                "server runs."));
}

} // namespace cohortist
