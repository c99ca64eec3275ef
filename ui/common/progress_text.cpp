// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/progress_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include "core/base/pace.h"
#include "ui/common/numbers.h"

namespace cohortist {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(ProgressText)
};

constexpr double kMillion = 1e6;
constexpr double kSecondsInWords = 90; // longer times are given in minutes

QString speedText(Progress::Unit unit, double perSecond) {
    switch (unit) {
    case Progress::Unit::Bytes:
        return Texts::tr("%1 MB/s").arg(decimalText(perSecond / kMillion));
    case Progress::Unit::Users:
        return Texts::tr("%1 million users a second").arg(decimalText(perSecond / kMillion));
    case Progress::Unit::Keys:
        return Texts::tr("%1 keys a second").arg(countText(static_cast<std::uint64_t>(perSecond)));
    case Progress::Unit::Steps:
        break;
    }
    return {};
}

} // namespace

QString progressText(const Progress& progress, double seconds) {
    const Pace pace = paceOf(progress, seconds);
    QStringList parts;
    if (pace.percent) {
        parts << Texts::tr("%1 %").arg(*pace.percent);
    } else if (progress.unit == Progress::Unit::Bytes && progress.done > 0) {
        parts << Texts::tr("%1 MB").arg(decimalText(static_cast<double>(progress.done) / kMillion));
    }
    if (pace.perSecond) {
        parts << speedText(progress.unit, *pace.perSecond);
    }
    if (pace.secondsLeft) {
        parts << (*pace.secondsLeft < kSecondsInWords
                      ? Texts::tr("%1 s left").arg(qRound(*pace.secondsLeft))
                      : Texts::tr("%1 min left").arg(qRound(*pace.secondsLeft / 60)));
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace cohortist
