// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retention/retention_text.h"

#include <algorithm>

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include "ui/common/messages.h"
#include "ui/common/numbers.h"
#include "ui/common/query_words.h"

namespace cohortist {

namespace {

using Table = RetentionQuestion::Kind;
using State = RetentionCell::State;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Retention)
};

const RetentionCell& cellOf(const RetentionResult& table, int row, int column) {
    return table.rows[static_cast<std::size_t>(row)].cells[static_cast<std::size_t>(column)];
}

QString withNotes(QString text, const std::vector<Message>& notes) {
    for (const Message& note : notes) {
        text += QLatin1Char('\n') + translated(note);
    }
    return text;
}

// "7 days later", "7 days later or after", "1 to 3 days later", "on each of the 7 days after".
QString whenBack(const RetentionQuestion& question, int column) {
    switch (question.kind) {
    case Table::On:
        return laterText(column, question.by);
    case Table::After:
        return column == 0 ? Texts::tr("%1 or later", "on the same day or later")
                                 .arg(laterText(0, question.by))
                           : Texts::tr("%1 or more", "7 days later or more")
                                 .arg(laterText(column, question.by));
    case Table::Bracket: {
        const auto& bracket = question.brackets[static_cast<std::size_t>(column)];
        if (bracket.first == bracket.last) {
            return laterText(bracket.first, question.by);
        }
        return Texts::tr("%1 to %2", "1 to 3 days later")
            .arg(QLocale().toString(bracket.first), laterText(bracket.last, question.by));
    }
    case Table::Streak:
        break;
    }
    if (column == 1) {
        return laterText(1, question.by);
    }
    return Texts::tr("in each of the %1 after", "in each of the 7 days after")
        .arg(stepsText(column, question.by));
}

QString intervalText(const RetentionCell& cell) {
    if (!cell.low || !cell.high) {
        return {};
    }
    return Texts::tr(", 95 % interval %1–%2", "after the rate")
        .arg(rateText(*cell.low), rateText(*cell.high));
}

QString figures(const RetentionCell& cell) {
    if (!cell.rate) {
        return Texts::tr("no rate");
    }
    return Texts::tr("%1 %", "a rate").arg(rateText(*cell.rate)) + intervalText(cell);
}

QString usersText(std::uint64_t count) {
    return count == 1 ? Texts::tr("1 user") : Texts::tr("%1 users").arg(countText(count));
}

// A cell may be complete and have no rate, as when there was nobody to be a share of.
std::ptrdiff_t rowsInMean(const RetentionResult& table, RetentionUnit unit, int column) {
    const auto k = static_cast<std::size_t>(column);
    return unit == RetentionUnit::Percent
               ? table.rowsUsed[k]
               : std::count_if(table.rows.begin(), table.rows.end(), [k](const RetentionRow& row) {
                     return row.cells[k].state == State::Value;
                 });
}

// Who, when, and what they did, for a cell with a figure.
QString countedSentence(const RetentionResult& table, const RetentionRow& row,
                        const RetentionCell& cell, int column, int queryLimit) {
    const RetentionQuestion& question = table.question;
    const QString cohort = spokenQuery(question.cohort, queryLimit);
    const QString back = spokenQuery(question.returned, queryLimit);
    const QString when = whenText(row.period);
    const QString later = whenBack(question, column);
    if (question.kind == Table::Streak && column == 0) {
        return Texts::tr("%1 did %2 %3, the start of the streak: %4")
            .arg(usersText(cell.count), cohort, when, figures(cell));
    }
    if (question.base == RetentionQuestion::Base::Previous && column > 0) {
        return Texts::tr("Of the users who did %1 %2, %3 did %4 %5, against %6 one column before: "
                         "%7")
            .arg(cohort, when, countText(cell.count), back, later, countText(cell.base),
                 figures(cell));
    }
    if (question.isChurn && cell.count <= cell.base) {
        return Texts::tr("%1 of %2 who did %3 %4 did not do %5 %6: %7")
            .arg(countText(cell.base - cell.count), usersText(cell.base), cohort, when, back, later,
                 figures(cell));
    }
    return Texts::tr("%1 of %2 who did %3 %4 did %5 %6: %7")
        .arg(countText(cell.count), usersText(cell.base), cohort, when, back, later, figures(cell));
}

} // namespace

bool spansYears(const RetentionResult& table) {
    if (table.rows.empty() || table.question.by == Granularity::Year) {
        return false;
    }
    const auto year = [](Period period) { return periodAt(Granularity::Year, startOf(period)); };
    return year(table.rows.front().period) != year(table.rows.back().period);
}

QString columnHeading(const RetentionQuestion& question, int column) {
    const auto steps = question.kind == Table::Bracket
                           ? bracketsText({question.brackets[static_cast<std::size_t>(column)]})
                           : QString::number(column);
    return Texts::tr("%1 %2", "a column's heading: day 3").arg(unitName(question.by), steps);
}

QString figureText(const RetentionCell& cell, const RetentionView& view) {
    if (!holdsNumber(cell)) {
        return {};
    }
    if (view.unit == RetentionUnit::Users) {
        return countText(cell.count);
    }
    return cell.rate ? rateText(*cell.rate) : QString();
}

QString meanText(const RetentionResult& table, const RetentionView& view, int column) {
    const auto means = retentionMeans(table, view.unit, view.mean);
    const auto& mean = means[static_cast<std::size_t>(column)];
    if (!mean) {
        return {};
    }
    return view.unit == RetentionUnit::Users ? decimalText(*mean) : rateText(*mean);
}

QString cellSentence(const RetentionResult& table, int row, int column, int queryLimit) {
    const RetentionRow& whole = table.rows[static_cast<std::size_t>(row)];
    const RetentionCell& cell = cellOf(table, row, column);
    const RetentionQuestion& question = table.question;
    switch (cell.state) {
    case State::Future:
        return Texts::tr("Not yet: %1, counted from %2, has not begun.")
            .arg(columnHeading(question, column), dateText(whole.period));
    case State::Missing:
        return withNotes(Texts::tr("No data in the source for %1, counted from %2.")
                             .arg(columnHeading(question, column), dateText(whole.period)),
                         cell.notes);
    case State::Empty:
        return withNotes(Texts::tr("No users did %1 %2.")
                             .arg(spokenQuery(question.cohort, queryLimit), whenText(whole.period)),
                         cell.notes);
    case State::Unreadable:
        return withNotes(Texts::tr("Could not be read: %1, counted from %2.")
                             .arg(columnHeading(question, column), dateText(whole.period)),
                         cell.notes);
    case State::Value:
    case State::Partial:
        break;
    }
    QString text = countedSentence(table, whole, cell, column, queryLimit);
    if (cell.state == State::Partial) {
        text += QLatin1Char('\n') +
                Texts::tr("Still running: %1 has not ended, so it may still change.")
                    .arg(columnHeading(question, column));
    }
    return withNotes(text, cell.notes);
}

QString sizeSentence(const RetentionResult& table, int row, int queryLimit) {
    const RetentionRow& whole = table.rows[static_cast<std::size_t>(row)];
    const QString cohort = spokenQuery(table.question.cohort, queryLimit);
    if (!whole.size) {
        return withNotes(
            Texts::tr("No number of users who did %1 %2.").arg(cohort, whenText(whole.period)),
            whole.notes);
    }
    const QString form = table.question.isFirstTime ? Texts::tr("%1 did %2 %3 for the first time.")
                                                    : Texts::tr("%1 did %2 %3.");
    return withNotes(form.arg(usersText(*whole.size), cohort, whenText(whole.period)), whole.notes);
}

QString meanSentence(const RetentionResult& table, const RetentionView& view, int column) {
    const auto used = rowsInMean(table, view.unit, column);
    const QString heading = columnHeading(table.question, column);
    if (used == 0) {
        return Texts::tr("No mean: no row has a complete %1.").arg(heading);
    }
    const QString share = QStringLiteral("%1 / %2").arg(QLocale().toString(used),
                                                        QLocale().toString(table.rows.size()));
    const QString mean = meanText(table, view, column);
    if (view.unit == RetentionUnit::Users) {
        return Texts::tr("%1 users on average at %2, over the rows that are complete (%3).")
            .arg(mean, heading, share);
    }
    return (view.mean == RetentionMean::Weighted
                ? Texts::tr("%1 % at %2, weighted by the rows' sizes, over the rows that are "
                            "complete (%3).")
                : Texts::tr("%1 % at %2, each row counting the same, over the rows that are "
                            "complete (%3)."))
        .arg(mean, heading, share);
}

QStringList tableNotes(const RetentionResult& table) {
    QStringList notes;
    if (table.question.isFirstTime && table.knownSince) {
        notes.append(Texts::tr("First time means since %1, where the source's data begins.")
                         .arg(dateText(*table.knownSince)));
    }
    if (table.question.kind == Table::After) {
        notes.append(Texts::tr("Rates of “on or after” still rise while the source grows."));
    }
    return notes;
}

std::optional<std::vector<RetentionQuestion::Bracket>> parseBrackets(const QString& text) {
    std::vector<RetentionQuestion::Bracket> brackets;
    for (const QString& part : text.split(QLatin1Char(','))) {
        QString normal = part.trimmed();
        normal.replace(QChar(0x2013), QLatin1Char('-'));
        const QStringList ends = normal.split(QLatin1Char('-'));
        bool isFirstGood = false;
        bool isLastGood = false;
        const int first = ends.first().trimmed().toInt(&isFirstGood);
        const int last = ends.last().trimmed().toInt(&isLastGood);
        if (ends.size() > 2 || !isFirstGood || !isLastGood || first < 0 || last < first) {
            return {};
        }
        brackets.push_back({first, last});
    }
    return brackets;
}

QString bracketsText(const std::vector<RetentionQuestion::Bracket>& brackets) {
    QStringList parts;
    for (const auto& bracket : brackets) {
        parts.append(bracket.first == bracket.last
                         ? QString::number(bracket.first)
                         : QStringLiteral("%1-%2").arg(bracket.first).arg(bracket.last));
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace cohortist
