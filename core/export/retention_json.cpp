// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/json.h"

namespace cohortist {

namespace {

Json orNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json noteJson(const std::vector<Message>& notes) {
    if (notes.empty()) {
        return nullptr;
    }
    std::string text;
    for (const Message& note : notes) {
        text += (text.empty() ? "" : "; ") + note.english();
    }
    return jsonText(text);
}

const char* nameOf(RetentionQuestion::Kind kind) {
    switch (kind) {
    case RetentionQuestion::Kind::On:
        return "on";
    case RetentionQuestion::Kind::After:
        return "after";
    case RetentionQuestion::Kind::Bracket:
        return "bracket";
    case RetentionQuestion::Kind::Streak:
        break;
    }
    return "streak";
}

Json questionJson(const RetentionResult& table, const Expr& population, RetentionUnit unit,
                  RetentionMean mean) {
    const RetentionQuestion& question = table.question;
    const bool isBracket = question.kind == RetentionQuestion::Kind::Bracket;
    Json json = {{"cohort", printQuery(question.cohort)},
                 {"return", printQuery(question.returned)},
                 {"by", nameOf(question.by)},
                 {"rows", question.rows}};
    json["cols"] = isBracket ? Json(nullptr) : Json(question.columns);
    json["start"] = question.start ? Json(toText(*question.start)) : Json(nullptr);
    json["kind"] = nameOf(question.kind);
    json["brackets"] = isBracket ? Json(retentionHeadings(question)) : Json(nullptr);
    json["base"] = question.base == RetentionQuestion::Base::Cohort ? "cohort" : "previous";
    json["churn"] = question.isChurn;
    json["first_time"] = question.isFirstTime;
    json["counts"] = unit == RetentionUnit::Users;
    json["mean"] = mean == RetentionMean::Weighted ? "weighted" : "simple";
    json["known_since"] = table.knownSince ? Json(toText(*table.knownSince)) : Json(nullptr);
    json["as_of"] = toIso(table.asOf);
    json["population"] = printQuery(population);
    return json;
}

Json cellJson(const RetentionCell& cell) {
    const bool holdsNumber =
        cell.state == RetentionCell::State::Value || cell.state == RetentionCell::State::Partial;
    Json json = {{"state", nameOf(cell.state)}};
    json["count"] = holdsNumber ? Json(cell.count) : Json(nullptr);
    json["rate"] = orNull(cell.rate);
    json["low"] = orNull(cell.low);
    json["high"] = orNull(cell.high);
    json["note"] = noteJson(cell.notes);
    return json;
}

Json meansJson(const std::vector<std::optional<double>>& means) {
    Json json = Json::array();
    for (const auto& mean : means) {
        json.push_back(orNull(mean));
    }
    return json;
}

} // namespace

Json retentionJson(const RetentionResult& table, const Expr& population, RetentionUnit unit,
                   RetentionMean mean) {
    Json rows = Json::array();
    for (const auto& row : table.rows) {
        Json cells = Json::array();
        for (const auto& cell : row.cells) {
            cells.push_back(cellJson(cell));
        }
        Json json = {{"period", toText(row.period)}};
        json["size"] = row.size ? Json(*row.size) : Json(nullptr);
        json["cells"] = std::move(cells);
        rows.push_back(std::move(json));
    }
    return {{"question", questionJson(table, population, unit, mean)},
            {"rows", std::move(rows)},
            {"mean",
             {{"weighted", meansJson(table.weightedMean)},
              {"simple", meansJson(table.simpleMean)},
              {"rows_used", table.rowsUsed}}}};
}

} // namespace cohortist
