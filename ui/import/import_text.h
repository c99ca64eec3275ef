// SPDX-License-Identifier: GPL-3.0-or-later
// What the import page says in sentences: how a log is read, and what became of it. Pure.
#pragma once

#include <QStringList>

#include "core/import/event_log.h"
#include "core/import/log_preview.h"

namespace cohortist {

// "Ids are whole numbers; times are ISO 8601, in Europe/Berlin unless they name a zone."
[[nodiscard]] QString readingText(const LogPreview& preview, const ImportOptions& options);
// "9,999,966 lines of 12 events by 1,000,000 users, 1 Jan 2026 to 30 Jun 2026."
[[nodiscard]] QString summaryText(const ImportSummary& summary);
// A line for each reason: "31 lines with an empty id; the first is line 12, column 1."
[[nodiscard]] QStringList skippedTexts(const ImportSummary& summary);

} // namespace cohortist
