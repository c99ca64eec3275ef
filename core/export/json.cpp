// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/json.h"

#include "core/export/events_export.h"

namespace cohortist {

namespace {

bool isUtf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t length = utf8Length(bytes);
        if (length == 0) {
            return false;
        }
        bytes.remove_prefix(length);
    }
    return true;
}

} // namespace

std::string jsonText(std::string_view bytes) {
    return isUtf8(bytes) && !bytes.starts_with('"') ? std::string(bytes) : printName(bytes);
}

std::string dump(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

Json countJson(const CountResult& result) {
    return {{"query", printQuery(result.query)},
            {"as_of", toIso(result.asOf)},
            {"population", printQuery(result.population)},
            {"count", result.count}};
}

Json explainJson(const ExplainNode& node) {
    Json keys = Json::array();
    for (const auto& key : node.keys) {
        keys.push_back({{"key", printName(key.key)}, {"state", nameOf(key.state)}});
    }
    Json children = Json::array();
    for (const auto& child : node.children) {
        children.push_back(explainJson(child));
    }
    Json json = {{"text", printQuery(node.expr)}};
    json["count"] = node.count ? Json(*node.count) : Json(nullptr);
    json["keys"] = std::move(keys);
    json["derived_from"] = node.derivedFrom ? Json(nameOf(*node.derivedFrom)) : Json(nullptr);
    json["children"] = std::move(children);
    return json;
}

Json eventsJson(const EventCatalog& catalog, const std::vector<EventId>& events) {
    Json list = Json::array();
    for (const EventId id : events) {
        const EventSummary summary = summarise(catalog.entry(id));
        Json kinds = Json::array();
        for (const Kind kind : summary.kinds) {
            kinds.push_back(nameOf(kind));
        }
        Json event = {{"name", printName(summary.name)}, {"kinds", std::move(kinds)}};
        event["first"] = summary.first ? Json(toText(*summary.first)) : Json(nullptr);
        event["last"] = summary.last ? Json(toText(*summary.last)) : Json(nullptr);
        event["keys"] = summary.keys;
        list.push_back(std::move(event));
    }
    return list;
}

Result<Json> usersJson(const UsersResult& result, const BitmapStore& store, std::uint64_t limit) {
    const auto ids = result.users.ids(0, limit);
    std::vector<std::string> texts;
    if (store.info().hasTextIds) {
        auto found = store.textsOf(ids);
        if (!found) {
            return fail(std::move(found.error()));
        }
        texts = std::move(*found);
    }
    Json users = Json::array();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        Json user = {{"id", ids[i]}};
        user["text"] = texts.empty() ? Json(nullptr) : Json(jsonText(texts[i]));
        users.push_back(std::move(user));
    }
    return Json{{"query", printQuery(result.query)},
                {"as_of", toIso(result.asOf)},
                {"count", result.users.count()},
                {"users", std::move(users)}};
}

} // namespace cohortist
