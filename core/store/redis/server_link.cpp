// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/server_link.h"

#include <algorithm>

namespace cohortist {

namespace {

constexpr std::size_t kIdleConnections = 4;
// A server that has too many clients may hang up before its words are read.
constexpr int kHangUps = 3;

} // namespace

ServerLink::ServerLink(ServerAddress address, const ServerTimeouts& timeouts)
    : m_address(std::move(address))
    , m_timeouts(timeouts) {}

Result<ServerLink::Link> ServerLink::take(Waiter& waiter) {
    for (;;) {
        Link link;
        {
            const std::lock_guard lock(m_mutex);
            if (m_idle.empty()) {
                break;
            }
            link = std::move(m_idle.back());
            m_idle.pop_back();
        }
        if (link.connection->isIdle()) {
            return link;
        }
    }
    return connect(waiter);
}

Result<ServerLink::Link> ServerLink::connect(Waiter& waiter) {
    Patience patience(m_timeouts.patience);
    int hangUps = 0;
    for (;;) {
        auto connection = Connection::open(m_address, m_timeouts, waiter);
        if (!connection) {
            return fail(std::move(connection.error()));
        }
        auto traits = greet(**connection, m_address, waiter);
        if (traits) {
            return Link{std::move(*connection), std::move(*traits)};
        }
        const ErrorCode code = traits.error().code;
        const bool isWorthATry =
            code == ErrorCode::Busy || (code == ErrorCode::Lost && ++hangUps < kHangUps);
        if (!isWorthATry) {
            return fail(std::move(traits.error()));
        }
        connection->reset(); // a full server needs the place
        const auto goesOn = patience.wait(waiter);
        if (!goesOn || !*goesOn) {
            return fail(goesOn ? traits.error() : goesOn.error());
        }
    }
}

void ServerLink::giveBack(Link link) {
    const std::lock_guard lock(m_mutex);
    if (m_idle.size() < kIdleConnections) {
        m_idle.push_back(std::move(link));
    }
}

Result<void> ServerLink::run(Waiter& waiter, const Work& work) {
    Patience patience(m_timeouts.patience);
    bool hasReconnected = false;
    for (;;) {
        auto link = take(waiter);
        if (!link) {
            return fail(std::move(link.error()));
        }
        auto done = work(*link->connection, link->traits);
        if (done && *done == LinkState::Done) {
            giveBack(std::move(*link));
            return {};
        }
        link->connection.reset();
        if (done) {
            continue;
        }
        if (done.error().code == ErrorCode::Lost && !hasReconnected) {
            hasReconnected = true;
            const std::lock_guard lock(m_mutex);
            m_idle.clear(); // of the same age, and as dead
            continue;
        }
        if (done.error().code != ErrorCode::Busy) {
            return fail(std::move(done.error()));
        }
        const auto goesOn = patience.wait(waiter);
        if (!goesOn || !*goesOn) {
            return fail(goesOn ? done.error() : goesOn.error());
        }
    }
}

} // namespace cohortist
