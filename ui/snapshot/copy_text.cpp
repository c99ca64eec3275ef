// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/snapshot/copy_text.h"

#include <algorithm>

#include <QCoreApplication>

#include "ui/common/messages.h"
#include "ui/common/numbers.h"

namespace cohortist {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(CopyText)
};

QString amountText(std::uint64_t events, std::uint64_t keys) {
    return Texts::tr("%1, %2", "events, keys")
        .arg(events == 1 ? Texts::tr("1 event") : Texts::tr("%1 events").arg(countText(events)),
             keys == 1 ? Texts::tr("1 key") : Texts::tr("%1 keys").arg(countText(keys)));
}

} // namespace

QString estimateText(const CopyEstimate& estimate) {
    constexpr std::uint64_t kLeast = 100'000; // a file has its own tables too
    const QString amount = amountText(estimate.events, estimate.keys);
    return estimate.bytes == 0 ? amount
                               : Texts::tr("%1, about %2", "events and keys, size")
                                     .arg(amount, megabytesText(std::max(estimate.bytes, kLeast)));
}

QString copiedText(const CopySummary& summary, std::uint64_t fileBytes) {
    return Texts::tr("Copied %1, %2, and read it back: all is sound.", "events and keys, size")
        .arg(amountText(summary.events, summary.keys), megabytesText(fileBytes));
}

QString interruptedText(std::uint64_t partsBytes) {
    return Texts::tr("A copy of this server was interrupted. The %1 that it had read are used "
                     "again.")
        .arg(megabytesText(partsBytes));
}

QString failureText(const Error& error, bool hasParts) {
    QString what = error.code == ErrorCode::Cancelled ? Texts::tr("Stopped.") : whatAndWhy(error);
    if (hasParts) {
        return what + QLatin1Char(' ') +
               Texts::tr("What was read is kept: “Go on” continues from there.");
    }
    // Core's advice where a copy breaks is for the command line.
    switch (error.code) {
    case ErrorCode::CannotWrite:
        return what + QLatin1Char(' ') + Texts::tr("Choose another file.");
    case ErrorCode::Lost:
    case ErrorCode::TimedOut:
    case ErrorCode::Busy:
    case ErrorCode::NotFound:
        return what + QLatin1Char(' ') +
               Texts::tr("Check that the server runs; “Copy” tries again.");
    default:
        return what;
    }
}

} // namespace cohortist
