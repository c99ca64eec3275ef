// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/bitmapist_stand_in.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace cohortist::test {

namespace {

const std::map<std::string, std::pair<std::size_t, std::size_t>> kArguments = {
    {"KEYS", {1, 1}},   {"GETBIT", {2, 2}}, {"SETBIT", {3, 3}}, {"BITCOUNT", {1, 1}},
    {"BITOP", {3, 99}}, {"EXISTS", {1, 1}}, {"DEL", {1, 1}},    {"GET", {1, 1}},
    {"SET", {2, 2}},    {"BGSAVE", {0, 0}}, {"SCAN", {5, 5}},   {"INFO", {1, 1}},
    {"SELECT", {1, 1}}, {"PING", {0, 1}},   {"TTL", {1, 1}},    {"PTTL", {1, 1}},
    {"RENAME", {2, 2}}, {"EXPIRE", {2, 2}}};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string integer(long long number) {
    return fmt::format(":{}\r\n", number);
}

std::string wrongNumber(const std::string& name) {
    return fmt::format("-ERR wrong number of arguments for '{}' command\r\n", lower(name));
}

std::optional<std::uint32_t> offsetOf(const std::string& text) {
    std::uint32_t offset = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(offset)
                                                                    : std::nullopt;
}

// The class in brackets from pattern[at] on, which is behind the '['; at moves behind the ']'.
std::optional<bool> inClass(std::string_view pattern, std::size_t& at, char c) {
    const bool isNegated = at < pattern.size() && pattern[at] == '^';
    at += isNegated ? 1U : 0U;
    bool isIn = false;
    for (int ranges = 0;; ++ranges) {
        if (at < pattern.size() && pattern[at] == ']' && ranges > 0) {
            ++at;
            return isIn != isNegated;
        }
        const auto next = [&]() -> std::optional<char> {
            if (at >= pattern.size() || pattern[at] == '-' || pattern[at] == ']') {
                return std::nullopt;
            }
            at += pattern[at] == '\\' ? 1U : 0U;
            return at < pattern.size() ? std::optional(pattern[at++]) : std::nullopt;
        };
        const auto low = next();
        auto high = low;
        if (low && at < pattern.size() && pattern[at] == '-') {
            ++at;
            high = next();
        }
        if (!low || !high) {
            return std::nullopt;
        }
        isIn = isIn || (*low <= c && c <= *high);
    }
}

std::string flipped(std::string bytes) {
    for (char& byte : bytes) {
        byte = static_cast<char>(~byte);
    }
    return bytes;
}

std::size_t countOf(const std::string& bytes) {
    std::size_t count = 0;
    for (const char byte : bytes) {
        count += static_cast<std::size_t>(std::popcount(static_cast<unsigned char>(byte)));
    }
    return count;
}

} // namespace

std::optional<bool> goMatch(std::string_view pattern, std::string_view name) {
    std::size_t at = 0;
    for (; at < pattern.size(); name.remove_prefix(1)) {
        const char p = pattern[at];
        if (p == '*') {
            for (std::size_t skipped = 0;; ++skipped) {
                const auto rest = goMatch(pattern.substr(at + 1), name.substr(skipped));
                if (!rest || *rest) {
                    return rest;
                }
                if (skipped == name.size() || name[skipped] == '/') {
                    return false;
                }
            }
        }
        ++at;
        const char c = name.empty() ? '\0' : name.front();
        bool isSame = false;
        if (p == '[') {
            const auto found = inClass(pattern, at, c);
            if (!found) {
                return std::nullopt;
            }
            isSame = *found;
        } else if (p == '?') {
            isSame = c != '/';
        } else if (p == '\\') {
            if (at == pattern.size()) {
                return std::nullopt;
            }
            isSame = pattern[at++] == c;
        } else {
            isSame = p == c;
        }
        if (!isSame || name.empty()) {
            return false;
        }
    }
    return name.empty();
}

std::string BitmapistStandIn::keys(const std::string& pattern) const {
    std::string found;
    std::size_t count = 0;
    if (!goMatch(pattern, "")) {
        return "-ERR syntax error in pattern\r\n";
    }
    for (const auto& [key, value] : m_data) {
        if (goMatch(pattern, key).value_or(false)) {
            found += bulk(key);
            ++count;
        }
    }
    return fmt::format("*{}\r\n", count) + found;
}

std::string BitmapistStandIn::keyReply(const std::string& name, const Words& words) {
    const auto found = m_data.find(words[1]);
    const bool isThere = found != m_data.end();
    if (name == "GET") {
        return isThere ? bulk(found->second) : "$-1\r\n";
    }
    if (name == "EXISTS") {
        return integer(isThere ? 1 : 0);
    }
    if (name == "BITCOUNT") {
        return integer(isThere ? static_cast<long long>(countOf(found->second)) : 0);
    }
    if (name == "DEL") {
        return integer(static_cast<long long>(m_data.erase(words[1])));
    }
    if (name == "SET") {
        m_data[words[1]] = words[2];
        return "+OK\r\n";
    }
    if (name == "EXPIRE") {
        m_expiry[words[1]] = std::stoll(words[2]) - 1; // a moment later
        return integer(isThere ? 1 : 0);
    }
    if (name == "TTL" || name == "PTTL") {
        const auto expiry = m_expiry.find(words[1]);
        return integer(!isThere ? -2 : expiry == m_expiry.end() ? -1 : expiry->second);
    }
    if (name == "RENAME") {
        m_data[words[2]] = m_data[words[1]];
        m_data.erase(words[1]);
        return "+OK\r\n";
    }
    const auto offset = offsetOf(words[2]);
    if (!offset) {
        return "-ERR bit offset is not an integer or out of range\r\n";
    }
    const std::size_t place = *offset / 8;
    const auto mask = static_cast<unsigned char>(0x80U >> *offset % 8);
    const bool wasSet = isThere && place < found->second.size() &&
                        (static_cast<unsigned char>(found->second[place]) & mask) != 0;
    if (name == "SETBIT") {
        std::string& value = m_data[words[1]];
        if (words[3] == "1") {
            value.resize(std::max(value.size(), place + 1));
            value[place] = static_cast<char>(static_cast<unsigned char>(value[place]) | mask);
        }
    }
    return integer(wasSet ? 1 : 0);
}

std::string BitmapistStandIn::reply(const std::string& name, const Words& words) {
    const auto arguments = kArguments.find(name);
    if (arguments == kArguments.end()) {
        return fmt::format("-ERR unknown command '{}'\r\n", lower(words[0]));
    }
    const auto [least, most] = arguments->second;
    if (words.size() - 1 < least || words.size() - 1 > most) {
        return wrongNumber(name);
    }
    if (name == "PING") {
        return bulk(words.size() > 1 ? words[1] : "PONG");
    }
    if (name == "SELECT") {
        return words[1] == "0" ? "+OK\r\n" : "-ERR invalid DB index\r\n";
    }
    if (name == "INFO") {
        return words[1] == "keys"
                   ? bulk(fmt::format("keys_total:{}\nkeys_cached:0\n", m_data.size()))
               : words[1] == "commands" ? bulk("keys:0\n")
                                        : wrongNumber(name);
    }
    if (name == "KEYS") {
        return keys(words[1]);
    }
    if (name == "SCAN") {
        const bool isTheForm = words[1] == "0" && words[2] == "MATCH" && words[4] == "COUNT";
        return isTheForm ? "*2\r\n" + bulk("0") + keys(words[3]) : wrongNumber(name);
    }
    if (name == "BGSAVE") {
        return "+Background saving started\r\n";
    }
    if (name == "BITOP") {
        std::string result = m_data[words[3]];
        if (words[1] == "NOT") {
            result = flipped(result);
        } else { // AND is all that the transcript has
            const std::string other = m_data[words[4]];
            std::string both;
            for (std::size_t i = 0; i < std::min(result.size(), other.size()); ++i) {
                both += static_cast<char>(result[i] & other[i]);
            }
            result = countOf(both) > 0 ? both : "";
        }
        m_data[words[2]] = result;
        return integer(2);
    }
    return keyReply(name, words);
}

FakeReply BitmapistStandIn::answer(const Words& words) {
    const std::string& name = words[0];
    if (name == "MULTI") {
        m_isQueuing = true;
        return std::string("+OK\r\n");
    }
    if (name == "EXEC") {
        if (!m_isQueuing) {
            return std::string("-ERR EXEC without MULTI\r\n");
        }
        std::string all = fmt::format("*{}\r\n", m_queued.size());
        for (const std::string& each : m_queued) {
            all += each;
        }
        m_queued.clear();
        m_isQueuing = false;
        return all;
    }
    if (name == "QUIT") {
        FakeReply last(std::string("+OK\r\n"));
        last.closes = true;
        return last;
    }
    std::string said = reply(name, words);
    if (m_isQueuing) {
        m_queued.push_back(std::move(said));
        return std::string("+QUEUED\r\n");
    }
    return said;
}

FakeServer::Script BitmapistStandIn::script() {
    return [this](const Words& words, int /*connection*/) { return answer(words); };
}

} // namespace cohortist::test
