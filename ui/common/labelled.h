// SPDX-License-Identifier: GPL-3.0-or-later
// Words of a sentence or form, and controls with their words in front. Window's thread alone.
#pragma once

#include <QString>

class QLabel;
class QWidget;

namespace cohortist {

[[nodiscard]] QLabel* word(const QString& text);
// One part of a line, so that a break never comes between them. The word leads to the control.
[[nodiscard]] QWidget* labelled(const QString& text, QWidget* control);

} // namespace cohortist
