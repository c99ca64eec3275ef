// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/error_banner.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "ui/common/icons.h"
#include "ui/common/messages.h"

namespace cohortist {

ErrorBanner::ErrorBanner(QWidget* parent)
    : QFrame(parent)
    , m_text(new QLabel(this))
    , m_button(new QPushButton(this)) {
    setObjectName(QStringLiteral("banner"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 6, 6);
    layout->setSpacing(12);
    auto* sign = new QLabel(this);
    sign->setPixmap(themedIcon(QStringLiteral("warning")).pixmap(QSize(16, 16)));
    layout->addWidget(sign);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setMinimumWidth(80);
    layout->addWidget(m_text, 1);
    m_button->setAutoDefault(true);
    layout->addWidget(m_button);
    auto* close = new QToolButton(this);
    close->setProperty("role", "flat");
    close->setIcon(themedIcon(QStringLiteral("close")));
    close->setToolTip(tr("Close (Esc)"));
    close->setAccessibleName(tr("Close"));
    layout->addWidget(close);
    connect(close, &QToolButton::clicked, this, &ErrorBanner::clear);
    connect(m_button, &QPushButton::clicked, this, [this] {
        const auto action = m_action;
        clear();
        if (action) {
            action();
        }
    });
    hide();
}

void ErrorBanner::show(const Error& error, const QString& actionText,
                       std::function<void()> action) {
    if (error.code == ErrorCode::Cancelled) {
        return;
    }
    m_text->setText(whole(error));
    m_button->setText(actionText);
    m_button->setVisible(!actionText.isEmpty());
    m_action = std::move(action);
    setAccessibleName(m_text->text());
    setVisible(true);
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void ErrorBanner::clear() {
    m_action = {};
    m_text->clear();
    setVisible(false);
}

QString ErrorBanner::text() const {
    return m_text->text();
}

void ErrorBanner::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        clear();
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace cohortist
