// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/pace.h"

#include <algorithm>

namespace cohortist {

Pace paceOf(const Progress& progress, double seconds) {
    Pace pace;
    const auto done = static_cast<double>(progress.done);
    const auto total = static_cast<double>(progress.total);
    if (progress.total > 0) {
        pace.percent = static_cast<int>(std::min(100.0, done * 100 / total));
    }
    if (progress.unit != Progress::Unit::Steps && seconds > 0) {
        pace.perSecond = done / seconds;
    }
    if (progress.total > 0 && progress.done > 0 && seconds >= 1) {
        pace.secondsLeft = std::max(0.0, seconds * (total - done) / done);
    }
    return pace;
}

} // namespace cohortist
