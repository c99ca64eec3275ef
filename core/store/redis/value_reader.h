// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the bitmaps of many keys over one connection, whole or a range of their chunks. On Redis
// the lengths are asked for first and long strings come in pieces; on bitmapist-server, which knows
// neither, a long value shows only in its reply. Strings become sets while they come: the socket
// fills while the processor turns bits. Keys are done one after the other, so what was handed over
// stays, and run() can be called again on another connection for the rest. One thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/store/bitmap_store.h"
#include "core/store/redis/server_link.h"
#include "core/store/redis/value_decoder.h"

namespace cohortist {

struct ReadLimits {
    std::uint64_t pieceBytes = 4U << 20U; // that are asked for at once; whole chunks
    // Asked for and not yet come. Redis makes all these answers at once, out of its caches.
    std::uint64_t aheadBytes = 2U << 20U;
    std::size_t aheadRequests = 64;
    std::uint64_t longestUnasked = 64U << 20U; // bitmapist-server: longer ones have to be wanted
};

// Whether a value that is longer than longestUnasked is to be read all the same.
using WantsLong = std::function<bool(const std::string& key, std::uint64_t bytes)>;

class ValueReader {
public:
    struct Outcome {
        KeyRead read;
        // Of a cluster: the server's words (MOVED, ASK). The key is then no concern of this reader
        // any more.
        std::string redirection;
    };
    // Called once for each key, with its position.
    using Done = std::function<void(std::size_t index, Outcome outcome)>;

    ValueReader(std::vector<std::string> keys, ChunkRange range, const ReadLimits& limits,
                WantsLong wantsLong, Done done);

    // For keys that are on the move to this node (ASK).
    void setAsking(bool isAsking) { m_isAsking = isAsking; }

    // Error codes as of Connection::receive, and Busy.
    [[nodiscard]] Result<LinkState> run(Connection& connection, const ServerTraits& traits,
                                        Waiter& waiter);
    [[nodiscard]] std::uint64_t longestLength() const { return m_longest; } // seen

private:
    struct Key {
        std::string name;
        std::optional<std::uint64_t> length{};
        std::optional<std::uint64_t> unwanted{}; // its length, too great to be read unasked
        bool mayBeLong = false;
        bool isDone = false;
    };
    struct Request {
        std::size_t key = 0;
        bool isWhole = true; // GET
        std::uint64_t first = 0;
        std::uint64_t size = 0; // bytes that will come; of a whole value, about
        bool isLast = true;
    };

    void askForLong();
    [[nodiscard]] Result<void> measure(Connection& connection, Waiter& waiter);
    [[nodiscard]] Result<void> takeLength(std::size_t key, const Reply& reply,
                                          const std::string& server);
    [[nodiscard]] Result<LinkState> readValues(Connection& connection, bool isBitmapistServer,
                                               Waiter& waiter);
    void plan(std::size_t key, bool hasRanges, std::deque<Request>& requests);
    void ask(Connection& connection, const Request& request) const;
    void send(Connection& connection, const Command& command) const;
    [[nodiscard]] Result<Reply> receive(Connection& connection, Waiter& waiter,
                                        BulkSink* sink = nullptr) const;
    [[nodiscard]] Result<void> takeValue(const Request& request, const Reply& reply,
                                         ValueDecoder& decoder, const std::string& server);
    [[nodiscard]] Result<void> takeError(std::size_t key, const Reply& reply, const char* asked,
                                         const std::string& server);
    void finish(std::size_t key, Outcome outcome);
    void fail(std::size_t key, KeyState state, std::string why);

    std::vector<Key> m_keys;
    const ChunkRange m_range;
    const ReadLimits m_limits;
    WantsLong m_wantsLong;
    Done m_done;
    std::uint64_t m_longest = 0;
    bool m_canMeasure = true;    // until the server refuses
    bool m_canReadRanges = true; // the same
    bool m_isAsking = false;
};

} // namespace cohortist
