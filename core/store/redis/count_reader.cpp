// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/count_reader.h"

namespace cohortist {

namespace {

// Counting reads all of a string: a server that is given many at once answers nobody else.
constexpr std::size_t kAhead = 16;

} // namespace

Result<LinkState> CountReader::run(Connection& connection, Waiter& waiter) {
    for (std::size_t asked = m_next; m_next < m_keys.size();) {
        for (; asked < m_keys.size() && asked - m_next < kAhead; ++asked) {
            connection.send(Command::bitCount(m_keys[asked]));
        }
        const auto reply = connection.receive(waiter);
        if (!reply) {
            return fail(reply.error());
        }
        if (isTransient(*reply)) {
            return fail(errorOf(*reply, connection.serverName(), "BITCOUNT"));
        }
        const bool isCount = reply->type == Reply::Type::Integer && reply->integer >= 0;
        m_done(m_next++,
               isCount ? std::optional(static_cast<std::uint64_t>(reply->integer)) : std::nullopt);
    }
    return LinkState::Done;
}

void CountReader::giveUp() {
    while (m_next < m_keys.size()) {
        m_done(m_next++, std::nullopt);
    }
}

} // namespace cohortist
