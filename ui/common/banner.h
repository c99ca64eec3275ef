// SPDX-License-Identifier: GPL-3.0-or-later
// A line on top of a page that says what went wrong, or what was done, with one thing to do about
// it. What was loaded stays readable below. Hidden until it has something to say. Window's thread
// alone.
#pragma once

#include <functional>

#include <QFrame>

#include "core/base/error.h"

class QLabel;
class QPushButton;

namespace cohortist {

class Banner : public QFrame {
    Q_OBJECT
public:
    explicit Banner(QWidget* parent = nullptr);

    // Without an action's text there is no button. Cancelled is never shown.
    void show(const Error& error, const QString& actionText = {},
              std::function<void()> action = {});
    void tell(const QString& text, const QString& actionText = {},
              std::function<void()> action = {});
    void clear();
    void clearError();                 // what was told stays
    void withdraw(const Error& error); // if it is the one that is shown
    [[nodiscard]] QString text() const;

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void appear(const QString& text, bool isError, const QString& actionText,
                std::function<void()> action);

    bool m_isError = false;
    QLabel* m_sign;
    QLabel* m_text;
    QPushButton* m_button;
    std::function<void()> m_action;
};

} // namespace cohortist
