// SPDX-License-Identifier: GPL-3.0-or-later
// What a server answered. ReplyFrames finds where a reply ends while its bytes arrive and refuses
// what no server should send (RESP2: lengths past the budget, lines without an end, wrong
// terminators, other protocols), ReplyReader has hiredis read the values. One object a connection,
// one thread at a time. Neither trusts a byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohortist {

struct Reply {
    enum class Type : std::uint8_t {
        Nil,
        Integer,
        Status,
        Error,
        Bulk,
        Array,
        Streamed // a bulk string that went to its sink; integer: its length
    };
    Type type = Type::Nil;
    std::int64_t integer = 0;
    std::string text; // Status, Error, Bulk
    std::vector<Reply> elements;

    [[nodiscard]] bool isError() const { return type == Type::Error; }
    // Whether it is an error of this code: the first word, as in "WRONGTYPE Operation …".
    [[nodiscard]] bool isError(std::string_view code) const;
};

class ReplyFrames {
public:
    enum class Status : std::uint8_t {
        More,       // what there is belongs to the reply, and there is more to come
        Whole,      // the reply ends here
        BulkBegins, // a bulk string of `bulk` bytes begins here, and is to be streamed
        BulkPart,   // some of its bytes
        BulkEnds,   // its terminator, and the end of the reply
        Fault
    };
    struct Part {
        Status status = Status::More;
        std::size_t consumed = 0; // bytes from the front that are dealt with
        std::uint64_t bulk = 0;
    };
    enum class Fault : std::uint8_t {
        None,
        TooLarge,      // over the budget
        Http,          // an HTTP server
        Tls,           // a TLS server
        Resp3,         // a type of the protocol's third version
        NotRedis,      // anything else
        Length,        // a length or number that is none
        EndlessLine,   // a line over its limit
        BadTerminator, // no CR LF where there must be one
    };

    // A reply begins. budget: the bytes that it may take; a streamed bulk string counts only with
    // its header. isStreamed: a bulk string as the whole reply is not for the reader.
    void begin(std::uint64_t budget, bool isStreamed);
    // bytes: what has arrived and is not consumed yet. After Fault nothing more can be read.
    [[nodiscard]] Part next(std::string_view bytes);
    [[nodiscard]] Fault fault() const { return m_fault; }

private:
    enum class State : std::uint8_t { Value, Payload, Terminator, StreamedPayload, StreamedEnd };

    std::optional<Part> step(std::string_view bytes, std::size_t& used);
    std::optional<Part> value(std::string_view bytes, std::size_t& used);
    std::optional<Part> length(char type, std::string_view digits, bool isStreamed);
    Part fail(Fault fault);
    Fault faultOfType(char type) const;

    State m_state = State::Value;
    bool m_isStreamed = false;
    bool m_isFirst = true;
    Fault m_fault = Fault::None;
    std::uint64_t m_budget = 0;
    std::uint64_t m_pending = 1; // values still to come
    std::uint64_t m_payload = 0; // bytes of the bulk string still to come
};

class ReplyReader {
public:
    ReplyReader();
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    // Bytes of one reply, in any parts; false when they cannot be read.
    [[nodiscard]] bool feed(std::string_view bytes);
    // The reply, once all of it was fed.
    [[nodiscard]] std::optional<Reply> take();

private:
    struct Hiredis;
    std::unique_ptr<Hiredis> m_reader;
    std::optional<Reply> m_reply;
};

} // namespace cohortist
