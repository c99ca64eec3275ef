// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/server_catalog.h"

#include <algorithm>
#include <array>

#include "core/catalog/key_scheme.h"
#include "core/query/expr.h"

namespace cohortist {

namespace {

constexpr std::array<std::string_view, 2> kKnownPrefixes = {"trackist_", "bitmapist_"};

bool hasKnownPrefix(std::string_view key) {
    return std::any_of(kKnownPrefixes.begin(), kKnownPrefixes.end(),
                       [&](std::string_view prefix) { return key.starts_with(prefix); });
}

// Whether the key is of an event, whatever its prefix; the older flags cannot be told without.
bool isOfAnEvent(std::string_view key) {
    const auto parsed = parseKey(key, "");
    return parsed && !parsed->isOlderUnique;
}

tl::unexpected<Error> noPrefix(const std::string& server) {
    return fail(Error{ErrorCode::NotFound,
                      message("core", "cannot find events in %1", server),
                      message("core", "none of its keys looks like one of bitmapist"),
                      message("core", "Check the database, or name the prefix: "
                                      "?prefix=trackist_."),
                      {},
                      {}});
}

tl::unexpected<Error> severalPrefixes(const std::string& server,
                                      const std::vector<std::string>& prefixes) {
    std::string names;
    for (const std::string& prefix : prefixes) {
        names += (names.empty() ? "" : ", ") + printName(prefix);
    }
    return fail(Error{ErrorCode::NotFound,
                      message("core", "cannot choose the events of %1", server),
                      message("core", "its keys have several prefixes: %1", names),
                      message("core", "Name one: ?prefix=%1.", printName(prefixes.front())),
                      {},
                      {}});
}

Result<ServerCatalog> catalogWith(const ListPrefix& list, const std::string& prefix,
                                  bool isPrefixGiven) {
    CatalogBuilder builder(prefix, isPrefixGiven);
    auto listed = list(prefix, [&](const std::string& key) { builder.add(key); });
    if (!listed) {
        return fail(std::move(listed.error()));
    }
    return ServerCatalog{prefix, builder.finish()};
}

} // namespace

Result<ServerCatalog> readCatalog(const ListPrefix& list, const std::string& server,
                                  const std::optional<std::string>& prefix) {
    if (prefix) {
        auto catalog = catalogWith(list, *prefix, true);
        if (catalog && catalog->catalog.size() == 0) {
            return fail(Error{ErrorCode::NotFound,
                              message("core", "cannot find events in %1", server),
                              message("core", "no key begins with %1", printName(*prefix)),
                              message("core", "Check the database, or leave the prefix out to "
                                              "have it found."),
                              {},
                              {}});
        }
        return catalog;
    }
    std::vector<std::string> keys;
    auto listed = list("", [&](std::string&& key) {
        if (hasKnownPrefix(key) || isOfAnEvent(key)) {
            keys.push_back(std::move(key));
        }
    });
    if (!listed) {
        return fail(std::move(listed.error()));
    }
    const auto prefixes = detectPrefixes(keys);
    if (prefixes.empty()) {
        return noPrefix(server);
    }
    if (prefixes.size() > 1) {
        return severalPrefixes(server, prefixes);
    }
    if (!hasKnownPrefix(prefixes.front())) {
        return catalogWith(list, prefixes.front(), false); // with the older flags
    }
    CatalogBuilder builder(prefixes.front());
    for (const std::string& key : keys) {
        builder.add(key);
    }
    return ServerCatalog{prefixes.front(), builder.finish()};
}

} // namespace cohortist
