// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/connection.h"

#include <cstring>

#include <fmt/format.h>
#include <poll.h>

namespace cohortist {

namespace {

// More than the longest line of a reply; little enough to stay in the second-level cache while a
// bulk string is decoded from it.
constexpr std::size_t kBuffer = 256U << 10U;

} // namespace

Connection::Connection(const ServerAddress& address, const ServerTimeouts& timeouts,
                       std::unique_ptr<ByteStream> stream)
    : m_name(address.name())
    , m_transport(address.transport)
    , m_timeouts(timeouts)
    , m_stream(std::move(stream))
    , m_buffer(new char[kBuffer]) {}

Result<std::unique_ptr<Connection>>
Connection::open(const ServerAddress& address, const ServerTimeouts& timeouts, Waiter& waiter) {
    auto stream = connectTo(address, std::chrono::steady_clock::now() + timeouts.connect, waiter);
    if (!stream) {
        return fail(std::move(stream.error()));
    }
    return std::unique_ptr<Connection>(new Connection(address, timeouts, std::move(*stream)));
}

void Connection::send(const Command& command) {
    m_asked.push_back(command.name());
    m_output += command.bytes();
}

void Connection::flush() {
    while (m_written < m_output.size()) {
        const auto moved = m_stream->write(std::string_view(m_output).substr(m_written));
        if (moved.state != ByteStream::State::Done) {
            return; // what is broken is told by reading, where an answer may still lie
        }
        m_written += moved.bytes;
    }
    m_output.clear();
    m_written = 0;
}

std::string_view Connection::received() const {
    return {m_buffer.get() + m_begin, m_end - m_begin};
}

Result<void> Connection::fill(Waiter& waiter, Deadline deadline) {
    if (m_begin > 0) {
        std::memmove(m_buffer.get(), m_buffer.get() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    for (;;) {
        if (waiter.job().isCancelled()) {
            return failCancelled();
        }
        flush();
        const auto moved = m_stream->read(m_buffer.get() + m_end, kBuffer - m_end);
        if (moved.state == ByteStream::State::Done) {
            m_end += moved.bytes;
            if (std::chrono::steady_clock::now() < deadline) {
                return {};
            }
        } else if (moved.state == ByteStream::State::Failed) {
            return ended(message("core", "the connection broke (%1)", m_stream->error()));
        } else if (moved.state != ByteStream::State::Again) {
            return lost();
        }
        const short events = static_cast<short>(
            POLLIN | (m_written < m_output.size() || m_stream->wantsToWrite() ? POLLOUT : 0));
        auto waited = waiter.await(m_stream->descriptor(), events, deadline,
                                   [&] { return tooLate().value(); });
        if (!waited) {
            return waited;
        }
    }
}

Result<std::string_view> Connection::peek(Waiter& waiter) {
    if (m_begin == m_end) {
        if (auto filled = fill(waiter, std::chrono::steady_clock::now() + m_timeouts.reply);
            !filled) {
            m_isBroken = true;
            return fail(std::move(filled.error()));
        }
    }
    return received();
}

Result<Reply> Connection::receive(Waiter& waiter, std::uint64_t budget, BulkSink* sink) {
    auto reply = receiveNext(waiter, budget, sink);
    if (reply) {
        m_asked.pop_front();
        m_hasReplied = true;
    } else {
        m_isBroken = true;
    }
    return reply;
}

Result<Reply> Connection::receiveNext(Waiter& waiter, std::uint64_t budget, BulkSink* sink) {
    const auto begin = std::chrono::steady_clock::now();
    std::uint64_t taken = 0;
    std::uint64_t streamed = 0;
    m_frames.begin(budget, sink != nullptr);
    flush();
    for (;;) {
        const auto part = m_frames.next(received());
        const std::string_view bytes = received().substr(0, part.consumed);
        m_begin += part.consumed;
        taken += part.consumed;
        bool isRead = true;
        switch (part.status) {
        case ReplyFrames::Status::More:
        case ReplyFrames::Status::Whole:
            isRead = bytes.empty() || m_reader.feed(bytes);
            break;
        case ReplyFrames::Status::BulkBegins:
            streamed = part.bulk;
            if (!sink->begin(part.bulk)) {
                return failure(
                    ErrorCode::TooLarge,
                    message("core", "a value of %1 bytes is not wanted", std::to_string(part.bulk)),
                    message("core", "Leave it out of the question."));
            }
            continue;
        case ReplyFrames::Status::BulkPart:
            sink->take(bytes);
            continue;
        case ReplyFrames::Status::BulkEnds: {
            Reply reply;
            reply.type = Reply::Type::Streamed;
            reply.integer = static_cast<std::int64_t>(streamed);
            return reply;
        }
        case ReplyFrames::Status::Fault:
            return frameFault(budget);
        }
        if (part.status == ReplyFrames::Status::Whole) {
            auto reply = isRead ? m_reader.take() : std::nullopt;
            if (reply) {
                return *std::move(reply);
            }
        }
        if (!isRead || part.status == ReplyFrames::Status::Whole) {
            return notRedis();
        }
        const std::chrono::milliseconds more(taken * 1000 / m_timeouts.leastRate);
        if (auto filled = fill(waiter, begin + m_timeouts.reply + more); !filled) {
            return fail(std::move(filled.error()));
        }
    }
}

Result<Reply> Connection::ask(const Command& command, Waiter& waiter, std::uint64_t budget) {
    send(command);
    return receive(waiter, budget);
}

bool Connection::isIdle() {
    if (m_isBroken || !m_asked.empty() || m_begin < m_end) {
        return false;
    }
    char unexpected = 0;
    return m_stream->read(&unexpected, 1).state == ByteStream::State::Again;
}

tl::unexpected<Error> Connection::failure(ErrorCode code, Message why, Message advice,
                                          const char* part) const {
    return fail(Error{code,
                      message("core", "cannot read from %1", m_name),
                      std::move(why),
                      std::move(advice),
                      {},
                      part});
}

// One that never said a word may be no Redis, or one that waits for TLS.
tl::unexpected<Error> Connection::tooLate() const {
    const bool mayWantTls = m_transport == ServerAddress::Transport::Tcp;
    const std::string seconds =
        fmt::format("{}", std::chrono::duration<double>(m_timeouts.reply).count());
    if (m_hasReplied) {
        return failure(ErrorCode::TimedOut,
                       message("core", "no whole answer to %1 within %2 s",
                               std::string(m_asked.front()), seconds),
                       message("core", "Try again when the server or the network is less busy."));
    }
    return failure(
        ErrorCode::TimedOut,
        message("core", "it takes the connection, and then says nothing for %1 s", seconds),
        mayWantTls
            ? message("core", "Check that the server is not stopped or overloaded, and that the "
                              "port is its own. One that expects TLS is met with rediss://.")
            : message("core", "Check that the server is not stopped or overloaded."),
        mayWantTls ? "tls" : "");
}

// In TLS 1.3 the handshake is over before the server has looked at the client's certificate.
tl::unexpected<Error> Connection::ended(Message why) const {
    using Transport = ServerAddress::Transport;
    if (m_hasReplied || m_transport == Transport::Unix) {
        return failure(ErrorCode::Lost, std::move(why),
                       message("core", "Check that the server runs, and try again."));
    }
    if (m_transport == Transport::Tls) {
        return failure(ErrorCode::Lost, std::move(why),
                       message("core", "Check that the server runs. One that asks for a "
                                       "certificate is shown one by ?cert=FILE&key=FILE."),
                       "certificate");
    }
    return failure(ErrorCode::Lost, std::move(why),
                   message("core", "Check that the server runs. One that expects TLS does that, "
                                   "and is met with rediss://."),
                   "tls");
}

tl::unexpected<Error> Connection::lost() const {
    return ended(
        m_hasReplied
            ? message("core", "the connection broke while %1 was asked for",
                      std::string(m_asked.front()))
            : message("core", "it takes the connection, and hangs up at the first question"));
}

tl::unexpected<Error> Connection::frameFault(std::uint64_t budget) const {
    using Fault = ReplyFrames::Fault;
    const Message address = message("core", "Check the host and the port.");
    switch (m_frames.fault()) {
    case Fault::Http:
        return failure(ErrorCode::WrongFormat,
                       message("core", "a web server answers there, not Redis"), address, "port");
    case Fault::Tls:
        return failure(ErrorCode::WrongFormat, message("core", "the server speaks TLS"),
                       message("core", "Write rediss:// instead of redis://."), "tls");
    case Fault::TooLarge:
        return failure(ErrorCode::TooLarge,
                       message("core", "its answer to %1 would take more than %2 bytes",
                               std::string(m_asked.front()), std::to_string(budget)),
                       m_hasReplied
                           ? message("core", "Check what stands between. Where it lists very many "
                                             "keys, name a longer prefix: ?prefix=NAME_.")
                           : address,
                       m_hasReplied ? "" : "port");
    case Fault::Resp3:
        return failure(ErrorCode::WrongFormat,
                       message("core",
                               "it answers %1 in another protocol than RESP2, which was "
                               "asked for",
                               std::string(m_asked.front())),
                       message("core", "Check what stands between: some proxies speak RESP3."));
    case Fault::None:
    case Fault::NotRedis:
    case Fault::Length:
    case Fault::EndlessLine:
    case Fault::BadTerminator:
        break;
    }
    return notRedis();
}

tl::unexpected<Error> Connection::notRedis() const {
    return failure(ErrorCode::WrongFormat,
                   message("core", "its answer to %1 is not what Redis would say",
                           std::string(m_asked.front())),
                   m_hasReplied ? message("core", "Check what stands between: a proxy may break "
                                                  "off answers.")
                                : message("core", "Check the host and the port."),
                   m_hasReplied ? "" : "port");
}

} // namespace cohortist
