// SPDX-License-Identifier: GPL-3.0-or-later
// What the window tells of the source that is open: its name and a coloured dot in the tool bar,
// what it is in the status bar, what its answers cost, and how full the memory for it is. Window's
// thread alone.
#pragma once

#include <memory>

#include <QObject>
#include <QTime>

#include "core/session/session.h"

class QToolButton;

namespace cohortist {

class StatusLine;

class SourceStatus : public QObject {
    Q_OBJECT
public:
    // All three outlive this.
    SourceStatus(QToolButton& button, StatusLine& status, QWidget& window);

    // summary: of a server, what it is; without one it is told how many events there are.
    void setSource(const QString& source, std::shared_ptr<Session> session, const QString& summary);

public slots:
    void showCost(const Cost& cost);

private:
    void showNothing();
    void showMemory();

    QToolButton& m_button;
    StatusLine& m_status;
    QWidget& m_window;
    std::shared_ptr<Session> m_session;
    QTime m_opened;
};

} // namespace cohortist
