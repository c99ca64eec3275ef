// SPDX-License-Identifier: GPL-3.0-or-later
// The window: menu, tool bar, events, the page in the middle, status. It opens sources in the
// background and hands them to the parts; what a part does is the part's own business. Window's
// thread alone.
#pragma once

#include <QMainWindow>

#include "core/session/session.h"
#include "ui/common/theme.h"
#include "ui/jobs/job_runner.h"

class QDateEdit;
class QStackedWidget;
class QToolButton;

namespace cohortist {

class EventsPanel;
class RetentionPage;
class StartPage;
class StatusLine;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    // remembers: window places and recent sources are read and kept.
    MainWindow(Theme& theme, bool remembers, QWidget* parent = nullptr);
    ~MainWindow() override;

    void open(const QString& path);
    void openSession(std::shared_ptr<Session> session, const QString& path); // opened already
    [[nodiscard]] RetentionPage& retentionPage() const { return *m_page; }

signals:
    void settled(); // nothing runs for what was opened: its first table, or why there is none

protected:
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
    void chooseFile();
    void openDemo();
    void failToOpen(const Error& error);
    void take(const QString& path, Result<std::unique_ptr<Session>> opened);
    void showSource();
    void showJob();
    void cancel();
    void remember(const QString& path);
    void fillRecent();
    template <typename Write>
    void exportTo(const QString& title, const QString& suffix, Write write);
    void exportCsv();
    void exportPng();
    void showAbout();

    Theme& m_theme;
    bool m_remembers;
    JobRunner m_runner;
    std::shared_ptr<Session> m_session;
    QString m_path;
    QString m_opening; // empty: nothing is being opened

    QStackedWidget* m_pages;
    StartPage* m_start;
    RetentionPage* m_page;
    EventsPanel* m_events;
    StatusLine* m_status;
    QToolButton* m_source;
    QDateEdit* m_asOf;
    QList<QAction*> m_asOfParts;
    QMenu* m_recentMenu;
    QDockWidget* m_dock;
    QList<QAction*> m_tableActions; // of no use without a table
};

} // namespace cohortist
