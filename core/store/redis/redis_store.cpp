// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/redis_store.h"

#include <algorithm>

#include "core/catalog/key_scheme.h"
#include "core/store/everyone_union.h"
#include "core/store/kept/kept_listing.h"
#include "core/store/listed_catalog.h"

namespace cohortist {

namespace {

constexpr std::size_t kSampledKeys = 32;

Instant now() {
    const auto instant = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return instant + std::chrono::seconds(1); // the second that runs is in it
}

class RedisStore final : public CountedStore {
public:
    RedisStore(std::unique_ptr<ServerAccess> server, StoreInfo info, EventCatalog catalog,
               bool hasLengths)
        : m_server(std::move(server))
        , m_info(std::move(info))
        , m_catalog(std::make_shared<const EventCatalog>(std::move(catalog)))
        , m_hasLengths(hasLengths) {}

    // How long the strings are, about, so that a question larger than memory shows as one.
    Result<void> sample(Waiter& waiter);

    const StoreInfo& info() const override { return m_info; }
    std::shared_ptr<const EventCatalog> catalog() const override { return m_catalog; }
    Result<void> read(std::span<const BitmapKey> keys, ChunkRange range, const ReadSink& sink,
                      const JobContext& job) override;
    Result<void> count(std::span<const BitmapKey> keys, const CountSink& sink,
                       const JobContext& job) override {
        Waiter waiter(job);
        return keys.empty() ? Result<void>() : m_server->count(namesOf(keys), sink, waiter);
    }
    std::uint64_t estimatedBytes(std::span<const BitmapKey> keys) const override;
    Result<std::vector<std::string>> textsOf(std::span<const std::uint32_t> ids) const override {
        return std::vector<std::string>(ids.size());
    }
    Result<std::optional<std::uint32_t>> findText(const std::string& /*text*/) const override {
        return std::optional<std::uint32_t>();
    }

private:
    [[nodiscard]] std::vector<std::string> namesOf(std::span<const BitmapKey> keys) const;

    const std::unique_ptr<ServerAccess> m_server;
    const StoreInfo m_info;
    const std::shared_ptr<const EventCatalog> m_catalog;
    const bool m_hasLengths;
};

std::vector<std::string> RedisStore::namesOf(std::span<const BitmapKey> keys) const {
    std::vector<std::string> names;
    names.reserve(keys.size());
    for (const BitmapKey& key : keys) {
        names.push_back(formatKey(m_info.prefix, *m_catalog, key));
    }
    return names;
}

Result<void> RedisStore::read(std::span<const BitmapKey> keys, ChunkRange range,
                              const ReadSink& sink, const JobContext& job) {
    Waiter waiter(job);
    const auto readKeys = [&](std::span<const BitmapKey> wanted, const ReadSink& done) {
        return wanted.empty() ? Result<void>()
                              : m_server->read(namesOf(wanted), range, done, waiter);
    };
    return readWithEveryone(keys, *m_catalog, m_info.prefix, readKeys, sink);
}

std::uint64_t RedisStore::estimatedBytes(std::span<const BitmapKey> keys) const {
    // Where a range can not be read by itself, reading by ranges would only read all of it again.
    return m_hasLengths ? m_server->longestLength() * keys.size() : 0;
}

Result<void> RedisStore::sample(Waiter& waiter) {
    const auto keys = m_catalog->everyoneKeys();
    const std::size_t step = std::max<std::size_t>(1, keys.size() / kSampledKeys);
    std::vector<BitmapKey> sampled;
    sampled.reserve(keys.size() / step + 1);
    for (std::size_t i = 0; i < keys.size(); i += step) {
        sampled.push_back(keys[i]);
    }
    // An empty range asks for the lengths alone.
    return m_server->read(
        namesOf(sampled), {0, 0}, [](std::size_t, const KeyRead&) {}, waiter);
}

Result<ListedCatalog> listCatalog(ServerAccess& server, const ServerAddress& address,
                                  const RedisOptions& options, Waiter& waiter) {
    const ListingName name{address.name(), address.prefix};
    std::optional<std::uint64_t> total;
    if (options.kept) {
        auto asked = server.listedTotal(waiter);
        if (!asked) {
            return fail(std::move(asked.error()));
        }
        total = *asked;
    }
    const bool isLong = total && *total > options.access.listing.answerKeys;
    const auto day = std::chrono::floor<std::chrono::days>(options.asOf.value_or(now()));
    const ListingState state{total.value_or(0),
                             static_cast<std::uint64_t>(day.time_since_epoch().count())};
    if (isLong && !options.kept->readsAgain) {
        if (auto kept = loadListing(*options.kept, name, state)) {
            return *std::move(kept);
        }
    }
    auto listed =
        readCatalog([&](std::string_view prefix,
                        const KeySink& sink) { return server.list(prefix, sink, waiter); },
                    address.name(), address.prefix);
    if (listed && isLong) { // where it cannot be kept it is listed again next time
        static_cast<void>(saveListing(*options.kept, name, state, *listed));
    }
    return listed;
}

} // namespace

Result<std::shared_ptr<CountedStore>>
openRedis(const ServerAddress& address, const RedisOptions& options, const JobContext& job) {
    Waiter waiter(job);
    auto server = address.isCluster ? accessCluster(address, options.access)
                                    : accessServer(address, options.access);
    const auto traits = server->connect(waiter);
    if (!traits) {
        return fail(traits.error());
    }
    if (traits->isClusterNode && !address.isCluster) { // it would list its own keys alone
        return fail(errorOf({Reply::Type::Error, 0, "MOVED", {}}, address.name(), "SCAN"));
    }
    auto listed = listCatalog(*server, address, options, waiter);
    if (!listed) {
        return fail(std::move(listed.error()));
    }
    StoreInfo info;
    info.name = address.name();
    info.kind = traits->text() + (address.isCluster ? ", cluster" : "");
    info.prefix = std::move(listed->prefix);
    info.origin = address.name();
    info.asOf = options.asOf.value_or(now());
    const bool hasLengths = !traits->isBitmapistServer();
    auto store = std::make_shared<RedisStore>(std::move(server), std::move(info),
                                              std::move(listed->catalog), hasLengths);
    if (hasLengths) {
        if (auto sampled = store->sample(waiter); !sampled) {
            return fail(std::move(sampled.error()));
        }
    }
    return store;
}

} // namespace cohortist
