// SPDX-License-Identifier: GPL-3.0-or-later
// The program's own icons: SVG files in one line weight, drawn in the palette's text colour at the
// moment they are painted, so they follow the theme. The window's thread alone.
#pragma once

#include <QIcon>
#include <QString>

namespace cohortist {

// name: of a file in resources/icons without its suffix.
[[nodiscard]] QIcon themedIcon(const QString& name);
[[nodiscard]] QIcon applicationIcon();

// A source's state as a coloured dot, in the colours of the theme that is on when it is painted.
enum class Dot { Good, Busy, Lost, Off };
[[nodiscard]] QIcon dotIcon(Dot dot);

} // namespace cohortist
