// SPDX-License-Identifier: GPL-3.0-or-later
// The window: menu, tool bar, events, the page in the middle, status. It brings the parts together
// and hands them the source; what a part does is the part's own business. Window's thread alone.
#pragma once

#include <QMainWindow>

#include "core/session/session.h"
#include "ui/common/theme.h"
#include "ui/jobs/job_runner.h"
#include "ui/main_window/status_line.h"

class QDateEdit;
class QStackedWidget;
class QToolButton;

namespace cohortist {

class EventsPanel;
class Exports;
class ImportPage;
class KeptData;
class RetentionPage;
class ServerSources;
class SourceOpener;
class SourceStatus;
class StartPage;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    // remembers: window places and recent sources are read and kept.
    MainWindow(Theme& theme, bool remembers, QWidget* parent = nullptr);
    ~MainWindow() override;

    void open(const QString& path); // a source, or an event log to import
    void openLast();                // the last source, where it is still there
    void openSession(std::shared_ptr<Session> session, const QString& path,
                     const QString& summary = {}); // opened already
    [[nodiscard]] RetentionPage& retentionPage() const { return *m_page; }
    [[nodiscard]] ServerSources& servers() const { return *m_servers; }

signals:
    void settled(); // nothing runs for what was opened: its first table, or why there is none

    void openFailed(const Error& error);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void addFileMenu();
    void addEditAndViewMenus();
    void createToolBar();
    void addDock();
    void connectPage();
    void connectServers();
    void connectImport();
    void connectExports();
    void chooseFile();
    void letPageDecide();
    void chooseLog();
    void importLog(const QString& path);
    void leaveImport();
    void refresh();
    void snapshotServer();
    void failToOpen(const QString& source, const Error& error);
    void choosePrefix(const QString& file, const std::vector<std::string>& prefixes);
    void take(const QString& path, const std::shared_ptr<Session>& session,
              const QString& summary = {});
    void stop(StatusLine::Job job);
    void exportUsers();
    void fillRecent();
    void showAbout();

    Theme& m_theme;
    bool m_remembers;
    JobRunner m_runner;
    std::shared_ptr<Session> m_session;
    std::optional<ServerAddress> m_server; // that is open
    QString m_path;                        // or a server's address, without its password
    QString m_imported;                    // the snapshot made last …
    QString m_importedSummary;             // … and what went into it

    QStackedWidget* m_pages;
    StartPage* m_start;
    RetentionPage* m_page;
    ImportPage* m_import;
    EventsPanel* m_events;
    StatusLine* m_status;
    SourceOpener* m_opener;
    ServerSources* m_servers;
    Exports* m_exports;
    KeptData* m_kept;
    QToolButton* m_source;
    SourceStatus* m_sourceStatus;
    QDateEdit* m_asOf;
    QList<QAction*> m_asOfParts;
    QMenu* m_recentMenu;
    QDockWidget* m_dock;
    QList<QAction*> m_tableActions; // of no use without a table
    QAction* m_refresh;             // of no use without a source
    QAction* m_snapshot;            // of no use without a server
    QAction* m_exportUsers;         // of no use without a source
};

} // namespace cohortist
