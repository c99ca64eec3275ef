// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/source_opener.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include "core/import/demo_data.h"
#include "ui/sources/server_form.h"

namespace cohortist {

SourceOpener::SourceOpener(JobRunner& runner, QObject* parent)
    : QObject(parent)
    , m_runner(runner) {}

void SourceOpener::open(const QString& path) {
    setJob(tr("Opening %1").arg(titleOf(path)));
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [source = path.toStdString()](const JobContext& job) { return Session::open(source, job); },
        [this, path](Result<std::unique_ptr<Session>> session) {
            setJob({});
            if (session) {
                emit opened(path, std::move(*session));
            } else {
                emit failed(path, session.error());
            }
        },
        [this](Progress progress) { emit progressed(progress); });
}

void SourceOpener::openServer(const QString& source, const ServerAddress& address,
                              bool readsAgain) {
    setJob(tr("Connecting to %1").arg(titleOf(source)));
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [address, readsAgain](const JobContext& job) {
            return cohortist::openServer(address, job, readsAgain);
        },
        [this, source](const Result<OpenedServer>& opened) {
            setJob({});
            if (opened) {
                emit serverOpened(source, *opened);
            } else {
                emit failed(source, opened.error());
            }
        },
        [this](Progress progress) { emit progressed(progress); });
}

// Made once, beside the user's other data of this program.
void SourceOpener::openDemo() {
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
    const QString path = folder.filePath(QStringLiteral("demo.cohorts"));
    if (QFileInfo::exists(path)) {
        open(path);
        return;
    }
    folder.mkpath(QStringLiteral("."));
    setJob(tr("Making the demo"));
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [target = path.toStdString()](const JobContext& job) {
            return writeDemo(DemoOptions(), target, job);
        },
        [this, path](const Result<void>& made) {
            setJob({});
            if (made) {
                open(path);
            } else {
                emit failed(path, made.error());
            }
        },
        [this](Progress progress) { emit progressed(progress); });
}

void SourceOpener::stop() {
    m_runner.stop(this);
    setJob({});
}

void SourceOpener::setJob(const QString& job) {
    if (m_job != job) {
        m_job = job;
        emit jobChanged();
    }
}

} // namespace cohortist
