// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/cost_text.h"

#include <chrono>

#include <QCoreApplication>
#include <QLocale>
#include <QTime>

#include "ui/common/numbers.h"

namespace cohortist {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(CostText)
};

} // namespace

QString costText(const Cost& cost) {
    const QString time = durationText(std::chrono::duration<double, std::milli>(cost.time).count());
    return cost.keysRead == 1 ? Texts::tr("1 key read in %1").arg(time)
                              : Texts::tr("%1 keys read in %2").arg(countText(cost.keysRead), time);
}

QString keptText(const Cost& cost, QTime since) {
    if (cost.keysKept == 0) {
        return {};
    }
    return Texts::tr("%1 of the %2 keys read are copies on this computer, of periods that ended "
                     "more than a day ago. The server, opened at %3, counts as many users in each "
                     "as its copy has, so they are taken as unchanged. Refresh (F5) reads all "
                     "again.")
        .arg(countText(cost.keysKept), countText(cost.keysRead),
             QLocale().toString(since, QLocale::ShortFormat));
}

} // namespace cohortist
