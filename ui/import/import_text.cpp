// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/import/import_text.h"

#include <QCoreApplication>

#include "ui/common/messages.h"
#include "ui/common/numbers.h"

namespace cohortist {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(ImportText)
};

QString timesText(const LogPreview& preview, const ImportOptions& options) {
    if (!preview.timeForm) {
        return Texts::tr("no time was recognised yet");
    }
    const QString zone =
        options.timeZone.empty() ? QStringLiteral("UTC") : QString::fromStdString(options.timeZone);
    switch (*preview.timeForm) {
    case TimeForm::Iso:
        return Texts::tr("times are ISO 8601, in %1 unless they name a zone").arg(zone);
    case TimeForm::UnixSeconds:
        return Texts::tr("times are Unix seconds");
    case TimeForm::UnixMilliseconds:
        return Texts::tr("times are Unix milliseconds");
    case TimeForm::UnixMicroseconds:
        return Texts::tr("times are Unix microseconds");
    case TimeForm::Given:
        break;
    }
    return Texts::tr("times are %1, in %2 unless they name a zone")
        .arg(QString::fromStdString(options.timeFormat), zone);
}

QString counted(std::uint64_t number, const QString& one, const QString& many) {
    return (number == 1 ? one : many).arg(countText(number));
}

} // namespace

QString readingText(const LogPreview& preview, const ImportOptions& options) {
    const QString ids =
        options.hasTextIds
            ? Texts::tr("Ids are texts, kept beside numbers given in order of appearance")
            : Texts::tr("Ids are whole numbers from 0 to 4,294,967,295");
    return Texts::tr("%1; %2. Days, weeks and months are those of UTC.", "how ids; how times")
        .arg(ids, timesText(preview, options));
}

QString summaryText(const ImportSummary& summary) {
    return Texts::tr("%1 of %2 by %3, %4 to %5.", "lines, events, users, first day, last day")
        .arg(counted(summary.lines - summary.skippedLines, Texts::tr("%1 line"),
                     Texts::tr("%1 lines")),
             counted(summary.events, Texts::tr("%1 event"), Texts::tr("%1 events")),
             counted(summary.users, Texts::tr("%1 user"), Texts::tr("%1 users")),
             dateText(summary.firstDay), dateText(summary.lastDay));
}

QStringList skippedTexts(const ImportSummary& summary) {
    QStringList texts;
    for (const SkippedLines& skipped : summary.skipped) {
        texts << Texts::tr("%1 %2; the first is line %3, column %4: %5",
                           "lines, what is wrong with them, place, what stands there")
                     .arg(counted(skipped.count, Texts::tr("%1 line"), Texts::tr("%1 lines")),
                          translated(describe(skipped.kind)), countText(skipped.first.line),
                          countText(skipped.first.column),
                          QString::fromStdString(quotedExcerpt(skipped.first.text)));
    }
    return texts;
}

} // namespace cohortist
