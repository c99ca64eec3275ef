// SPDX-License-Identifier: GPL-3.0-or-later
// What the window tells of the source that is open: its name and a coloured dot in the tool bar,
// what it is in the status bar, what its answers cost, and how much of it is held: of a file in
// memory, of a server in files on this computer. Window's thread alone.
#pragma once

#include <memory>

#include <QObject>
#include <QTime>
#include <QTimer>

#include "core/session/session.h"

class QToolButton;

namespace cohortist {

struct KeptAmount;
class KeptData;
class StatusLine;

class SourceStatus : public QObject {
    Q_OBJECT
public:
    // All of them outlive this.
    SourceStatus(QToolButton& button, StatusLine& status, KeptData& kept, QWidget& window);

    // summary: of a server, what it is; without one it is told how many events there are.
    void setSource(const QString& source, std::shared_ptr<Session> session, const QString& summary);

    // Whether an error tells that a server which was there is away for now.
    [[nodiscard]] static bool isAway(ErrorCode code);

public slots:
    void showCost(const Cost& cost);
    void setBusy(bool isBusy);            // shown once it has lasted
    void noteFailure(const Error& error); // of a question, or of opening the same source again

private:
    void showNothing();
    void showState();
    void showMemory();
    void showKept(const KeptAmount& amount);

    QToolButton& m_button;
    StatusLine& m_status;
    KeptData& m_kept;
    QWidget& m_window;
    std::shared_ptr<Session> m_session;
    QString m_name;
    QString m_summary; // what the server is, or how many events there are
    bool m_isServer = false;
    bool m_isLost = false;
    QTime m_opened;
    QTimer m_working;
    QTimer m_keeping; // what was read is being written
};

} // namespace cohortist
