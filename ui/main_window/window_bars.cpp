// SPDX-License-Identifier: GPL-3.0-or-later
// The window's menus and tool bar.
#include <QActionGroup>
#include <QDateEdit>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QToolBar>
#include <QToolButton>

#include "ui/common/icons.h"
#include "ui/events/events_panel.h"
#include "ui/main_window/exports.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/recent_sources.h"
#include "ui/main_window/start_page.h"
#include "ui/retention/retention_page.h"
#include "ui/sources/kept_data.h"
#include "ui/sources/server_sources.h"

namespace cohortist {

namespace {

constexpr int kIcon = 16;

} // namespace

void MainWindow::addFileMenu() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    auto* others = new QMenu(m_source); // of what else may be opened, at hand where it says what is
    others->addAction(file->addAction(themedIcon(QStringLiteral("open")), tr("&Open file…"),
                                      QKeySequence::Open, this, &MainWindow::chooseFile));
    others->addAction(file->addAction(themedIcon(QStringLiteral("server")),
                                      tr("C&onnect to a server…"), QKeySequence(tr("Ctrl+Shift+O")),
                                      m_servers, [this] { m_servers->ask(); }));
    m_recentMenu = file->addMenu(tr("Open &recent"));
    others->addMenu(m_recentMenu);
    m_source->setMenu(others);
    file->addAction(themedIcon(QStringLiteral("import")), tr("&Import an event log…"),
                    QKeySequence(tr("Ctrl+I")), this, &MainWindow::chooseLog);
    file->addSeparator();
    m_refresh = file->addAction(themedIcon(QStringLiteral("refresh")), tr("Re&fresh"),
                                QKeySequence::Refresh, this, &MainWindow::refresh);
    m_refresh->setToolTip(
        tr("Read all again (%1)")
            .arg(QKeySequence(QKeySequence::Refresh).toString(QKeySequence::NativeText)));
    m_refresh->setEnabled(false);
    m_snapshot = file->addAction(tr("S&napshot of server…"), QKeySequence(tr("Ctrl+Shift+S")), this,
                                 &MainWindow::snapshotServer);
    m_snapshot->setEnabled(false);
    m_exportUsers = file->addAction(themedIcon(QStringLiteral("users")), tr("Export &users…"),
                                    QKeySequence(tr("Ctrl+U")), this, &MainWindow::exportUsers);
    m_exportUsers->setEnabled(false);
    m_tableActions << file->addAction(themedIcon(QStringLiteral("export")),
                                      tr("Save table as &CSV…"), QKeySequence(tr("Ctrl+E")),
                                      m_exports, &Exports::tableCsv);
    m_tableActions << file->addAction(tr("Save table as &PNG…"), QKeySequence(tr("Ctrl+Shift+E")),
                                      m_exports, &Exports::tablePng);
    file->addSeparator();
    m_kept->addTo(*file);
    file->addSeparator();
    file->addAction(themedIcon(QStringLiteral("quit")), tr("&Quit"), QKeySequence::Quit, this,
                    &QWidget::close);
}

void MainWindow::addEditAndViewMenus() {
    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    m_tableActions << edit->addAction(themedIcon(QStringLiteral("copy")), tr("&Copy table"),
                                      QKeySequence(tr("Ctrl+Shift+C")), this, [this] {
                                          m_page->copy(false);
                                          m_status->setCost(tr("Copied"));
                                      });
    m_tableActions << edit->addAction(tr("Copy table with &headings"),
                                      QKeySequence(tr("Ctrl+Alt+C")), this, [this] {
                                          m_page->copy(true);
                                          m_status->setCost(tr("Copied"));
                                      });
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
    bar->setIconSize(QSize(kIcon, kIcon));
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    m_source->setToolTip(tr("Open another file or server"));
    m_source->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_source->setPopupMode(QToolButton::InstantPopup);
    bar->addWidget(m_source);
    bar->addAction(m_refresh);
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
    for (QAction* part : m_asOfParts) {
        part->setVisible(false); // until there is a source
    }
}

void MainWindow::fillRecent() {
    const QStringList recent = m_remembers ? recentSources() : QStringList();
    m_recentMenu->clear();
    m_recentMenu->setEnabled(!recent.isEmpty());
    for (const QString& path : recent) {
        m_recentMenu->addAction(QString(path).replace(QLatin1Char('&'), QStringLiteral("&&")), this,
                                [this, path] { open(path); });
    }
    m_start->setRecent(recent);
}

void MainWindow::showAbout() {
    QMessageBox::about(this, tr("About Cohortist"),
                       tr("<b>Cohortist %1</b><p>Explore cohorts of users kept in bitmapist "
                          "bitmaps.</p><p>Free software under the GNU General Public License, "
                          "version 3 or later.</p>")
                           .arg(QStringLiteral(COHORTIST_VERSION)));
}

} // namespace cohortist
