// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/retention_csv.h"

#include <fmt/format.h>

#include "core/export/csv.h"

namespace cohortist {

namespace {

bool holdsNumber(const RetentionCell& cell) {
    return cell.state == RetentionCell::State::Value || cell.state == RetentionCell::State::Partial;
}

std::string sizeText(const RetentionRow& row) {
    return row.size ? fmt::format("{}", *row.size) : std::string();
}

std::string fractionText(const std::optional<double>& fraction) {
    return fraction ? fmt::format("{}", *fraction) : std::string();
}

std::string cellText(const RetentionCell& cell, RetentionUnit unit) {
    if (!holdsNumber(cell)) {
        return {};
    }
    if (unit == RetentionUnit::Users) {
        return fmt::format("{}", cell.count);
    }
    return cell.rate ? percentText(*cell.rate) : std::string();
}

} // namespace

std::vector<std::string> retentionHeadings(const RetentionQuestion& question) {
    std::vector<std::string> headings;
    if (question.kind == RetentionQuestion::Kind::Bracket) {
        for (const auto& bracket : question.brackets) {
            headings.push_back(bracket.first == bracket.last
                                   ? fmt::format("{}", bracket.first)
                                   : fmt::format("{}-{}", bracket.first, bracket.last));
        }
        return headings;
    }
    for (int k = 0; k <= question.columns; ++k) {
        headings.push_back(fmt::format("{}", k));
    }
    return headings;
}

const char* nameOf(RetentionCell::State state) {
    switch (state) {
    case RetentionCell::State::Value:
        return "value";
    case RetentionCell::State::Partial:
        return "partial";
    case RetentionCell::State::Future:
        return "future";
    case RetentionCell::State::Missing:
        return "missing";
    case RetentionCell::State::Unreadable:
        return "unreadable";
    case RetentionCell::State::Empty:
        break;
    }
    return "empty";
}

std::vector<std::optional<double>> retentionMeans(const RetentionResult& table, RetentionUnit unit,
                                                  RetentionMean mean) {
    if (unit == RetentionUnit::Percent) {
        return mean == RetentionMean::Weighted ? table.weightedMean : table.simpleMean;
    }
    const auto columns = static_cast<std::size_t>(table.question.cellCount());
    std::vector<std::optional<double>> means(columns);
    for (std::size_t k = 0; k < columns; ++k) {
        double sum = 0;
        int used = 0;
        for (const auto& row : table.rows) {
            if (row.cells[k].state == RetentionCell::State::Value) {
                sum += static_cast<double>(row.cells[k].count);
                ++used;
            }
        }
        if (used > 0) {
            means[k] = sum / used;
        }
    }
    return means;
}

std::string retentionCsv(const RetentionResult& table, RetentionUnit unit, RetentionMean mean) {
    std::vector<std::string> fields = {"period", "size"};
    for (auto& heading : retentionHeadings(table.question)) {
        fields.push_back(std::move(heading));
    }
    std::string text = csvLine(fields);
    for (const auto& row : table.rows) {
        fields = {toText(row.period), sizeText(row)};
        for (const auto& cell : row.cells) {
            fields.push_back(cellText(cell, unit));
        }
        text += csvLine(fields);
    }
    fields = {"mean", ""};
    for (const auto& value : retentionMeans(table, unit, mean)) {
        if (!value) {
            fields.emplace_back();
        } else {
            fields.push_back(unit == RetentionUnit::Percent ? percentText(*value)
                                                            : fmt::format("{:.1f}", *value));
        }
    }
    return text + csvLine(fields);
}

std::string retentionLongCsv(const RetentionResult& table) {
    const auto headings = retentionHeadings(table.question);
    std::string text = "period,size,k,state,count,rate,low,high\n";
    for (const auto& row : table.rows) {
        for (std::size_t k = 0; k < row.cells.size(); ++k) {
            const RetentionCell& cell = row.cells[k];
            text +=
                csvLine({toText(row.period), sizeText(row), headings[k], nameOf(cell.state),
                         holdsNumber(cell) ? fmt::format("{}", cell.count) : std::string(),
                         fractionText(cell.rate), fractionText(cell.low), fractionText(cell.high)});
        }
    }
    return text;
}

} // namespace cohortist
