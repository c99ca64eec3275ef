// SPDX-License-Identifier: GPL-3.0-or-later
// Sequential colours for a share from 0 to 1: light to dark on light, dark to light on dark, so
// that more is always what stands out. Pure functions.
#pragma once

#include <QColor>

namespace cohortist {

[[nodiscard]] QColor sequentialColor(double share, bool isDark); // clamped to 0 … 1
// Relative luminance contrast of WCAG 2.1: 1 to 21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);
// Black or white, whichever stands out more: at least 4.58 : 1 on any ground.
[[nodiscard]] QColor textColorOn(const QColor& ground);
// For the stripes of what still runs: away from the text's colour, so that it stays readable.
[[nodiscard]] QColor stripeColorOn(const QColor& ground);

} // namespace cohortist
