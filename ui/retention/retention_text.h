// SPDX-License-Identifier: GPL-3.0-or-later
// A retention table in words: headings, cells, and the whole sentence behind a cell. How figures
// are shown is a RetentionView; what was asked lies in the result. Pure functions.
#pragma once

#include <QString>

#include "core/analysis/retention.h"
#include "core/export/retention_csv.h"

namespace cohortist {

// What of a result is shown; changing it computes nothing.
struct RetentionView {
    RetentionUnit unit = RetentionUnit::Percent;
    RetentionMean mean = RetentionMean::Weighted;
    bool operator==(const RetentionView&) const = default;
};

[[nodiscard]] inline bool holdsNumber(const RetentionCell& cell) {
    return cell.state == RetentionCell::State::Value || cell.state == RetentionCell::State::Partial;
}

// Do the rows lie in more than one calendar year?
[[nodiscard]] bool spansYears(const RetentionResult& table);
[[nodiscard]] QString columnHeading(const RetentionQuestion& question, int column); // day 3
// The figure alone: 25.9, 312, or nothing.
[[nodiscard]] QString figureText(const RetentionCell& cell, const RetentionView& view);
[[nodiscard]] QString meanText(const RetentionResult& table, const RetentionView& view, int column);

// "312 of 1,204 users who did signup on 3 May 2026 did active 7 days later: 25.9 %, 95 % interval
// 23.5–28.5", or why there is no figure; notes on lines of their own. Query texts are cut to
// queryLimit characters.
[[nodiscard]] QString cellSentence(const RetentionResult& table, int row, int column,
                                   int queryLimit = 60);
[[nodiscard]] QString sizeSentence(const RetentionResult& table, int row, int queryLimit = 60);
[[nodiscard]] QString meanSentence(const RetentionResult& table, const RetentionView& view,
                                   int column);
// What a reader must know of the table as a whole, a line each; often nothing.
[[nodiscard]] QStringList tableNotes(const RetentionResult& table);

// "0, 1-3, 4-7"; nothing for what is none.
[[nodiscard]] std::optional<std::vector<RetentionQuestion::Bracket>>
parseBrackets(const QString& text);
[[nodiscard]] QString bracketsText(const std::vector<RetentionQuestion::Bracket>& brackets);

} // namespace cohortist
