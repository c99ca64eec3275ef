// SPDX-License-Identifier: GPL-3.0-or-later
// The one style sheet: hair lines, radii and heights that Fusion does not have. Pure.
#pragma once

#include <QString>

namespace cohortist {

struct Colors;

[[nodiscard]] QString styleSheet(const Colors& colors);

} // namespace cohortist
