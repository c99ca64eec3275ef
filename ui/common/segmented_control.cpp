// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/segmented_control.h"

#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>

namespace cohortist {

SegmentedControl::SegmentedControl(const QString& name, const QStringList& choices, QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this)) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    for (int i = 0; i < choices.size(); ++i) {
        auto* button = new QPushButton(choices[i], this);
        button->setCheckable(true);
        button->setAutoDefault(false);
        button->setProperty("segment", i == 0                    ? QStringLiteral("first")
                                       : i == choices.size() - 1 ? QStringLiteral("last")
                                                                 : QStringLiteral("middle"));
        button->setAccessibleName(tr("%1: %2", "choice of: one choice").arg(name, choices[i]));
        m_group->addButton(button, i);
        layout->addWidget(button);
    }
    m_group->button(0)->setChecked(true);
    makeRoom();
    connect(m_group, &QButtonGroup::idClicked, this, &SegmentedControl::changed);
}

int SegmentedControl::current() const {
    return m_group->checkedId();
}

void SegmentedControl::setCurrent(int index) {
    m_group->button(index)->setChecked(true);
}

void SegmentedControl::focusChoice(int index) {
    m_group->button(index)->setFocus();
}

void SegmentedControl::setChoice(int index, const QString& text) {
    m_group->button(index)->setText(text);
    m_group->button(index)->setAccessibleName(
        tr("%1: %2", "choice of: one choice").arg(accessibleName(), text));
    makeRoom();
}

// The style sheet makes the chosen one bold, which the size hint knows nothing of.
void SegmentedControl::makeRoom() {
    constexpr int kAround = 2 * 8 + 2; // padding and border
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(bold);
    for (QAbstractButton* button : m_group->buttons()) {
        button->setMinimumWidth(metrics.horizontalAdvance(button->text()) + kAround);
    }
}

void SegmentedControl::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        makeRoom();
    }
}

void SegmentedControl::setChoiceToolTip(int index, const QString& text) {
    m_group->button(index)->setToolTip(text);
}

} // namespace cohortist
