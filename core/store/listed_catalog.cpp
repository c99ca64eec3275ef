// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/listed_catalog.h"

#include <algorithm>

#include "core/catalog/key_scheme.h"
#include "core/query/expr.h"

namespace cohortist {

namespace {

tl::unexpected<Error> nothingIn(const std::string& source) {
    return fail(Error{ErrorCode::NotFound,
                      message("core", "cannot find events in %1", source),
                      message("core", "it is empty"),
                      message("core", "Check that it is the right one, or mark events first."),
                      {},
                      "database"});
}

tl::unexpected<Error> noPrefix(const std::string& source, bool hasDatedKeys) {
    return fail(Error{ErrorCode::NotFound,
                      message("core", "cannot find events in %1", source),
                      hasDatedKeys
                          ? message("core", "its keys with dates begin with no prefix in common")
                          : message("core", "none of its keys looks like one of bitmapist"),
                      message("core", "Check the database, or name the prefix: "
                                      "?prefix=trackist_."),
                      {},
                      "prefix"});
}

tl::unexpected<Error> severalPrefixes(const std::string& source,
                                      const std::vector<std::string>& prefixes) {
    std::string names;
    for (const std::string& prefix : prefixes) {
        names += (names.empty() ? "" : ", ") + printName(prefix);
    }
    return fail(Error{ErrorCode::NotFound,
                      message("core", "cannot choose the events of %1", source),
                      message("core", "its keys have several prefixes: %1", names),
                      message("core", "Name one: ?prefix=%1.", printName(prefixes.front())),
                      {},
                      "prefixes",
                      prefixes});
}

Result<ListedCatalog> catalogWith(const ListPrefix& list, const std::string& prefix,
                                  bool isPrefixGiven) {
    CatalogBuilder builder(prefix, isPrefixGiven);
    auto listed = list(prefix, [&](const std::string& key) { builder.add(key); });
    if (!listed) {
        return fail(std::move(listed.error()));
    }
    return ListedCatalog{prefix, builder.finish()};
}

} // namespace

Result<ListedCatalog> readCatalog(const ListPrefix& list, const std::string& source,
                                  const std::optional<std::string>& prefix) {
    if (prefix) {
        auto catalog = catalogWith(list, *prefix, true);
        if (catalog && catalog->catalog.size() == 0) {
            return fail(Error{ErrorCode::NotFound,
                              message("core", "cannot find events in %1", source),
                              message("core", "no key begins with %1", printName(*prefix)),
                              message("core", "Check the database, or leave the prefix out to "
                                              "have it found."),
                              {},
                              "prefix"});
        }
        return catalog;
    }
    // Keys are looked at once, while a server looks for more. Those of an unknown prefix cannot
    // be told from others' before it is known, so for it the source is asked again.
    PrefixDetector detector;
    bool isEmpty = true;
    std::vector<CatalogBuilder> builders;
    builders.reserve(PrefixDetector::kKnown.size());
    for (const std::string_view known : PrefixDetector::kKnown) {
        builders.emplace_back(std::string(known));
    }
    auto listed = list("", [&](const std::string& key) {
        isEmpty = false;
        detector.add(key);
        for (CatalogBuilder& builder : builders) {
            builder.add(key);
        }
    });
    if (!listed) {
        return fail(std::move(listed.error()));
    }
    if (isEmpty) {
        return nothingIn(source);
    }
    const auto prefixes = detector.prefixes();
    if (prefixes.empty()) {
        return noPrefix(source, detector.hasOthers());
    }
    if (prefixes.size() > 1) {
        return severalPrefixes(source, prefixes);
    }
    const auto* const known =
        std::find(PrefixDetector::kKnown.begin(), PrefixDetector::kKnown.end(), prefixes.front());
    if (known == PrefixDetector::kKnown.end()) {
        return catalogWith(list, prefixes.front(), false);
    }
    const auto place = static_cast<std::size_t>(known - PrefixDetector::kKnown.begin());
    return ListedCatalog{prefixes.front(), builders[place].finish()};
}

} // namespace cohortist
