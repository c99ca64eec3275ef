// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>

#include "core/store/redis/reply.h"

namespace cohortist {

namespace {

constexpr std::size_t kLongestNumber = 24; // with its type and its end
constexpr std::size_t kLongestLine = 16384;
constexpr std::uint64_t kLeastElement = 4; // ":1\r\n"

std::optional<std::int64_t> numberOf(std::string_view digits) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() ? std::optional(number)
                                                                        : std::nullopt;
}

} // namespace

void ReplyFrames::begin(std::uint64_t budget, bool isStreamed) {
    m_state = State::Value;
    m_isStreamed = isStreamed;
    m_isFirst = true;
    m_budget = budget;
    m_pending = 1;
    m_payload = 0;
}

ReplyFrames::Part ReplyFrames::fail(Fault fault) {
    m_fault = fault;
    return {Status::Fault, 0, 0};
}

ReplyFrames::Part ReplyFrames::next(std::string_view bytes) {
    std::size_t used = 0;
    for (;;) {
        if (auto part = step(bytes, used)) {
            return *part;
        }
    }
}

// Nothing: go on.
std::optional<ReplyFrames::Part> ReplyFrames::step(std::string_view bytes, std::size_t& used) {
    const std::string_view rest = bytes.substr(used);
    switch (m_state) {
    case State::Value:
        if (m_pending == 0) {
            return Part{Status::Whole, used, 0};
        }
        return value(bytes, used);
    case State::Payload: {
        const std::size_t taken = std::min<std::uint64_t>(m_payload, rest.size());
        m_payload -= taken;
        used += taken;
        if (m_payload > 0) {
            return Part{Status::More, used, 0};
        }
        m_state = State::Terminator;
        return std::nullopt;
    }
    case State::Terminator:
        if (rest.size() < 2) {
            return Part{Status::More, used, 0};
        }
        if (!rest.starts_with("\r\n")) {
            return fail(Fault::BadTerminator);
        }
        used += 2;
        --m_pending;
        m_state = State::Value;
        return std::nullopt;
    case State::StreamedPayload: {
        const std::size_t taken = std::min<std::uint64_t>(m_payload, rest.size());
        m_payload -= taken;
        if (m_payload == 0) {
            m_state = State::StreamedEnd;
        }
        return taken > 0       ? std::optional(Part{Status::BulkPart, taken, 0})
               : m_payload > 0 ? std::optional(Part{Status::More, 0, 0})
                               : std::nullopt;
    }
    case State::StreamedEnd:
        break;
    }
    if (rest.size() < 2) {
        return Part{Status::More, used, 0};
    }
    return rest.starts_with("\r\n") ? Part{Status::BulkEnds, 2, 0} : fail(Fault::BadTerminator);
}

std::optional<ReplyFrames::Part> ReplyFrames::value(std::string_view bytes, std::size_t& used) {
    const std::string_view rest = bytes.substr(used);
    if (rest.empty()) {
        return Part{Status::More, used, 0};
    }
    const char type = rest.front();
    const bool isLength = type == '$' || type == '*';
    if (!isLength && type != ':' && type != '+' && type != '-') {
        return fail(faultOfType(type));
    }
    const std::size_t longest = isLength || type == ':' ? kLongestNumber : kLongestLine;
    const std::size_t end = rest.substr(0, longest).find('\n');
    if (end == std::string_view::npos) {
        return rest.size() >= longest ? fail(Fault::EndlessLine) : Part{Status::More, used, 0};
    }
    if (end < 2 || rest[end - 1] != '\r') {
        return fail(Fault::BadTerminator);
    }
    const std::size_t line = end + 1;
    const std::string_view text = rest.substr(1, end - 2);
    if (line > m_budget) {
        return fail(Fault::TooLarge);
    }
    m_budget -= line;
    if (isLength) {
        const bool isWhole = m_isFirst;
        m_isFirst = false;
        auto part = length(type, text, isWhole && m_isStreamed);
        if (part && part->status == Status::Fault) {
            return part;
        }
        if (isWhole && m_isStreamed && m_state == State::Payload) {
            m_state = m_payload > 0 ? State::StreamedPayload : State::StreamedEnd;
            return Part{Status::BulkBegins, line, m_payload};
        }
        used += line;
        return std::nullopt;
    }
    if (type == ':' && !numberOf(text)) {
        return fail(Fault::Length);
    }
    m_isFirst = false;
    --m_pending;
    used += line;
    return std::nullopt;
}

// Only a fault is returned.
std::optional<ReplyFrames::Part> ReplyFrames::length(char type, std::string_view digits,
                                                     bool isStreamed) {
    const auto number = numberOf(digits);
    if (!number || *number < -1) {
        return fail(Fault::Length);
    }
    if (*number == -1) {
        --m_pending;
        return std::nullopt;
    }
    const auto size = static_cast<std::uint64_t>(*number);
    if (type == '*') {
        if (m_pending - 1 + size > m_budget / kLeastElement) {
            return fail(Fault::TooLarge);
        }
        m_pending += size - 1;
        return std::nullopt;
    }
    if (!isStreamed) {
        if (size > m_budget) {
            return fail(Fault::TooLarge);
        }
        m_budget -= size;
    }
    m_payload = size;
    m_state = State::Payload;
    return std::nullopt;
}

// The first byte tells who answers; further on it only tells that something is broken.
ReplyFrames::Fault ReplyFrames::faultOfType(char type) const {
    if (std::string_view("_#,(!=%~>|").find(type) != std::string_view::npos) {
        return Fault::Resp3;
    }
    if (!m_isFirst) {
        return Fault::NotRedis;
    }
    constexpr char kTlsAlert = 0x15;
    constexpr char kTlsHandshake = 0x16;
    if (type == kTlsAlert || type == kTlsHandshake) {
        return Fault::Tls;
    }
    return type == 'H' || type == '<' ? Fault::Http : Fault::NotRedis;
}

} // namespace cohortist
