// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/value_reader.h"

#include <algorithm>

#include <fmt/format.h>

namespace cohortist {

namespace {

// STRLEN's requests and replies are small.
constexpr std::size_t kMeasuredAhead = 512;
// The global lock of bitmapist-server is held while a reply is written.
constexpr std::size_t kAheadOnBitmapistServer = 4;

// NOPERM for the command says "to run the 'x' command"; for the key it does not.
bool isOfCommand(const Reply& reply) {
    return (reply.isError("NOPERM") && reply.text.find(" run ") != std::string::npos) ||
           (reply.isError() && reply.text.starts_with("ERR unknown command"));
}

} // namespace

ValueReader::ValueReader(std::vector<std::string> keys, ChunkRange range, const ReadLimits& limits,
                         WantsLong wantsLong, Done done)
    : m_range(range)
    , m_limits(limits)
    , m_wantsLong(std::move(wantsLong))
    , m_done(std::move(done)) {
    m_keys.reserve(keys.size());
    for (std::string& key : keys) {
        m_keys.push_back(Key{std::move(key)});
    }
}

Result<LinkState> ValueReader::run(Connection& connection, const ServerTraits& traits,
                                   Waiter& waiter) {
    askForLong();
    if (!traits.isBitmapistServer()) {
        if (auto measured = measure(connection, waiter); !measured) {
            return cohortist::fail(std::move(measured.error()));
        }
    }
    return readValues(connection, traits.isBitmapistServer(), waiter);
}

// The connection that the value came over is closed by now: who answers may take their time.
void ValueReader::askForLong() {
    for (std::size_t i = 0; i < m_keys.size(); ++i) {
        Key& key = m_keys[i];
        if (!key.unwanted || key.isDone) {
            continue;
        }
        key.mayBeLong = m_wantsLong && m_wantsLong(key.name, *key.unwanted);
        if (!key.mayBeLong) {
            fail(i, KeyState::Refused,
                 fmt::format("its value has {} MiB, and the server would hold up its other clients "
                             "while it sends them",
                             *key.unwanted >> 20U));
        }
        key.unwanted.reset();
    }
}

Result<void> ValueReader::measure(Connection& connection, Waiter& waiter) {
    std::deque<std::size_t> asked;
    for (std::size_t next = 0;;) {
        for (; next < m_keys.size() && asked.size() < kMeasuredAhead && m_canMeasure; ++next) {
            if (!m_keys[next].isDone && !m_keys[next].length) {
                send(connection, Command::strLen(m_keys[next].name));
                asked.push_back(next);
            }
        }
        if (asked.empty()) {
            return {};
        }
        const auto reply = receive(connection, waiter);
        if (!reply) {
            return cohortist::fail(reply.error());
        }
        if (auto taken = takeLength(asked.front(), *reply, connection.serverName()); !taken) {
            return taken;
        }
        asked.pop_front();
    }
}

Result<void> ValueReader::takeLength(std::size_t key, const Reply& reply,
                                     const std::string& server) {
    if (reply.type == Reply::Type::Integer && reply.integer >= 0) {
        const auto length = static_cast<std::uint64_t>(reply.integer);
        m_keys[key].length = length;
        m_longest = std::max(m_longest, std::min(length, ValueDecoder::kLongest));
        if (length > ValueDecoder::kLongest) {
            fail(key, KeyState::Damaged, ValueDecoder::whyTooLong(length));
        }
        return {};
    }
    if (isOfCommand(reply)) {
        m_canMeasure = false;
        return {};
    }
    return takeError(key, reply, "STRLEN", server);
}

void ValueReader::plan(std::size_t key, bool hasRanges, std::deque<Request>& requests) {
    const std::optional<std::uint64_t> length = m_keys[key].length;
    if (!length || !hasRanges) {
        requests.push_back({key, true, 0, length.value_or(m_limits.pieceBytes), true});
        return;
    }
    const std::uint64_t first = std::uint64_t{m_range.first} * kChunkBytes;
    const std::uint64_t last = std::min(std::uint64_t{m_range.last} * kChunkBytes, *length);
    if (first == 0 && last == *length && *length <= m_limits.pieceBytes) {
        requests.push_back({key, true, 0, *length, true});
        return;
    }
    if (first >= last) { // it ends before the range
        finish(key, {{KeyState::Read, {}, {}}, {}});
        return;
    }
    for (std::uint64_t begin = first; begin < last; begin += m_limits.pieceBytes) {
        const std::uint64_t size = std::min(m_limits.pieceBytes, last - begin);
        requests.push_back({key, false, begin, size, begin + size == last});
    }
}

void ValueReader::ask(Connection& connection, const Request& request) const {
    const std::string& name = m_keys[request.key].name;
    send(connection, request.isWhole ? Command::get(name)
                                     : Command::getRange(name, request.first,
                                                         request.first + request.size - 1));
}

void ValueReader::send(Connection& connection, const Command& command) const {
    if (m_isAsking) {
        connection.send(Command::asking());
    }
    connection.send(command);
}

Result<Reply> ValueReader::receive(Connection& connection, Waiter& waiter, BulkSink* sink) const {
    if (m_isAsking) {
        if (auto leave = connection.receive(waiter); !leave) {
            return leave;
        }
    }
    return connection.receive(waiter, Connection::kSmallReply, sink);
}

Result<LinkState> ValueReader::readValues(Connection& connection, bool isBitmapistServer,
                                          Waiter& waiter) {
    ValueDecoder decoder(m_range);
    std::deque<Request> planned;
    std::deque<Request> asked;
    std::uint64_t ahead = 0;
    std::size_t next = 0;
    const std::size_t mostAhead =
        isBitmapistServer ? kAheadOnBitmapistServer : m_limits.aheadRequests;
    const bool hasRanges = !isBitmapistServer && m_canReadRanges;
    for (;;) {
        while (asked.size() < mostAhead && (asked.empty() || ahead < m_limits.aheadBytes)) {
            for (; planned.empty() && next < m_keys.size(); ++next) {
                if (!m_keys[next].isDone) {
                    plan(next, hasRanges, planned);
                }
            }
            if (planned.empty()) {
                break;
            }
            ask(connection, planned.front());
            ahead += planned.front().size;
            asked.push_back(planned.front());
            planned.pop_front();
        }
        if (asked.empty()) {
            return LinkState::Done;
        }
        const Request request = asked.front();
        asked.pop_front();
        ahead -= request.size;
        Key& key = m_keys[request.key];
        decoder.expect(request.first,
                       isBitmapistServer && !key.mayBeLong ? m_limits.longestUnasked
                                                           : ValueDecoder::kLongest,
                       !key.isDone);
        const auto reply = receive(connection, waiter, &decoder);
        if (!reply) {
            const std::uint64_t length = decoder.announced();
            if (reply.error().code != ErrorCode::TooLarge || length == 0 || key.isDone) {
                return cohortist::fail(reply.error());
            }
            if (length > ValueDecoder::kLongest) {
                fail(request.key, KeyState::Damaged, ValueDecoder::whyTooLong(length));
            } else {
                key.unwanted = length;
            }
            return LinkState::UsedUp;
        }
        if (key.isDone) { // a piece of one that failed
            continue;
        }
        if (!request.isWhole && isOfCommand(*reply)) {
            m_canReadRanges = false;
            return LinkState::UsedUp;
        }
        if (auto taken = takeValue(request, *reply, decoder, connection.serverName()); !taken) {
            return cohortist::fail(std::move(taken.error()));
        }
    }
}

Result<void> ValueReader::takeValue(const Request& request, const Reply& reply,
                                    ValueDecoder& decoder, const std::string& server) {
    if (reply.type == Reply::Type::Streamed) {
        const auto length = static_cast<std::uint64_t>(reply.integer);
        m_longest = std::max(m_longest, request.isWhole ? length : 0);
        if (!request.isWhole && length != request.size) {
            static_cast<void>(decoder.finish());
            fail(request.key, KeyState::NoData, "it was deleted while it was read");
        } else if (request.isLast) {
            finish(request.key, {{KeyState::Read, decoder.finish(), {}}, {}});
        }
        return {};
    }
    static_cast<void>(decoder.finish());
    if (reply.type == Reply::Type::Nil) {
        fail(request.key, KeyState::NoData, "it was listed, and is not there any more");
        return {};
    }
    return takeError(request.key, reply, request.isWhole ? "GET" : "GETRANGE", server);
}

Result<void> ValueReader::takeError(std::size_t key, const Reply& reply, const char* asked,
                                    const std::string& server) {
    if (reply.isError("MOVED") || reply.isError("ASK")) {
        finish(key, {{}, reply.text});
        return {};
    }
    if (reply.isError("WRONGTYPE")) {
        fail(key, KeyState::WrongType, "it is no string");
        return {};
    }
    const Error error = errorOf(reply, server, asked);
    const bool isOfKey = reply.isError() && !isTransient(reply) && !reply.isError("NOAUTH");
    if (!isOfKey) {
        return cohortist::fail(error);
    }
    fail(key, KeyState::Refused, error.why.english());
    return {};
}

void ValueReader::fail(std::size_t key, KeyState state, std::string why) {
    finish(key, {{state, {}, std::move(why)}, {}});
}

void ValueReader::finish(std::size_t key, Outcome outcome) {
    m_keys[key].isDone = true;
    m_done(key, std::move(outcome));
}

} // namespace cohortist
