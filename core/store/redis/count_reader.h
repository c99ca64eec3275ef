// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for the counts of many keys over one connection, some ahead. What a server refuses, or has
// on another node, has no count; keys are done one after the other, so that run() can be called
// again on another connection for the rest. One thread at a time.
#pragma once

#include <string>
#include <vector>

#include "core/store/counted_store.h"
#include "core/store/redis/server_link.h"

namespace cohortist {

class CountReader {
public:
    CountReader(std::vector<std::string> keys, CountSink done)
        : m_keys(std::move(keys))
        , m_done(std::move(done)) {}

    // Error codes as of Connection::receive, and Busy.
    [[nodiscard]] Result<LinkState> run(Connection& connection, Waiter& waiter);
    // There is no count of the rest.
    void giveUp();

private:
    std::vector<std::string> m_keys;
    CountSink m_done;
    std::size_t m_next = 0; // the first that is not done
};

} // namespace cohortist
