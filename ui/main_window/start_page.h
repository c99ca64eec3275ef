// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in the window before anything is open: the ways to open something, recent sources,
// the demo. Window's thread alone.
#pragma once

#include <QStringList>
#include <QWidget>

class QFrame;
class QLabel;

namespace cohortist {

class Banner;

class StartPage : public QWidget {
    Q_OBJECT
public:
    explicit StartPage(QWidget* parent = nullptr);

    void setRecent(const QStringList& sources);
    [[nodiscard]] Banner& banner() const { return *m_banner; }

signals:
    void connectWanted();
    void openWanted();
    void importWanted();
    void demoWanted();
    void recentChosen(const QString& source);

private:
    Banner* m_banner;
    QLabel* m_recentTitle;
    QFrame* m_recent;
};

} // namespace cohortist
