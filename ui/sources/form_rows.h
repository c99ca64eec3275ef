// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of a form: dim words on the left, the field that they name beside them. The words lead
// to the field and are what screen readers call it. Window's thread alone.
#pragma once

#include <initializer_list>

#include <QFormLayout>

class QLabel;

namespace cohortist {

class FormRows : public QFormLayout {
    Q_OBJECT
public:
    FormRows();

    // row: what holds the field, where it does not stand alone; it shows and hides the row.
    QLabel* add(const QString& text, QWidget* field, QWidget* row = nullptr);
    void addHint(const QString& text);
};

// Side by side; the first takes the room that is left, unless its width is fixed.
[[nodiscard]] QWidget* inLine(std::initializer_list<QWidget*> widgets);

} // namespace cohortist
