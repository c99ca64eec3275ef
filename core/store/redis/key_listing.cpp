// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/key_listing.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>
#include <vector>

namespace cohortist {

namespace {

// Where the server does not tell how many keys it has, a listing may be as long as this.
constexpr std::uint64_t kMostKeys = 10'000'000'000;
// Behind a level of slashes that nobody uses there may be another that somebody does.
constexpr int kEmptyLevels = 2;

std::optional<std::uint64_t> numberOf(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                    : std::nullopt;
}

tl::unexpected<Error> endless(const Connection& connection) {
    return fail(Error{ErrorCode::WrongFormat,
                      message("core", "cannot list the keys of %1", connection.serverName()),
                      message("core", "its answers to SCAN come to no end"),
                      message("core", "Check what stands between: a proxy may answer for another "
                                      "server each time."),
                      {},
                      {}});
}

// The cursor of a page, or nothing where the reply is none.
std::optional<std::uint64_t> cursorOf(const Reply& reply) {
    const bool isPage = reply.type == Reply::Type::Array && reply.elements.size() == 2 &&
                        reply.elements[0].type == Reply::Type::Bulk &&
                        reply.elements[1].type == Reply::Type::Array;
    return isPage ? numberOf(reply.elements[0].text) : std::nullopt;
}

// The cursor at a page's front, as soon as it is there: *2, the length of the cursor, the cursor.
std::optional<std::uint64_t> cursorAhead(std::string_view bytes) {
    constexpr std::string_view kFront = "*2\r\n$";
    constexpr std::string_view kEnd = "\r\n";
    if (!bytes.starts_with(kFront)) {
        return std::nullopt;
    }
    const std::size_t begin = bytes.find(kEnd, kFront.size());
    const std::size_t end =
        begin == std::string_view::npos ? begin : bytes.find(kEnd, begin + kEnd.size());
    return end == std::string_view::npos
               ? std::nullopt
               : numberOf(bytes.substr(begin + kEnd.size(), end - begin - kEnd.size()));
}

std::uint64_t handOver(Reply& page, const KeySink& sink) {
    std::uint64_t count = 0;
    for (Reply& key : page.elements[1].elements) {
        if (key.type == Reply::Type::Bulk) {
            sink(std::move(key.text));
            ++count;
        }
    }
    return count;
}

// The next page is asked for as soon as the cursor of this one is there, so that the server looks
// for keys while its last ones are read.
Result<void> listByPages(Connection& connection, const std::string& pattern,
                         const ListingLimits& limits, const KeySink& sink, Waiter& waiter) {
    const auto size = connection.ask(Command::dbSize(), waiter);
    if (!size) {
        return fail(size.error());
    }
    const std::uint64_t keys = size->type == Reply::Type::Integer && size->integer > 0
                                   ? static_cast<std::uint64_t>(size->integer)
                                   : 0; // refused: not known
    const std::uint64_t mostPages =
        limits.sparePages + 4 * (keys > 0 ? keys : kMostKeys) / limits.pageKeys;
    std::unordered_set<std::uint64_t> cursors; // a cursor never comes twice in one listing
    std::uint64_t listed = 0;
    connection.send(Command::scan(0, pattern, limits.pageKeys));
    for (std::uint64_t pages = 1;; ++pages) {
        const auto askFor = [&](std::uint64_t cursor) {
            connection.send(Command::scan(cursor, pattern, limits.pageKeys));
            connection.flush();
            return cursors.insert(cursor).second && pages <= mostPages;
        };
        const auto front = connection.peek(waiter);
        if (!front) {
            return fail(front.error());
        }
        const std::uint64_t ahead = cursorAhead(*front).value_or(0);
        if (ahead != 0 && !askFor(ahead)) {
            return endless(connection);
        }
        auto page = connection.receive(waiter, Connection::kLargeReply);
        if (!page) {
            return fail(std::move(page.error()));
        }
        const auto cursor = cursorOf(*page);
        if (!cursor) {
            return fail(errorOf(*page, connection.serverName(), "SCAN"));
        }
        if (*cursor != ahead && !askFor(*cursor)) {
            return endless(connection);
        }
        listed += handOver(*page, sink);
        waiter.job().report({listed, keys > 0 ? std::max(keys, listed) : 0, Progress::Unit::Keys});
        if (*cursor == 0) {
            return {};
        }
    }
}

// Keys end in a digit, "u", or for the older flags in anything. Each ending of one or two such
// bytes is a pattern of its own.
std::vector<std::string> endings(std::uint64_t keys, std::uint64_t answerKeys) {
    if (keys <= answerKeys) {
        return {""};
    }
    constexpr std::string_view kDigits = "0123456789";
    constexpr std::uint64_t kOneByteEndings = 10;
    std::vector<std::string> result = {"u", "[^0-9u]"};
    for (const char last : kDigits) {
        if (keys / kOneByteEndings <= answerKeys) {
            result.emplace_back(1, last);
            continue;
        }
        for (const char before : kDigits) {
            result.push_back(std::string(1, before) + last);
        }
        result.push_back(std::string("[^0-9]") + last);
    }
    return result;
}

Result<std::uint64_t> askTotal(Connection& connection, Waiter& waiter) {
    auto info = connection.ask(Command::info("keys"), waiter);
    if (!info) {
        return fail(std::move(info.error()));
    }
    constexpr std::string_view kTotal = "keys_total:";
    std::optional<std::uint64_t> total;
    if (info->type == Reply::Type::Bulk && info->text.starts_with(kTotal)) {
        const std::string_view rest = std::string_view(info->text).substr(kTotal.size());
        total = numberOf(rest.substr(0, rest.find_first_of("\r\n")));
    }
    return total ? Result<std::uint64_t>(*total)
                 : fail(errorOf(*info, connection.serverName(), "INFO"));
}

class WholeListing {
public:
    WholeListing(Connection& connection, std::string_view prefix, const ListingLimits& limits,
                 const KeySink& sink, Waiter& waiter)
        : m_connection(connection)
        , m_prefix(prefix)
        , m_limits(limits)
        , m_sink(sink)
        , m_waiter(waiter) {}

    Result<void> run() {
        const auto total = askTotal(m_connection, m_waiter);
        if (!total) {
            return fail(total.error());
        }
        m_total = *total;

        // A star stops at a slash, so there is a pattern for each number of slashes.
        std::string level = patternOf(m_prefix);
        for (int empty = 0; empty < kEmptyLevels && m_listed < m_total; level += "/*") {
            const std::uint64_t before = m_listed;
            if (auto done = listLevel(level); !done) {
                return done;
            }
            empty = m_listed == before ? empty + 1 : 0;
        }
        return {};
    }

private:
    Result<void> listLevel(const std::string& level) {
        for (const std::string& ending : endings(m_total, m_limits.answerKeys)) {
            const auto begin = std::chrono::steady_clock::now();
            auto answer = m_connection.ask(Command::scan(0, level + ending, m_limits.pageKeys),
                                           m_waiter, Connection::kLargeReply);
            if (!answer) {
                return fail(std::move(answer.error()));
            }
            if (!cursorOf(*answer)) {
                return fail(errorOf(*answer, m_connection.serverName(), "SCAN"));
            }
            const auto took = std::chrono::ceil<std::chrono::milliseconds>(
                std::chrono::steady_clock::now() - begin);
            m_listed += handOver(*answer, m_sink);
            m_waiter.job().report({m_listed, std::max(m_total, m_listed), Progress::Unit::Keys});
            if (!ending.empty() &&
                m_waiter.sleep(m_limits.pause + took) == Waiter::Outcome::Stopped) {
                return failCancelled();
            }
        }
        return {};
    }

    Connection& m_connection;
    std::string_view m_prefix;
    const ListingLimits& m_limits;
    const KeySink& m_sink;
    Waiter& m_waiter;
    std::uint64_t m_total = 0; // with other prefixes' and expired keys
    std::uint64_t m_listed = 0;
};

} // namespace

std::string patternOf(std::string_view prefix) {
    std::string pattern;
    for (const char c : prefix) {
        if (std::string_view("*?[]\\^").find(c) != std::string_view::npos) {
            pattern += '\\';
        }
        pattern += c;
    }
    return pattern + '*';
}

Result<std::optional<std::uint64_t>> listedTotal(ServerLink& link, Waiter& waiter) {
    std::optional<std::uint64_t> found;
    auto done = link.run(
        waiter, [&](Connection& connection, const ServerTraits& traits) -> Result<LinkState> {
            if (traits.isBitmapistServer()) {
                const auto total = askTotal(connection, waiter);
                if (!total) {
                    return fail(total.error());
                }
                found = *total;
            }
            return LinkState::Done;
        });
    return done ? Result<std::optional<std::uint64_t>>(found) : fail(std::move(done.error()));
}

Result<void> listKeys(ServerLink& link, std::string_view prefix, const ListingLimits& limits,
                      const KeySink& sink, Waiter& waiter) {
    return link.run(waiter, [&](Connection& connection, const ServerTraits& traits) {
        const auto listed = traits.isBitmapistServer()
                                ? WholeListing(connection, prefix, limits, sink, waiter).run()
                                : listByPages(connection, patternOf(prefix), limits, sink, waiter);
        return listed.map([] { return LinkState::Done; });
    });
}

} // namespace cohortist
