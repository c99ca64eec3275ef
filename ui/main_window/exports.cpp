// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/exports.h"

#include <QBuffer>
#include <QFileDialog>
#include <QFileInfo>
#include <QImage>

#include "core/export/output_file.h"
#include "core/export/users_file.h"
#include "ui/common/numbers.h"
#include "ui/common/query_edit.h"
#include "ui/export/users_dialog.h"
#include "ui/retention/retention_page.h"

namespace cohortist {

Exports::Exports(JobRunner& runner, RetentionPage& page, QWidget& window)
    : QObject(&window)
    , m_runner(runner)
    , m_page(page)
    , m_window(window) {}

QString Exports::askWhere(const QString& title, const QString& name, const QString& suffix) {
    QFileDialog dialog(&m_window, title);
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(suffix);
    dialog.selectFile(name + QLatin1Char('.') + suffix);
    return dialog.exec() == QDialog::Accepted ? dialog.selectedFiles().constFirst() : QString();
}

void Exports::save(const QString& path, std::string_view bytes) {
    if (const auto written = writeWholeFile(path.toStdString(), bytes); !written) {
        emit failed(written.error());
    } else {
        emit done(tr("Saved %1").arg(QFileInfo(path).fileName()));
    }
}

void Exports::tableCsv() {
    const QString path =
        askWhere(tr("Save table as CSV"), QStringLiteral("retention"), QStringLiteral("csv"));
    if (!path.isEmpty()) {
        save(path, m_page.csv());
    }
}

void Exports::tablePng() {
    const QString path =
        askWhere(tr("Save table as PNG"), QStringLiteral("retention"), QStringLiteral("png"));
    const auto picture = m_page.picture();
    if (path.isEmpty() || !picture) {
        return;
    }
    setJob(tr("Drawing %1").arg(QFileInfo(path).fileName()));
    m_runner.run(
        this, JobRunner::Lane::Compute, JobRunner::Priority::Background,
        [picture = *picture, target = path.toStdString()](const JobContext&) {
            QBuffer buffer;
            buffer.open(QIODevice::WriteOnly);
            const QImage image = picture.draw();
            image.save(&buffer, "PNG");
            return writeWholeFile(target, {buffer.data().constData(),
                                           static_cast<std::size_t>(buffer.data().size())})
                .map([&] { return image.devicePixelRatio(); });
        },
        [this, path](const Result<double>& ratio) {
            setJob({});
            const QString name = QFileInfo(path).fileName();
            if (!ratio) {
                emit failed(ratio.error());
            } else if (*ratio < 1) {
                emit done(tr("Saved %1, made smaller to %2 % of its size", "file, percent")
                              .arg(name, rateText(*ratio)));
            } else {
                emit done(tr("Saved %1").arg(name));
            }
        });
}

void Exports::users(const std::shared_ptr<Session>& session, const QuerySettings& settings,
                    const QString& query) {
    UsersDialog dialog(m_runner, session, settings, &m_window);
    dialog.query().setText(query);
    if (dialog.exec() != QDialog::Accepted || !dialog.expr()) {
        return;
    }
    const QString path =
        askWhere(tr("Save users as CSV"), QStringLiteral("users"), QStringLiteral("csv"));
    if (!path.isEmpty()) {
        saveUsers(session, settings, *dialog.expr(), dialog.options(), path);
    }
}

void Exports::saveUsers(const std::shared_ptr<Session>& session, const QuerySettings& settings,
                        const Expr& query, const UsersCsvOptions& options, const QString& path) {
    setJob(tr("Writing %1").arg(QFileInfo(path).fileName()));
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [session, settings, query, options,
         target = path.toStdString()](const JobContext& job) -> Result<std::uint64_t> {
            const auto found = session->users(query, settings, job);
            if (!found) {
                return fail(found.error());
            }
            return saveUsersCsv(found->users, session->store(), options, target, job);
        },
        [this, path](const Result<std::uint64_t>& written) {
            setJob({});
            if (written) {
                emit done(tr("Saved %1: %2", "file, users")
                              .arg(QFileInfo(path).fileName(),
                                   *written == 1 ? tr("1 user")
                                                 : tr("%1 users").arg(countText(*written))));
            } else {
                emit failed(written.error());
            }
        },
        [this](Progress progress) { emit progressed(progress); });
}

void Exports::stop() {
    m_runner.stop(this);
    setJob({});
}

void Exports::setJob(const QString& job) {
    if (m_job != job) {
        m_job = job;
        emit jobChanged();
    }
}

} // namespace cohortist
