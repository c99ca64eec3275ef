// SPDX-License-Identifier: GPL-3.0-or-later
// Finds what a test clicks: widgets by their accessible name, buttons by what they say.
#pragma once

#include <QAbstractButton>
#include <QWidget>

namespace cohortist::test {

template <typename Widget>
Widget* named(const QWidget& parent, const char* accessibleName) {
    for (auto* widget : parent.findChildren<Widget*>()) {
        if (widget->accessibleName() == QLatin1String(accessibleName)) {
            return widget;
        }
    }
    return nullptr;
}

inline QAbstractButton* button(const QWidget& parent, const char* text) {
    for (auto* candidate : parent.findChildren<QAbstractButton*>()) {
        if (candidate->text() == QString::fromUtf8(text)) {
            return candidate;
        }
    }
    return nullptr;
}

} // namespace cohortist::test
