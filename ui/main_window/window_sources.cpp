// SPDX-License-Identifier: GPL-3.0-or-later
// How sources come into the window: named, dropped, connected to, read again; and what is shown
// where one cannot be opened.
#include <QDateEdit>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QTimeZone>

#include "ui/common/banner.h"
#include "ui/events/events_panel.h"
#include "ui/import/import_page.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/recent_sources.h"
#include "ui/main_window/source_opener.h"
#include "ui/main_window/source_status.h"
#include "ui/main_window/start_page.h"
#include "ui/retention/question_bar.h"
#include "ui/retention/retention_page.h"
#include "ui/snapshot/snapshot_dialog.h"
#include "ui/sources/fault_advice.h"
#include "ui/sources/finding_view.h"
#include "ui/sources/kept_data.h"
#include "ui/sources/server_sources.h"

namespace cohortist {

namespace {

QDate lastDay(Instant asOf) {
    return QDateTime::fromSecsSinceEpoch(asOf.time_since_epoch().count() - 1, QTimeZone::utc())
        .date();
}

// By its name: a log is never opened as a source, nor the other way round.
bool isEventLog(const QString& path) {
    static const QStringList suffixes = {QStringLiteral("csv"), QStringLiteral("tsv"),
                                         QStringLiteral("tab"), QStringLiteral("txt"),
                                         QStringLiteral("log"), QStringLiteral("gz")};
    return suffixes.contains(QFileInfo(path).suffix().toLower());
}

// localhost-6379-2026-11-27.cohorts, beside the user's documents.
QString proposedFile(const QString& source, QDate day) {
    QString name = titleOf(source);
    for (QChar& c : name) {
        c = c.isLetterOrNumber() || c == QLatin1Char('.') ? c : QLatin1Char('-');
    }
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    const QDir folder(QFileInfo(documents).isDir() ? documents : QDir::homePath());
    return folder.filePath(QStringLiteral("%1-%2.cohorts").arg(name, day.toString(Qt::ISODate)));
}

} // namespace

void MainWindow::connectServers() {
    const auto takeServer = [this](const QString& source, const OpenedServer& opened) {
        take(source, opened.session, ServerSources::summary(opened));
        m_server = opened.address;
        m_snapshot->setEnabled(true);
    };
    connect(m_start, &StartPage::connectWanted, m_servers, [this] { m_servers->ask(); });
    connect(m_servers, &ServerSources::connected, this, takeServer);
    connect(m_opener, &SourceOpener::serverOpened, this, takeServer);
    connect(m_servers, &ServerSources::ready, m_opener, &SourceOpener::openServer);
    connect(m_kept, &KeptData::cleared, m_status, &StatusLine::setCost);
    connect(m_kept, &KeptData::failed, this,
            [this](const Error& error) { m_page->showError(error, {}, {}); });
    connect(m_servers, &ServerSources::unreadable, this,
            [this](const Error& error) { failToOpen({}, error); });
}

void MainWindow::open(const QString& path) {
    if (isServer(path.trimmed())) {
        m_servers->meet(path.trimmed());
    } else if (isEventLog(path)) {
        importLog(path);
    } else {
        m_opener->open(path);
    }
}

void MainWindow::take(const QString& path, const std::shared_ptr<Session>& session,
                      const QString& summary) {
    if (m_remembers) {
        rememberSource(path);
        fillRecent();
    }
    openSession(session, path, summary);
    if (path == m_imported) {
        m_imported.clear();
        m_page->tell(m_importedSummary, tr("Details…"),
                     [this] { m_pages->setCurrentWidget(m_import); });
    }
}

// What was open stays open: the banner stands on whichever page is shown.
void MainWindow::failToOpen(const QString& source, const Error& error) {
    QString actionText = tr("Choose another…");
    std::function<void()> action = [this] { chooseFile(); };
    if (isServer(source)) {
        // A server that was there a moment ago is away rather than named wrongly.
        const bool isOpen = m_session != nullptr && source == m_path;
        const bool mayPass =
            SourceStatus::isAway(error.code) && (isOpen || error.code != ErrorCode::NotFound);
        if (isOpen) {
            m_sourceStatus->noteFailure(error);
        }
        actionText = mayPass                    ? tr("Try again")
                     : error.part == "prefixes" ? tr("Choose a prefix…")
                                                : tr("Change…");
        action = [this, source, error, mayPass] {
            if (mayPass) {
                open(source);
            } else {
                m_servers->ask(source, error);
            }
        };
    }
    if (!isServer(source) && error.part == "prefixes") {
        actionText = tr("Choose a prefix…");
        action = [this, source, error] { choosePrefix(source, error.choices); };
    }
    const Error told = inTheWindow(error, source);
    m_page->showError(told, actionText, action);
    m_start->banner().show(told, actionText, action);
    if (isServer(source) && error.code == ErrorCode::AccessDenied && m_remembers) {
        m_servers->ask(source, error);
    }
    emit openFailed(error);
    emit settled();
}

void MainWindow::choosePrefix(const QString& file, const std::vector<std::string>& prefixes) {
    QStringList names;
    for (const std::string& prefix : prefixes) {
        names << shownPrefix(prefix);
    }
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Choose a prefix"));
    dialog->setLabelText(tr("Open the events of %1 whose keys begin with").arg(titleOf(file)));
    dialog->setComboBoxItems(names);
    connect(dialog, &QInputDialog::textValueSelected, this,
            [this, file, prefixes, names](const QString& name) {
                open(withPrefix(file, prefixes[static_cast<std::size_t>(names.indexOf(name))]));
            });
    dialog->open();
}

void MainWindow::openLast() {
    const QStringList recent = recentSources();
    if (m_remembers && !recent.isEmpty() &&
        (isServer(recent.constFirst()) || QFileInfo(fileOf(recent.constFirst())).isFile())) {
        open(recent.constFirst());
    }
}

// What is kept of a server's past is not believed this time.
void MainWindow::refresh() {
    if (m_session && isServer(m_path)) {
        m_servers->meet(m_path, true);
    } else if (m_session) {
        open(m_path);
    }
}

void MainWindow::snapshotServer() {
    if (!m_server) {
        return;
    }
    if (auto* open = findChild<SnapshotDialog*>()) {
        open->show();
        open->raise();
        open->activateWindow();
        return;
    }
    auto* dialog = new SnapshotDialog(*m_server, m_session, titleOf(m_path),
                                      proposedFile(m_path, lastDay(m_session->info().asOf)), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SnapshotDialog::openWanted, this, &MainWindow::open);
    dialog->show();
}

void MainWindow::openSession(std::shared_ptr<Session> session, const QString& path,
                             const QString& summary) {
    m_start->banner().clear();
    const bool isAgain = m_session && path == m_path;
    m_session = std::move(session);
    m_path = path;
    m_server.reset();
    m_snapshot->setEnabled(false);
    m_sourceStatus->setSource(path, m_session, summary);
    for (QAction* part : m_asOfParts) {
        part->setVisible(true);
    }
    {
        const QSignalBlocker blocker(m_asOf);
        m_asOf->setDate(lastDay(m_session->info().asOf));
    }
    m_events->setCatalog(m_session->catalog());
    m_exportUsers->setEnabled(true);
    m_refresh->setEnabled(true);
    m_pages->setCurrentWidget(m_page);
    m_dock->show();
    m_page->setSession(m_session, isAgain);
    m_page->bar().cohort().setFocus();
}

void MainWindow::chooseFile() {
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open file"),
        m_path.isEmpty() || isServer(m_path) ? QString() : QFileInfo(m_path).path(),
        tr("Snapshots and bitmapist-server files (*.cohorts *.db);;All files (*)"));
    if (!path.isEmpty()) {
        open(path);
    }
}

} // namespace cohortist
