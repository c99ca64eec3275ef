// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <optional>

#include "core/store/redis/server_access.h"

namespace cohortist {

namespace {

class SingleServer final : public ServerAccess {
public:
    SingleServer(const ServerAddress& address, const AccessOptions& options)
        : m_options(options)
        , m_link(address, options.timeouts) {}

    Result<ServerTraits> connect(Waiter& waiter) override {
        ServerTraits traits;
        auto done = m_link.run(waiter, [&](Connection&, const ServerTraits& found) {
            traits = found;
            return LinkState::Done;
        });
        return done ? Result<ServerTraits>(std::move(traits)) : fail(std::move(done.error()));
    }

    Result<void> list(std::string_view prefix, const KeySink& sink, Waiter& waiter) override {
        return listKeys(m_link, prefix, m_options.listing, sink, waiter);
    }

    Result<void> read(std::vector<std::string> names, ChunkRange range, const KeyOutcome& done,
                      Waiter& waiter) override;

    Result<void> count(std::vector<std::string> names, const CountSink& done,
                       Waiter& waiter) override {
        CountReader reader(std::move(names), done);
        return m_link.run(waiter, [&](Connection& connection, const ServerTraits&) {
            return reader.run(connection, waiter);
        });
    }

    Result<std::optional<std::uint64_t>> listedTotal(Waiter& waiter) override {
        return cohortist::listedTotal(m_link, waiter);
    }

    std::uint64_t longestLength() const override { return m_longest; }

private:
    const AccessOptions m_options;
    ServerLink m_link;
    std::atomic<std::uint64_t> m_longest = 0;
};

Result<void> SingleServer::read(std::vector<std::string> names, ChunkRange range,
                                const KeyOutcome& done, Waiter& waiter) {
    std::optional<Reply> moved;
    ValueReader reader(std::move(names), range, m_options.reading, m_options.wantsLong,
                       [&](std::size_t index, ValueReader::Outcome outcome) {
                           if (outcome.redirection.empty()) {
                               done(index, std::move(outcome.read));
                           } else {
                               moved = Reply{Reply::Type::Error, 0, outcome.redirection, {}};
                           }
                       });
    auto read = m_link.run(waiter, [&](Connection& connection, const ServerTraits& traits) {
        return reader.run(connection, traits, waiter);
    });
    std::uint64_t longest = m_longest;
    while (longest < reader.longestLength() &&
           !m_longest.compare_exchange_weak(longest, reader.longestLength())) {
    }
    return read && moved ? fail(errorOf(*moved, m_link.address().name(), "GET")) : read;
}

} // namespace

std::unique_ptr<ServerAccess> accessServer(const ServerAddress& address,
                                           const AccessOptions& options) {
    return std::make_unique<SingleServer>(address, options);
}

} // namespace cohortist
