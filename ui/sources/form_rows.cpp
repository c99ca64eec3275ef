// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/form_rows.h"

#include <QHBoxLayout>
#include <QLabel>

namespace cohortist {

namespace {

constexpr int kLabelWidth = 96;
constexpr int kBetween = 8;

QLabel* dimLabel(const QString& text) {
    auto* label = new QLabel(text);
    label->setObjectName(QStringLiteral("dim"));
    return label;
}

} // namespace

FormRows::FormRows() {
    setHorizontalSpacing(kBetween);
    setVerticalSpacing(kBetween);
    setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    setRowWrapPolicy(QFormLayout::DontWrapRows);
}

QLabel* FormRows::add(const QString& text, QWidget* field, QWidget* row) {
    QLabel* label = dimLabel(text);
    label->setBuddy(field);
    label->setMinimumWidth(kLabelWidth);
    field->setAccessibleName(text);
    addRow(label, row == nullptr ? field : row);
    return label;
}

void FormRows::addHint(const QString& text) {
    addRow(QString(), dimLabel(text));
}

QWidget* inLine(std::initializer_list<QWidget*> widgets) {
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins({});
    line->setSpacing(kBetween);
    for (QWidget* widget : widgets) {
        line->addWidget(widget);
    }
    if ((*widgets.begin())->maximumWidth() == QWIDGETSIZE_MAX) {
        line->setStretch(0, 1);
    } else {
        line->addStretch();
    }
    return row;
}

} // namespace cohortist
