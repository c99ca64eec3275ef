// SPDX-License-Identifier: GPL-3.0-or-later
// What a question took, in words. Pure but for the default locale and translations.
#pragma once

#include <QString>

#include "core/analysis/results.h"

class QTime;

namespace cohortist {

[[nodiscard]] QString costText(const Cost& cost); // 31 keys read in 4 ms
// Which of the figures' keys are local copies, and why these are believed; nothing where none are.
// since: when the source was opened, in the user's own time.
[[nodiscard]] QString keptText(const Cost& cost, QTime since);

} // namespace cohortist
