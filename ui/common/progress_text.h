// SPDX-License-Identifier: GPL-3.0-or-later
// How a running job stands, in words: "34 % · 180 MB/s · 3 s left". Pure but for the default
// locale.
#pragma once

#include <QString>

#include "core/base/job_context.h"

namespace cohortist {

// seconds: since the job began. Empty when nothing is known yet.
[[nodiscard]] QString progressText(const Progress& progress, double seconds);

} // namespace cohortist
