// SPDX-License-Identifier: GPL-3.0-or-later
// What lies under the cursor of a query text, and queries changed as a whole: for completion, for
// the one-click fix, for sentences. Pure functions; the language is core/query's.
#pragma once

#include <QString>

#include "core/catalog/event_catalog.h"
#include "core/query/expr.h"

namespace cohortist {

struct QueryWord {
    qsizetype offset = 0;
    qsizetype length = 0;
    QString text;        // up to the cursor, without an opening quote
    bool isWhen = false; // it stands after an @
    bool isQuoted = false;
};
[[nodiscard]] QueryWord wordAt(const QString& query, qsizetype cursor);

// Every leaf of a dated event (or of one that is not in the catalogue) that says no time asks for
// @period. Equal to `expr` when there is none.
[[nodiscard]] Expr withPeriod(const Expr& expr, const EventCatalog& catalog);
// As words in a sentence: without @period, and cut in the middle to `limit` characters.
[[nodiscard]] QString spokenQuery(const Expr& expr, int limit);
// Has the event keys of any kind but unique?
[[nodiscard]] bool isDated(const EventEntry& entry);

} // namespace cohortist
