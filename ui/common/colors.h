// SPDX-License-Identifier: GPL-3.0-or-later
// The window's colours, light and dark. Widgets ask with their own palette, so a change of theme
// needs no more than the palette change that Qt tells them of. Constant data; any thread.
#pragma once

#include <QColor>
#include <QPalette>

namespace cohortist {

struct Colors {
    QColor window, panel, raised;
    QColor line, faintLine;
    QColor text, dim, faint; // faint: decoration alone, it has too little contrast for meaning
    QColor accent, accentGround, selection;
    QColor warning, error, good;
    bool isDark = false;

    [[nodiscard]] static const Colors& light();
    [[nodiscard]] static const Colors& dark();
    // By how light the palette's window is.
    [[nodiscard]] static const Colors& of(const QPalette& palette);
    [[nodiscard]] QPalette palette() const;
};

} // namespace cohortist
