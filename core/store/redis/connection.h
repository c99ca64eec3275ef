// SPDX-License-Identifier: GPL-3.0-or-later
// Requests and replies over one socket. Requests may be sent ahead; replies come in their order,
// each within a deadline and a byte budget of its own, and the socket is emptied as fast as it
// fills: bitmapist-server holds up all its clients while one of them reads slowly. After any
// failure the connection is of no more use. One thread at a time.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "core/store/redis/byte_stream.h"
#include "core/store/redis/command.h"
#include "core/store/redis/reply.h"
#include "core/store/redis/server_address.h"
#include "core/store/redis/waiter.h"

namespace cohortist {

struct ServerTimeouts {
    std::chrono::milliseconds connect{5000};
    // For one reply, and a second more for each `leastRate` bytes of it that have come.
    std::chrono::milliseconds reply{10'000};
    std::uint64_t leastRate = 256U << 10U;
    std::chrono::milliseconds patience{20'000}; // with a server that loads, is busy or is full
};

// Takes a bulk string while it comes.
class BulkSink {
public:
    virtual ~BulkSink() = default;
    // False: it is not wanted; the connection ends with code TooLarge.
    [[nodiscard]] virtual bool begin(std::uint64_t bytes) = 0;
    virtual void take(std::string_view part) = 0;

protected:
    BulkSink() = default;
    BulkSink(const BulkSink&) = default;
    BulkSink& operator=(const BulkSink&) = default;
};

class Connection {
public:
    static constexpr std::uint64_t kSmallReply = 1U << 20U;
    static constexpr std::uint64_t kLargeReply = 256U << 20U; // a listing

    // Connects, says nothing.
    [[nodiscard]] static Result<std::unique_ptr<Connection>>
    open(const ServerAddress& address, const ServerTimeouts& timeouts, Waiter& waiter);

    void send(const Command& command);
    // Writes what the socket takes now.
    void flush();
    [[nodiscard]] std::size_t outstanding() const { return m_asked.size(); }

    // Waits for the reply to the oldest request and lets what came of it first be looked at;
    // receive() still gives all of it. Valid until the next call. Error codes as receive()'s.
    [[nodiscard]] Result<std::string_view> peek(Waiter& waiter);
    // The reply to the oldest request. Where there is a sink, a bulk string goes there. Error codes
    // Lost, TimedOut, WrongFormat, TooLarge, Cancelled; an error reply is a reply.
    [[nodiscard]] Result<Reply> receive(Waiter& waiter, std::uint64_t budget = kSmallReply,
                                        BulkSink* sink = nullptr);
    [[nodiscard]] Result<Reply> ask(const Command& command, Waiter& waiter,
                                    std::uint64_t budget = kSmallReply);

    // Nothing outstanding, nothing failed, and the server has not hung up meanwhile.
    [[nodiscard]] bool isIdle();
    [[nodiscard]] const std::string& serverName() const { return m_name; }

private:
    Connection(const ServerAddress& address, const ServerTimeouts& timeouts,
               std::unique_ptr<ByteStream> stream);

    [[nodiscard]] Result<Reply> receiveNext(Waiter& waiter, std::uint64_t budget, BulkSink* sink);
    [[nodiscard]] Result<void> fill(Waiter& waiter, Deadline deadline);
    [[nodiscard]] std::string_view received() const;
    [[nodiscard]] tl::unexpected<Error> failure(ErrorCode code, Message why, Message advice,
                                                const char* part = "") const;
    [[nodiscard]] tl::unexpected<Error> tooLate() const;
    [[nodiscard]] tl::unexpected<Error> lost() const;
    [[nodiscard]] tl::unexpected<Error> ended(Message why) const;
    [[nodiscard]] tl::unexpected<Error> frameFault(std::uint64_t budget) const;
    [[nodiscard]] tl::unexpected<Error> notRedis() const;

    const std::string m_name;
    const ServerAddress::Transport m_transport;
    ServerTimeouts m_timeouts;
    std::unique_ptr<ByteStream> m_stream;
    std::deque<const char*> m_asked; // the names of the commands not yet answered
    std::string m_output;
    std::size_t m_written = 0;        // of the output
    std::unique_ptr<char[]> m_buffer; // received and not consumed: [m_begin, m_end)
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    ReplyFrames m_frames;
    ReplyReader m_reader;
    bool m_hasReplied = false;
    bool m_isBroken = false;
};

} // namespace cohortist
