// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves the window as a file: the table as CSV and PNG, users as CSV. Asks where to, writes
// in the background what may take long. Window's thread alone.
#pragma once

#include <QObject>

#include "core/export/users_csv.h"
#include "core/session/session.h"
#include "ui/jobs/job_runner.h"

class QWidget;

namespace cohortist {

class RetentionPage;

class Exports : public QObject {
    Q_OBJECT
public:
    // window: what the dialogs belong to; it and the page outlive this.
    Exports(JobRunner& runner, RetentionPage& page, QWidget& window);

    void tableCsv();
    void tablePng();
    void users(const std::shared_ptr<Session>& session, const QuerySettings& settings,
               const QString& query);
    // Asks nothing.
    void saveUsers(const std::shared_ptr<Session>& session, const QuerySettings& settings,
                   const Expr& query, const UsersCsvOptions& options, const QString& path);
    void stop();
    [[nodiscard]] QString job() const { return m_job; } // in words; empty: none runs

signals:
    void jobChanged();
    void progressed(Progress progress);
    void done(const QString& text);
    void failed(const Error& error);

private:
    QString askWhere(const QString& title, const QString& name, const QString& suffix);
    void save(const QString& path, std::string_view bytes);
    void setJob(const QString& job);

    JobRunner& m_runner;
    RetentionPage& m_page;
    QWidget& m_window;
    QString m_job;
};

} // namespace cohortist
