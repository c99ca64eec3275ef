// SPDX-License-Identifier: GPL-3.0-or-later
// A line on top of a page that says what went wrong, with one thing to do about it. What was loaded
// stays readable below. Hidden until it has something to say. Window's thread alone.
#pragma once

#include <functional>

#include <QFrame>

#include "core/base/error.h"

class QLabel;
class QPushButton;

namespace cohortist {

class ErrorBanner : public QFrame {
    Q_OBJECT
public:
    explicit ErrorBanner(QWidget* parent = nullptr);

    // Without an action's text there is no button. Cancelled is never shown.
    void show(const Error& error, const QString& actionText = {},
              std::function<void()> action = {});
    void clear();
    [[nodiscard]] QString text() const;

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QLabel* m_text;
    QPushButton* m_button;
    std::function<void()> m_action;
};

} // namespace cohortist
