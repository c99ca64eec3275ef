// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/main_window.h"

#include <QApplication>
#include <QClipboard>
#include <QDateEdit>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLayout>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QToolButton>

#include "ui/common/banner.h"
#include "ui/common/icons.h"
#include "ui/common/messages.h"
#include "ui/common/numbers.h"
#include "ui/events/events_panel.h"
#include "ui/import/import_page.h"
#include "ui/main_window/exports.h"
#include "ui/main_window/source_opener.h"
#include "ui/main_window/source_status.h"
#include "ui/main_window/start_page.h"
#include "ui/retention/question_bar.h"
#include "ui/retention/retention_page.h"
#include "ui/sources/kept_data.h"
#include "ui/sources/server_sources.h"

namespace cohortist {

MainWindow::MainWindow(Theme& theme, bool remembers, QWidget* parent)
    : QMainWindow(parent)
    , m_theme(theme)
    , m_remembers(remembers)
    , m_pages(new QStackedWidget)
    , m_start(new StartPage)
    , m_page(new RetentionPage(m_runner))
    , m_import(new ImportPage(m_runner))
    , m_events(new EventsPanel)
    , m_status(new StatusLine)
    , m_opener(new SourceOpener(m_runner, this))
    , m_servers(new ServerSources(m_runner, *this))
    , m_exports(new Exports(m_runner, *m_page, *this))
    , m_kept(new KeptData(m_runner, *this))
    , m_source(new QToolButton)
    , m_sourceStatus(new SourceStatus(*m_source, *m_status, *m_kept, *this))
    , m_asOf(new QDateEdit) {
    setWindowTitle(tr("Cohortist"));
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    qApp->installEventFilter(this);
    resize(1280, 800);
    m_pages->addWidget(m_start);
    m_pages->addWidget(m_page);
    m_pages->addWidget(m_import);
    connect(m_pages, &QStackedWidget::currentChanged, this, &MainWindow::letPageDecide);
    letPageDecide();
    addDock(); // before the page, so that Tab comes to it before the page
    setCentralWidget(m_pages);
    setStatusBar(m_status);
    addFileMenu();
    addEditAndViewMenus();
    createToolBar();
    connectPage();
    connectServers();
    connectImport();
    connectExports();
    fillRecent();
    if (m_remembers) {
        const QSettings settings;
        restoreGeometry(settings.value(QStringLiteral("geometry")).toByteArray());
        restoreState(settings.value(QStringLiteral("state")).toByteArray());
    }
    m_dock->hide();
}

MainWindow::~MainWindow() {
    m_opener->stop();
    m_exports->stop();
    delete m_servers; // its dialog uses the runner
}

void MainWindow::addDock() {
    m_dock = new QDockWidget(tr("Events"), this);
    m_dock->setObjectName(QStringLiteral("eventsDock"));
    m_dock->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable);
    m_dock->setTitleBarWidget(m_events->heading());
    connect(m_events, &EventsPanel::closeWanted, m_dock, &QWidget::hide);
    m_dock->setWidget(m_events);
    addDockWidget(Qt::LeftDockWidgetArea, m_dock);
    resizeDocks({m_dock}, {264}, Qt::Horizontal);
}

void MainWindow::connectPage() {
    using Job = StatusLine::Job;
    connect(m_start, &StartPage::openWanted, this, &MainWindow::chooseFile);
    connect(m_start, &StartPage::importWanted, this, &MainWindow::chooseLog);
    connect(m_start, &StartPage::recentChosen, this, &MainWindow::open);
    connect(m_start, &StartPage::demoWanted, m_opener, &SourceOpener::openDemo);
    connect(m_events, &EventsPanel::chosen, this, [this](const QByteArray& name, bool asReturn) {
        m_page->useEvent(name.toStdString(), asReturn);
    });
    connect(m_page, &RetentionPage::answered, m_sourceStatus, &SourceStatus::showCost);
    connect(m_page, &RetentionPage::progressed, m_status,
            [this](Progress progress) { m_status->setProgress(Job::Counting, progress); });
    connect(m_page, &RetentionPage::sourceFailed, m_sourceStatus, &SourceStatus::noteFailure);
    connect(m_page, &RetentionPage::busyChanged, m_sourceStatus, &SourceStatus::setBusy);
    connect(m_page, &RetentionPage::busyChanged, m_status, [this](bool isBusy) {
        m_status->setJob(Job::Counting, isBusy ? tr("Counting") : QString());
    });
    connect(m_page, &RetentionPage::settled, this, [this] {
        for (QAction* action : m_tableActions) {
            action->setEnabled(m_page->model().table() != nullptr);
        }
        emit settled();
    });
    connect(m_page, &RetentionPage::cellChosen, m_status, &StatusLine::setCost);
    connect(m_page, &RetentionPage::reopenWanted, this, [this] { open(m_path); });
    connect(m_page, &RetentionPage::usersWanted, this, &MainWindow::exportUsers);
    connect(m_opener, &SourceOpener::opened, this,
            [this](const QString& path, const std::shared_ptr<Session>& session) {
                take(path, session);
            });
    connect(m_opener, &SourceOpener::failed, this, &MainWindow::failToOpen);
    connect(m_opener, &SourceOpener::jobChanged, m_status,
            [this] { m_status->setJob(Job::Opening, m_opener->job()); });
    connect(m_opener, &SourceOpener::progressed, m_status,
            [this](Progress progress) { m_status->setProgress(Job::Opening, progress); });
    connect(m_status, &StatusLine::cancelWanted, this, &MainWindow::stop);
}

void MainWindow::connectImport() {
    using Job = StatusLine::Job;
    connect(m_import, &ImportPage::otherWanted, this, &MainWindow::chooseLog);
    connect(m_import, &ImportPage::closeWanted, this, &MainWindow::leaveImport);
    connect(m_import, &ImportPage::previewed, this, &MainWindow::settled);
    connect(m_import, &ImportPage::busyChanged, m_status, [this](bool isBusy) {
        m_status->setJob(Job::Importing,
                         isBusy ? tr("Importing %1").arg(QFileInfo(m_import->log()).fileName())
                                : QString());
    });
    connect(m_import, &ImportPage::progressed, m_status,
            [this](Progress progress) { m_status->setProgress(Job::Importing, progress); });
    connect(m_import, &ImportPage::imported, this,
            [this](const QString& snapshot, const QString& summary) {
                m_imported = snapshot;
                m_importedSummary = summary;
                open(snapshot);
            });
}

void MainWindow::connectExports() {
    using Job = StatusLine::Job;
    connect(m_exports, &Exports::jobChanged, m_status,
            [this] { m_status->setJob(Job::Exporting, m_exports->job()); });
    connect(m_exports, &Exports::progressed, m_status,
            [this](Progress progress) { m_status->setProgress(Job::Exporting, progress); });
    connect(m_exports, &Exports::done, m_status, &StatusLine::setCost);
    connect(m_exports, &Exports::failed, this, [this](const Error& error) {
        m_page->showError(error, {}, {});
        // Until one has succeeded.
        connect(
            m_exports, &Exports::done, m_page, [this, error] { m_page->withdraw(error); },
            Qt::SingleShotConnection);
    });
}

// How small the window may be is for the page that is shown to say.
void MainWindow::letPageDecide() {
    for (int i = 0; i < m_pages->count(); ++i) {
        const bool isShown = i == m_pages->currentIndex();
        const auto policy = isShown ? QSizePolicy::Preferred : QSizePolicy::Ignored;
        m_pages->widget(i)->setSizePolicy(policy, policy);
        m_pages->layout()->itemAt(i)->invalidate(); // hidden widgets tell nobody
    }
    m_pages->updateGeometry();
}

void MainWindow::chooseLog() {
    if (m_import->isBusy()) {
        m_pages->setCurrentWidget(m_import);
        return;
    }
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Import an event log"),
        m_import->log().isEmpty() ? QString() : QFileInfo(m_import->log()).path(),
        tr("Event logs (*.csv *.tsv *.tab *.txt *.log *.gz);;All files (*)"));
    if (!path.isEmpty()) {
        importLog(path);
    }
}

void MainWindow::importLog(const QString& path) {
    if (!m_import->isBusy()) {
        m_import->setLog(path);
    }
    m_pages->setCurrentWidget(m_import);
    m_dock->hide();
}

void MainWindow::leaveImport() {
    m_pages->setCurrentWidget(m_session ? static_cast<QWidget*>(m_page) : m_start);
    m_dock->setVisible(m_session != nullptr);
}

// A text field takes some of the window's shortcuts for itself, such as Ctrl+E for the line's end.
bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const QKeySequence keys(static_cast<QKeyEvent*>(event)->keyCombination());
        for (const QAction* action : findChildren<QAction*>()) {
            if (action->isEnabled() && action->shortcut() == keys && isActiveWindow()) {
                event->ignore();
                return true;
            }
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::stop(StatusLine::Job job) {
    switch (job) {
    case StatusLine::Job::Opening:
        m_opener->stop();
        break;
    case StatusLine::Job::Importing:
        m_import->stop();
        break;
    case StatusLine::Job::Exporting:
        m_exports->stop();
        break;
    case StatusLine::Job::Counting:
        m_page->stop();
        break;
    }
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && m_status->isBusy()) {
        m_status->cancel();
    } else if (event->key() == Qt::Key_Escape && m_pages->currentWidget() == m_import) {
        leaveImport();
    } else if (event->matches(QKeySequence::Paste) &&
               isServer(QApplication::clipboard()->text().trimmed())) {
        open(QApplication::clipboard()->text());
    } else {
        QMainWindow::keyPressEvent(event);
    }
}

void MainWindow::exportUsers() {
    QuerySettings settings;
    settings.asOf = m_page->asOf();
    m_exports->users(m_session, settings, m_page->usersQuery());
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    const auto urls = event->mimeData()->urls();
    if ((urls.size() == 1 && urls.constFirst().isLocalFile()) ||
        isServer(event->mimeData()->text().trimmed())) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QString text = event->mimeData()->text().trimmed();
    open(isServer(text) ? text : event->mimeData()->urls().constFirst().toLocalFile());
    event->acceptProposedAction();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_remembers) {
        QSettings settings;
        settings.setValue(QStringLiteral("geometry"), saveGeometry());
        settings.setValue(QStringLiteral("state"), saveState());
    }
    QMainWindow::closeEvent(event);
}

} // namespace cohortist
