// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/banner.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

#include "ui/common/icons.h"
#include "ui/common/messages.h"

namespace cohortist {

Banner::Banner(QWidget* parent)
    : QFrame(parent)
    , m_sign(new QLabel(this))
    , m_text(new QLabel(this))
    , m_button(new QPushButton(this)) {
    setObjectName(QStringLiteral("banner"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 6, 6);
    layout->setSpacing(12);
    m_sign->setPixmap(themedIcon(QStringLiteral("warning")).pixmap(QSize(16, 16)));
    layout->addWidget(m_sign);
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
    connect(close, &QToolButton::clicked, this, &Banner::clear);
    connect(m_button, &QPushButton::clicked, this, [this] {
        const auto action = m_action;
        clear();
        if (action) {
            action();
        }
    });
    hide();
}

void Banner::show(const Error& error, const QString& actionText, std::function<void()> action) {
    if (error.code == ErrorCode::Cancelled) {
        return;
    }
    appear(whole(error), true, actionText, std::move(action));
}

void Banner::tell(const QString& text, const QString& actionText, std::function<void()> action) {
    appear(text, false, actionText, std::move(action));
}

void Banner::appear(const QString& text, bool isError, const QString& actionText,
                    std::function<void()> action) {
    setProperty("tone", isError ? QStringLiteral("error") : QStringLiteral("notice"));
    style()->polish(this);
    m_isError = isError;
    m_sign->setVisible(isError);
    m_text->setText(text);
    m_button->setText(actionText);
    m_button->setVisible(!actionText.isEmpty());
    m_action = std::move(action);
    setAccessibleName(text);
    setVisible(true);
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void Banner::clear() {
    m_action = {};
    m_text->clear();
    setVisible(false);
}

void Banner::clearError() {
    if (m_isError) {
        clear();
    }
}

void Banner::withdraw(const Error& error) {
    if (m_isError && m_text->text() == whole(error)) {
        clear();
    }
}

QString Banner::text() const {
    return m_text->text();
}

void Banner::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        clear();
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace cohortist
