// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/main_window.h"

#include <QActionGroup>
#include <QApplication>
#include <QBuffer>
#include <QDateEdit>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QTimeZone>
#include <QToolBar>
#include <QToolButton>

#include "core/export/output_file.h"
#include "core/import/demo_data.h"
#include "ui/common/error_banner.h"
#include "ui/common/icons.h"
#include "ui/common/messages.h"
#include "ui/common/numbers.h"
#include "ui/events/events_panel.h"
#include "ui/main_window/start_page.h"
#include "ui/main_window/status_line.h"
#include "ui/retention/question_bar.h"
#include "ui/retention/retention_page.h"

namespace cohortist {

namespace {

constexpr int kMostRecent = 8;

QStringList recentPaths() {
    return QSettings().value(QStringLiteral("recent")).toStringList();
}

QDate lastDay(Instant asOf) {
    return QDateTime::fromSecsSinceEpoch(asOf.time_since_epoch().count() - 1, QTimeZone::utc())
        .date();
}

} // namespace

MainWindow::MainWindow(Theme& theme, bool remembers, QWidget* parent)
    : QMainWindow(parent)
    , m_theme(theme)
    , m_remembers(remembers)
    , m_pages(new QStackedWidget)
    , m_start(new StartPage)
    , m_page(new RetentionPage(m_runner))
    , m_events(new EventsPanel)
    , m_status(new StatusLine)
    , m_source(new QToolButton)
    , m_asOf(new QDateEdit) {
    setWindowTitle(tr("Cohortist"));
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    resize(1280, 800);
    m_pages->addWidget(m_start);
    m_pages->addWidget(m_page);
    addDock(); // before the page, so that Tab comes to it before the page
    setCentralWidget(m_pages);
    setStatusBar(m_status);
    addFileMenu();
    addEditAndViewMenus();
    createToolBar();
    connectPage();
    fillRecent();
    if (m_remembers) {
        const QSettings settings;
        restoreGeometry(settings.value(QStringLiteral("geometry")).toByteArray());
        restoreState(settings.value(QStringLiteral("state")).toByteArray());
    }
    m_dock->hide();
}

MainWindow::~MainWindow() {
    m_runner.stop(this);
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

void MainWindow::addFileMenu() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    file->addAction(themedIcon(QStringLiteral("open")), tr("&Open snapshot…"), QKeySequence::Open,
                    this, &MainWindow::chooseFile);
    m_recentMenu = file->addMenu(tr("Open &recent"));
    file->addSeparator();
    m_tableActions << file->addAction(themedIcon(QStringLiteral("export")),
                                      tr("Save table as &CSV…"), QKeySequence(tr("Ctrl+E")), this,
                                      &MainWindow::exportCsv);
    m_tableActions << file->addAction(tr("Save table as &PNG…"), QKeySequence(tr("Ctrl+Shift+E")),
                                      this, &MainWindow::exportPng);
    file->addSeparator();
    file->addAction(themedIcon(QStringLiteral("quit")), tr("&Quit"), QKeySequence::Quit, this,
                    &QWidget::close);
}

void MainWindow::addEditAndViewMenus() {
    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    m_tableActions << edit->addAction(themedIcon(QStringLiteral("copy")), tr("&Copy table"),
                                      QKeySequence(tr("Ctrl+Shift+C")), this,
                                      [this] { m_page->copy(false); });
    m_tableActions << edit->addAction(tr("Copy table with &headings"),
                                      QKeySequence(tr("Ctrl+Alt+C")), this,
                                      [this] { m_page->copy(true); });
    edit->addSeparator();
    edit->addAction(themedIcon(QStringLiteral("search")), tr("&Find events"), QKeySequence::Find,
                    this, [this] {
                        if (m_session) {
                            m_dock->show();
                            m_events->find();
                        }
                    });

    QMenu* view = menuBar()->addMenu(tr("&View"));
    QAction* dock = m_dock->toggleViewAction();
    dock->setShortcut(QKeySequence(tr("Ctrl+Shift+L")));
    view->addAction(dock);
    QMenu* themes = view->addMenu(tr("&Theme"));
    auto* group = new QActionGroup(this);
    const std::pair<ThemeChoice, QString> choices[] = {{ThemeChoice::System, tr("&System")},
                                                       {ThemeChoice::Light, tr("&Light")},
                                                       {ThemeChoice::Dark, tr("&Dark")}};
    for (const auto& [choice, text] : choices) {
        QAction* action = themes->addAction(text, this, [this, chosen = choice] {
            m_theme.choose(chosen);
            if (m_remembers) {
                QSettings().setValue(QStringLiteral("theme"), nameOf(chosen));
            }
        });
        action->setCheckable(true);
        action->setChecked(choice == m_theme.choice());
        group->addAction(action);
    }
    menuBar()
        ->addMenu(tr("&Help"))
        ->addAction(themedIcon(QStringLiteral("about")), tr("&About Cohortist"), this,
                    &MainWindow::showAbout);
    for (QAction* action : m_tableActions) {
        action->setEnabled(false);
    }
}

void MainWindow::createToolBar() {
    QToolBar* bar = QMainWindow::addToolBar(tr("Source"));
    bar->setObjectName(QStringLiteral("sourceBar"));
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    m_source->setToolTip(tr("Open another snapshot (Ctrl+O)"));
    m_source->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_source, &QToolButton::clicked, this, &MainWindow::chooseFile);
    bar->addWidget(m_source);
    auto* label = new QLabel(tr("As of"));
    label->setObjectName(QStringLiteral("dim"));
    label->setContentsMargins(6, 0, 0, 0);
    m_asOfParts.append(bar->addWidget(label));
    m_asOf->setCalendarPopup(true);
    m_asOf->setDisplayFormat(QStringLiteral("d MMM yyyy"));
    m_asOf->setToolTip(tr("Look at the data as it was at the end of this day"));
    m_asOf->setAccessibleName(tr("As of"));
    m_asOf->setKeyboardTracking(false);
    m_asOf->setMinimumWidth(132);
    m_asOfParts.append(bar->addWidget(m_asOf));
    connect(m_asOf, &QDateEdit::dateChanged, this, [this](QDate day) {
        m_page->setAsOf(
            endOf({Granularity::Day, static_cast<std::int32_t>(QDate(1970, 1, 1).daysTo(day))}));
    });
    showSource();
}

void MainWindow::connectPage() {
    connect(m_start, &StartPage::openWanted, this, &MainWindow::chooseFile);
    connect(m_start, &StartPage::recentChosen, this, &MainWindow::open);
    connect(m_start, &StartPage::demoWanted, this, &MainWindow::openDemo);
    connect(m_events, &EventsPanel::chosen, this, [this](const QByteArray& name, bool asReturn) {
        m_page->useEvent(name.toStdString(), asReturn);
    });
    connect(m_page, &RetentionPage::answered, m_status, &StatusLine::setCost);
    connect(m_page, &RetentionPage::progressed, m_status, &StatusLine::setProgress);
    connect(m_page, &RetentionPage::busyChanged, this, &MainWindow::showJob);
    connect(m_page, &RetentionPage::settled, this, [this] {
        for (QAction* action : m_tableActions) {
            action->setEnabled(m_page->model().table() != nullptr);
        }
        emit settled();
    });
    connect(m_status, &StatusLine::cancelWanted, this, &MainWindow::cancel);
}

void MainWindow::chooseFile() {
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open snapshot"), m_path.isEmpty() ? QString() : QFileInfo(m_path).path(),
        tr("Snapshots (*.cohorts);;All files (*)"));
    if (!path.isEmpty()) {
        open(path);
    }
}

// Made once, beside the user's other data of this program.
void MainWindow::openDemo() {
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
    const QString path = folder.filePath(QStringLiteral("demo.cohorts"));
    if (QFileInfo::exists(path)) {
        open(path);
        return;
    }
    folder.mkpath(QStringLiteral("."));
    m_opening = path;
    m_status->setJob(tr("Making the demo"));
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [target = path.toStdString()](const JobContext& job) {
            return writeDemo(DemoOptions(), target, job);
        },
        [this, path](const Result<void>& made) {
            if (made) {
                open(path);
            } else {
                failToOpen(made.error());
            }
        },
        [this](Progress progress) { m_status->setProgress(progress); });
}

void MainWindow::open(const QString& path) {
    m_opening = path;
    showJob();
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [source = path.toStdString()](const JobContext& job) { return Session::open(source, job); },
        [this, path](Result<std::unique_ptr<Session>> opened) { take(path, std::move(opened)); },
        [this](Progress progress) { m_status->setProgress(progress); });
}

void MainWindow::take(const QString& path, Result<std::unique_ptr<Session>> opened) {
    if (!opened) {
        failToOpen(opened.error());
        return;
    }
    m_opening.clear();
    showJob();
    remember(path);
    openSession(std::move(*opened), path);
}

// What was open stays open: the banner stands on whichever page is shown.
void MainWindow::failToOpen(const Error& error) {
    m_opening.clear();
    showJob();
    m_page->showError(error, tr("Choose another…"), [this] { chooseFile(); });
    m_start->banner().show(error, tr("Choose another…"), [this] { chooseFile(); });
    emit settled();
}

void MainWindow::openSession(std::shared_ptr<Session> session, const QString& path) {
    m_start->banner().clear();
    m_session = std::move(session);
    m_path = path;
    showSource();
    m_events->setCatalog(m_session->catalog());
    m_pages->setCurrentWidget(m_page);
    m_dock->show();
    m_page->setSession(m_session);
    m_page->bar().cohort().setFocus();
}

void MainWindow::showSource() {
    const bool isOpen = m_session != nullptr;
    const QString name = isOpen ? QFileInfo(m_path).fileName() : tr("No source");
    m_source->setText(isOpen ? tr("%1 · %2", "a source: its kind").arg(name, tr("snapshot"))
                             : name);
    m_source->setIcon(isOpen ? dotIcon(Dot::Good) : dotIcon(Dot::Off));
    for (QAction* part : m_asOfParts) {
        part->setVisible(isOpen);
    }
    m_status->setSource(
        isOpen ? tr("%1 · %2 events").arg(name, countText(m_session->catalog()->size()))
               : tr("Nothing is open"));
    setWindowTitle(isOpen ? tr("%1 – Cohortist").arg(name) : tr("Cohortist"));
    if (isOpen) {
        const QSignalBlocker blocker(m_asOf);
        m_asOf->setDate(lastDay(m_session->info().asOf));
    }
}

void MainWindow::cancel() {
    m_runner.stop(this);
    m_opening.clear();
    m_page->stop();
    showJob();
}

void MainWindow::showJob() {
    m_status->setJob(!m_opening.isEmpty() ? tr("Opening %1").arg(QFileInfo(m_opening).fileName())
                     : m_page->isBusy()   ? tr("Counting")
                                          : QString());
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && (m_page->isBusy() || !m_opening.isEmpty())) {
        cancel();
        return;
    }
    QMainWindow::keyPressEvent(event);
}

void MainWindow::remember(const QString& path) {
    if (!m_remembers) {
        return;
    }
    QStringList recent = recentPaths();
    const QString absolute = QFileInfo(path).absoluteFilePath();
    recent.removeAll(absolute);
    recent.prepend(absolute);
    QSettings().setValue(QStringLiteral("recent"), QStringList(recent.mid(0, kMostRecent)));
    fillRecent();
}

void MainWindow::fillRecent() {
    const QStringList recent = m_remembers ? recentPaths() : QStringList();
    m_recentMenu->clear();
    m_recentMenu->setEnabled(!recent.isEmpty());
    for (const QString& path : recent) {
        m_recentMenu->addAction(QString(path).replace(QLatin1Char('&'), QStringLiteral("&&")), this,
                                [this, path] { open(path); });
    }
    m_start->setRecent(recent);
}

template <typename Write>
void MainWindow::exportTo(const QString& title, const QString& suffix, Write write) {
    QFileDialog dialog(this, title);
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(suffix);
    dialog.selectFile(QStringLiteral("retention.") + suffix);
    if (dialog.exec() != QDialog::Accepted) {
        return;
    }
    const QString path = dialog.selectedFiles().constFirst();
    if (const Result<void> written = write(path.toStdString()); !written) {
        m_page->showError(written.error(), {}, {});
    } else {
        m_status->setCost(tr("Saved %1").arg(QFileInfo(path).fileName()));
    }
}

void MainWindow::exportCsv() {
    exportTo(tr("Save table as CSV"), QStringLiteral("csv"),
             [this](const std::string& path) { return writeWholeFile(path, m_page->csv()); });
}

void MainWindow::exportPng() {
    exportTo(tr("Save table as PNG"), QStringLiteral("png"), [this](const std::string& path) {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        m_page->image().save(&buffer, "PNG");
        return writeWholeFile(
            path, {buffer.data().constData(), static_cast<std::size_t>(buffer.data().size())});
    });
}

void MainWindow::showAbout() {
    QMessageBox::about(this, tr("About Cohortist"),
                       tr("<b>Cohortist %1</b><p>Explore cohorts of users kept in bitmapist "
                          "bitmaps.</p><p>Free software under the GNU General Public License, "
                          "version 3 or later.</p>")
                           .arg(QStringLiteral(COHORTIST_VERSION)));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    const auto urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.constFirst().isLocalFile()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    open(event->mimeData()->urls().constFirst().toLocalFile());
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
