// SPDX-License-Identifier: GPL-3.0-or-later
// How far a long computation is, how fast, and how long it will take if it goes on like that. Pure.
#pragma once

#include <optional>

#include "core/base/job_context.h"

namespace cohortist {

struct Pace {
    std::optional<int> percent;
    std::optional<double> perSecond;   // in the progress's unit; nothing for steps
    std::optional<double> secondsLeft; // nothing within the first second, when nobody can tell
};

// seconds: since the computation began.
[[nodiscard]] Pace paceOf(const Progress& progress, double seconds);

} // namespace cohortist
