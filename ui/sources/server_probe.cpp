// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/server_probe.h"

#include <algorithm>

#include "core/catalog/key_scheme.h"
#include "core/store/redis/server_access.h"
#include "core/store/redis/waiter.h"

namespace cohortist {

namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

struct Met {
    std::unique_ptr<ServerAccess> server;
    ServerTraits traits;
    Milliseconds time{};
};

Result<Met> meet(const ServerAddress& address, Waiter& waiter) {
    const auto begin = std::chrono::steady_clock::now();
    auto server = address.isCluster ? accessCluster(address, {}) : accessServer(address, {});
    auto traits = server->connect(waiter);
    if (!traits) {
        return fail(std::move(traits.error()));
    }
    return Met{std::move(server), std::move(*traits), std::chrono::steady_clock::now() - begin};
}

// Keys that may be of an event; a given prefix has flags that nothing else tells.
bool mayBeOfAnEvent(std::string_view key, const std::optional<std::string>& prefix) {
    const auto parsed = parseKey(key, "");
    return (parsed && !parsed->isOlderUnique) || key.starts_with("trackist_") ||
           key.starts_with("bitmapist_") || (prefix && key.starts_with(*prefix));
}

std::vector<PrefixFound> prefixesOf(const std::vector<std::string>& keys,
                                    const std::optional<std::string>& given) {
    auto prefixes = detectPrefixes(keys);
    if (given && std::find(prefixes.begin(), prefixes.end(), *given) == prefixes.end()) {
        prefixes.insert(prefixes.begin(), *given);
    }
    std::vector<PrefixFound> found;
    found.reserve(prefixes.size());
    for (const std::string& prefix : prefixes) {
        CatalogBuilder builder(prefix, given == prefix);
        for (const std::string& key : keys) {
            builder.add(key);
        }
        const EventCatalog catalog = builder.finish();
        if (catalog.size() > 0) {
            found.push_back({prefix, catalog.size(), catalog.keyCount()});
        }
    }
    return found;
}

} // namespace

Result<ServerFinding> probeServer(const ServerAddress& address, const JobContext& job) {
    Waiter waiter(job);
    auto met = meet(address, waiter);
    if (!met) {
        return fail(std::move(met.error()));
    }
    ServerFinding finding;
    finding.kind = met->traits.text();
    finding.isKindKnown = met->traits.kind != ServerTraits::Kind::Unknown;
    finding.isClusterNode = met->traits.isClusterNode && !address.isCluster;
    finding.connectTime = met->time;
    if (finding.isClusterNode) {
        return finding;
    }
    std::vector<std::string> keys;
    const auto keep = [&](std::string&& key) {
        ++finding.keys;
        if (mayBeOfAnEvent(key, address.prefix)) {
            keys.push_back(std::move(key));
        }
    };
    if (auto listed = met->server->list("", keep, waiter); !listed) {
        return fail(std::move(listed.error()));
    }
    finding.prefixes = prefixesOf(keys, address.prefix);
    return finding;
}

Result<OpenedServer> openServer(const ServerAddress& address, const JobContext& job,
                                bool readsAgain) {
    OpenedServer opened;
    {
        Waiter waiter(job);
        auto met = meet(address, waiter);
        if (!met) {
            return fail(std::move(met.error()));
        }
        opened.connectTime = met->time;
    }
    OpenOptions options;
    if (const std::string folder = defaultKeptFolder(); !folder.empty()) {
        options.kept = KeptOptions{};
        options.kept->folder = folder;
        options.kept->readsAgain = readsAgain;
    }
    auto session = Session::openServer(address, job, options);
    if (!session) {
        return fail(std::move(session.error()));
    }
    opened.session = std::move(*session);
    opened.address = address;
    return opened;
}

Result<OpenedOrFound> openOrChoose(const ServerAddress& address, const JobContext& job) {
    auto opened = openServer(address, job);
    if (opened) {
        return OpenedOrFound{std::move(*opened), {}};
    }
    if (opened.error().code == ErrorCode::NotFound && !address.prefix) {
        auto found = probeServer(address, job);
        if (found && found->prefixes.size() > 1) {
            return OpenedOrFound{{}, std::move(*found)};
        }
    }
    return fail(std::move(opened.error()));
}

} // namespace cohortist
