// SPDX-License-Identifier: GPL-3.0-or-later
// Estimates and makes a copy of an open server on a thread of its own, so that the window's other
// work goes on meanwhile. One at a time: what is asked later takes the place of what runs. Window's
// thread alone.
#pragma once

#include <QObject>

#include "core/session/server_copy.h"
#include "ui/jobs/job_runner.h"

namespace cohortist {

class ServerCopyRun : public QObject {
    Q_OBJECT
public:
    ServerCopyRun(ServerAddress address, std::shared_ptr<Session> session,
                  QObject* parent = nullptr);

    void estimate(const CopySelection& selection);
    void copy(const CopySelection& selection, const QString& path);
    void stop(); // tells with failed, once what was read is kept
    [[nodiscard]] bool isCopying() const { return m_isCopying; }
    // What an interrupted copy of this server has left to go on from.
    [[nodiscard]] std::uint64_t partsBytes() const;

signals:
    void estimated(const CopyEstimate& estimate);
    void notEstimated(const Error& error);
    void progressed(Progress progress);
    void copied(const QString& path, const CopySummary& summary, std::uint64_t bytes);
    void failed(const Error& error);

private:
    const ServerAddress m_address;
    const std::shared_ptr<Session> m_session;
    bool m_isCopying = false;
    std::stop_source m_stop;
    JobRunner m_runner; // the last: its threads use the others
};

} // namespace cohortist
