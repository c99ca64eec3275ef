// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/snapshot/server_copy_run.h"

#include <QFileInfo>

namespace cohortist {

ServerCopyRun::ServerCopyRun(ServerAddress address, std::shared_ptr<Session> session,
                             QObject* parent)
    : QObject(parent)
    , m_address(std::move(address))
    , m_session(std::move(session)) {}

void ServerCopyRun::estimate(const CopySelection& selection) {
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [session = m_session, selection](const JobContext& job) {
            return estimateCopy(session->store(), selection, job);
        },
        [this](const Result<CopyEstimate>& result) {
            if (result) {
                emit estimated(*result);
            } else if (result.error().code != ErrorCode::Cancelled) {
                emit notEstimated(result.error());
            }
        });
}

// Stopped by a token of its own: a runner that stops a job tells nobody when it has ended, and what
// was read is kept at its end.
void ServerCopyRun::copy(const CopySelection& selection, const QString& path) {
    OpenOptions options;
    if (const std::string folder = defaultPartsFolder(); !folder.empty()) {
        options.kept = KeptOptions{};
        options.kept->folder = folder;
    }
    m_isCopying = true;
    m_stop = {};
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [address = m_address, selection, options, target = path.toStdString(),
         stop = m_stop](const JobContext& job) {
            const std::stop_callback leaves(job.stopToken(),
                                            [source = stop]() mutable { source.request_stop(); });
            const JobContext stoppable(stop.get_token(),
                                       [&job](const Progress& progress) { job.report(progress); });
            return copyServer(address, selection, target, options, stoppable);
        },
        [this, path](const Result<CopySummary>& result) {
            m_isCopying = false;
            if (result) {
                emit copied(path, *result, static_cast<std::uint64_t>(QFileInfo(path).size()));
            } else {
                emit failed(result.error());
            }
        },
        [this](Progress progress) { emit progressed(progress); });
}

void ServerCopyRun::stop() {
    m_stop.request_stop();
}

std::uint64_t ServerCopyRun::partsBytes() const {
    const StoreInfo& info = m_session->info();
    const std::string folder = keptFolderOf(defaultPartsFolder(), info.origin, info.prefix);
    std::uint64_t bytes = 0;
    for (const std::string& file : keptFiles(folder)) {
        bytes += static_cast<std::uint64_t>(QFileInfo(QString::fromStdString(file)).size());
    }
    return bytes;
}

} // namespace cohortist
