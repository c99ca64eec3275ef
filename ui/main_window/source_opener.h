// SPDX-License-Identifier: GPL-3.0-or-later
// Opens sources in the background, and makes the demo's snapshot where there is none yet. What is
// opened while another is still being opened takes its place. Window's thread alone.
#pragma once

#include <memory>

#include <QObject>

#include "core/session/session.h"
#include "ui/jobs/job_runner.h"
#include "ui/sources/server_probe.h"

namespace cohortist {

class SourceOpener : public QObject {
    Q_OBJECT
public:
    explicit SourceOpener(JobRunner& runner, QObject* parent = nullptr);

    void open(const QString& path);
    // source: the address as it is shown, without the password.
    void openServer(const QString& source, const ServerAddress& address, bool readsAgain = false);
    void openDemo();
    void stop();
    [[nodiscard]] QString job() const { return m_job; } // in words; empty: nothing is being opened

signals:
    void jobChanged();
    void progressed(Progress progress);
    void opened(const QString& path, const std::shared_ptr<Session>& session);
    void serverOpened(const QString& source, const OpenedServer& opened);
    void failed(const QString& source, const Error& error);

private:
    void setJob(const QString& job);

    JobRunner& m_runner;
    QString m_job;
};

} // namespace cohortist
