// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/redis_store.h"

#include <algorithm>
#include <atomic>

#include "core/catalog/key_scheme.h"
#include "core/query/expr.h"
#include "core/store/redis/server_catalog.h"

namespace cohortist {

namespace {

// Unions are made of so many sets at once: few keep little in memory, many cost little time.
constexpr std::size_t kUnited = 32;
constexpr std::size_t kSampledKeys = 32;

Instant now() {
    const auto instant = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return instant + std::chrono::seconds(1); // the second that runs is in it
}

// The union of the keys that stand for everyone, or the first of them that cannot be read.
class EveryoneUnion {
public:
    void add(const std::string& key, KeyRead read) {
        if (read.state == KeyState::Read) {
            m_sets.push_back(std::move(read.bitmap));
            if (m_sets.size() == kUnited) {
                m_sets = {Bitmap::unite(m_sets)};
            }
        } else if (m_failure.why.empty()) {
            m_failure.state = read.state == KeyState::NoData ? KeyState::Damaged : read.state;
            m_failure.why = printName(key) + ": " + read.why;
        }
    }
    KeyRead finish() {
        return m_failure.why.empty() ? KeyRead{KeyState::Read, Bitmap::unite(m_sets), {}}
                                     : std::move(m_failure);
    }

private:
    std::vector<Bitmap> m_sets;
    KeyRead m_failure;
};

class RedisStore final : public BitmapStore {
public:
    RedisStore(std::unique_ptr<ServerLink> link, const RedisOptions& options, StoreInfo info,
               EventCatalog catalog, bool hasLengths)
        : m_link(std::move(link))
        , m_options(options)
        , m_info(std::move(info))
        , m_catalog(std::make_shared<const EventCatalog>(std::move(catalog)))
        , m_hasLengths(hasLengths) {}

    // How long the strings are, about, so that a question larger than memory shows as one.
    Result<void> sample(Waiter& waiter);

    const StoreInfo& info() const override { return m_info; }
    std::shared_ptr<const EventCatalog> catalog() const override { return m_catalog; }
    Result<void> read(std::span<const BitmapKey> keys, ChunkRange range, const ReadSink& sink,
                      const JobContext& job) override;
    std::uint64_t estimatedBytes(std::span<const BitmapKey> keys) const override;
    Result<std::vector<std::string>> textsOf(std::span<const std::uint32_t> ids) const override {
        return std::vector<std::string>(ids.size());
    }
    Result<std::optional<std::uint32_t>> findText(const std::string& /*text*/) const override {
        return std::optional<std::uint32_t>();
    }

private:
    [[nodiscard]] std::string nameOf(const BitmapKey& key) const;
    [[nodiscard]] Result<void> readNames(std::vector<std::string> names, ChunkRange range,
                                         const std::function<void(std::size_t, KeyRead)>& done,
                                         Waiter& waiter);

    const std::unique_ptr<ServerLink> m_link;
    const RedisOptions m_options;
    const StoreInfo m_info;
    const std::shared_ptr<const EventCatalog> m_catalog;
    const bool m_hasLengths;
    std::atomic<std::uint64_t> m_longest = 0; // bytes of the longest string seen
};

std::string RedisStore::nameOf(const BitmapKey& key) const {
    const EventEntry& entry = m_catalog->entry(key.event);
    return formatKey(m_info.prefix, entry.name, key.kind, key.period,
                     key.kind == Kind::Unique && entry.uniqueIsOlderForm);
}

Result<void> RedisStore::readNames(std::vector<std::string> names, ChunkRange range,
                                   const std::function<void(std::size_t, KeyRead)>& done,
                                   Waiter& waiter) {
    if (names.empty()) {
        return {};
    }
    std::optional<Error> moved;
    ValueReader reader(std::move(names), range, m_options.reading, m_options.wantsLong,
                       [&](std::size_t index, ValueReader::Outcome outcome) {
                           if (outcome.redirection.empty()) {
                               done(index, std::move(outcome.read));
                           } else if (!moved) {
                               Reply reply;
                               reply.type = Reply::Type::Error;
                               reply.text = outcome.redirection;
                               moved = errorOf(reply, m_info.name, "GET");
                           }
                       });
    auto read = m_link->run(waiter, [&](Connection& connection, const ServerTraits& traits) {
        return reader.run(connection, traits, waiter);
    });
    std::uint64_t longest = m_longest;
    while (longest < reader.longestLength() &&
           !m_longest.compare_exchange_weak(longest, reader.longestLength())) {
    }
    return read && moved ? fail(*std::move(moved)) : read;
}

Result<void> RedisStore::read(std::span<const BitmapKey> keys, ChunkRange range,
                              const ReadSink& sink, const JobContext& job) {
    Waiter waiter(job);
    std::vector<std::string> names;
    std::vector<std::size_t> places; // of the names in the keys
    std::vector<std::size_t> everyones;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (keys[i].isEveryone()) {
            everyones.push_back(i);
        } else if (m_catalog->has(keys[i])) {
            names.push_back(nameOf(keys[i]));
            places.push_back(i);
        } else {
            sink(i, KeyRead{});
        }
    }
    auto done = readNames(
        std::move(names), range,
        [&](std::size_t index, KeyRead read) { sink(places[index], std::move(read)); }, waiter);
    if (!done || everyones.empty()) {
        return done;
    }
    names = {};
    for (const BitmapKey& key : m_catalog->everyoneKeys()) {
        names.push_back(nameOf(key));
    }
    const std::vector<std::string> everyoneNames = names;
    EveryoneUnion everyone;
    done = readNames(
        std::move(names), range,
        [&](std::size_t index, KeyRead read) {
            everyone.add(everyoneNames[index], std::move(read));
        },
        waiter);
    if (done) {
        const KeyRead read = everyone.finish();
        for (const std::size_t place : everyones) {
            sink(place, read);
        }
    }
    return done;
}

std::uint64_t RedisStore::estimatedBytes(std::span<const BitmapKey> keys) const {
    // Where a range can not be read by itself, reading by ranges would only read all of it again.
    return m_hasLengths ? m_longest * keys.size() : 0;
}

Result<void> RedisStore::sample(Waiter& waiter) {
    std::vector<std::string> names;
    const auto keys = m_catalog->everyoneKeys();
    const std::size_t step = std::max<std::size_t>(1, keys.size() / kSampledKeys);
    for (std::size_t i = 0; i < keys.size(); i += step) {
        names.push_back(nameOf(keys[i]));
    }
    // An empty range asks for the lengths alone.
    return readNames(
        std::move(names), {0, 0}, [](std::size_t, const KeyRead&) {}, waiter);
}

} // namespace

Result<std::shared_ptr<BitmapStore>> openRedis(const ServerAddress& address,
                                               const RedisOptions& options, const JobContext& job) {
    Waiter waiter(job);
    auto link = std::make_unique<ServerLink>(address, options.timeouts);
    ServerTraits traits;
    auto greeted = link->run(waiter, [&](Connection&, const ServerTraits& found) {
        traits = found;
        return LinkState::Done;
    });
    if (!greeted) {
        return fail(std::move(greeted.error()));
    }
    if (traits.isClusterNode) { // it would list its own keys alone
        return fail(errorOf({Reply::Type::Error, 0, "MOVED", {}}, address.name(), "SCAN"));
    }
    auto listed = readCatalog(
        [&](std::string_view prefix, const KeySink& sink) {
            return listKeys(*link, prefix, options.listing, sink, waiter);
        },
        address.name(), address.prefix);
    if (!listed) {
        return fail(std::move(listed.error()));
    }
    StoreInfo info;
    info.name = address.name();
    info.kind = traits.text();
    info.prefix = std::move(listed->prefix);
    info.origin = address.name();
    info.asOf = options.asOf.value_or(now());
    auto store =
        std::make_shared<RedisStore>(std::move(link), options, std::move(info),
                                     std::move(listed->catalog), !traits.isBitmapistServer());
    if (!traits.isBitmapistServer()) {
        if (auto sampled = store->sample(waiter); !sampled) {
            return fail(std::move(sampled.error()));
        }
    }
    return store;
}

} // namespace cohortist
