// SPDX-License-Identifier: GPL-3.0-or-later
// A server that work can be done on: a few greeted connections that are lent out, and the rules of
// what is tried again. A lost connection is replaced once, a server that is loading, busy or full
// is waited for up to a limit; everything else ends the work. Any number of threads.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/store/redis/greeting.h"

namespace cohortist {

enum class LinkState : std::uint8_t {
    Done,
    UsedUp // there is more to do, on another connection: this one was given up on purpose
};

class ServerLink {
public:
    ServerLink(ServerAddress address, const ServerTimeouts& timeouts);

    // Runs the work on a connection of its own. The work must be able to go on where it was when it
    // is called again after failing with Lost or Busy.
    using Work =
        std::function<Result<LinkState>(Connection& connection, const ServerTraits& traits)>;
    [[nodiscard]] Result<void> run(Waiter& waiter, const Work& work);

    [[nodiscard]] const ServerAddress& address() const { return m_address; }

private:
    struct Link {
        std::unique_ptr<Connection> connection;
        ServerTraits traits;
    };
    [[nodiscard]] Result<Link> take(Waiter& waiter);
    [[nodiscard]] Result<Link> connect(Waiter& waiter);
    void giveBack(Link link);

    const ServerAddress m_address;
    const ServerTimeouts m_timeouts;
    std::mutex m_mutex;
    std::vector<Link> m_idle;
};

} // namespace cohortist
