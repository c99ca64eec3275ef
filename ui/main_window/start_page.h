// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in the middle while nothing is open: what goes there, and the first step. Window's
// thread alone.
#pragma once

#include <QStringList>
#include <QWidget>

class QVBoxLayout;

namespace cohortist {

class ErrorBanner;

class StartPage : public QWidget {
    Q_OBJECT
public:
    explicit StartPage(QWidget* parent = nullptr);

    void setRecent(const QStringList& paths);
    [[nodiscard]] ErrorBanner& banner() const { return *m_banner; }

signals:
    void openWanted();
    void recentChosen(const QString& path);

private:
    ErrorBanner* m_banner;
    QVBoxLayout* m_recent;
};

} // namespace cohortist
