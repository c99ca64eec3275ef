// SPDX-License-Identifier: GPL-3.0-or-later
// Results as JSON, one value a call, with stable key names: scripts depend on them. Queries stand
// as canonical text, periods and names of events and keys as the query language writes them, `null`
// where there is nothing to say. Pure functions but for users, which asks the store for text ids.
#pragma once

#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/analysis/results.h"
#include "core/analysis/retention.h"
#include "core/catalog/event_catalog.h"
#include "core/export/retention_csv.h"
#include "core/store/bitmap_store.h"

namespace cohortist {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json countJson(const CountResult& result);
[[nodiscard]] Json explainJson(const ExplainNode& node);
[[nodiscard]] Json eventsJson(const EventCatalog& catalog, const std::vector<EventId>& events);
// At most `limit` users are listed; "count" is the whole number.
[[nodiscard]] Result<Json> usersJson(const UsersResult& result, const BitmapStore& store,
                                     std::uint64_t limit);
// unit and mean: what was asked to be shown; the value holds all of them.
[[nodiscard]] Json retentionJson(const RetentionResult& table, const Expr& population,
                                 RetentionUnit unit, RetentionMean mean);

// Bytes as a JSON string: UTF-8 stays, unless it begins with a quote; anything else is quoted and
// escaped as the query language does it. So no two texts are alike. Also the form of text
// ids in CSV.
[[nodiscard]] std::string jsonText(std::string_view bytes);
// The value's text; never throws for bytes that are not UTF-8.
[[nodiscard]] std::string dump(const Json& json);

} // namespace cohortist
