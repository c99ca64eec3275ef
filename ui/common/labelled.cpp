// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/labelled.h"

#include <QHBoxLayout>
#include <QLabel>

namespace cohortist {

QLabel* word(const QString& text) {
    auto* label = new QLabel(text);
    label->setObjectName(QStringLiteral("word"));
    return label;
}

QWidget* labelled(const QString& text, QWidget* control) {
    auto* part = new QWidget;
    auto* line = new QHBoxLayout(part);
    line->setContentsMargins({});
    line->setSpacing(6);
    QLabel* label = word(text);
    label->setBuddy(control);
    line->addWidget(label);
    line->addWidget(control);
    return part;
}

} // namespace cohortist
