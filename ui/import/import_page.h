// SPDX-License-Identifier: GPL-3.0-or-later
// The import page: an event log's first lines, how they are read (changeable), and the run that
// makes a snapshot of it; afterwards what was imported and what was left out. Looks and works in
// the background. Window's thread alone.
#pragma once

#include <QTimer>
#include <QWidget>

#include "core/import/event_log.h"
#include "core/import/log_preview.h"
#include "ui/jobs/job_runner.h"

class QLabel;
class QPushButton;
class QTableView;

namespace cohortist {

class Banner;
class ImportForm;
class PreviewModel;

class ImportPage : public QWidget {
    Q_OBJECT
public:
    explicit ImportPage(JobRunner& runner, QWidget* parent = nullptr);

    void setLog(const QString& path); // looks at it
    [[nodiscard]] QString log() const { return m_log; }
    [[nodiscard]] bool isBusy() const { return m_isImporting; }
    [[nodiscard]] ImportForm& form() const { return *m_form; }
    [[nodiscard]] const PreviewModel& preview() const { return *m_preview; }
    void stop(); // the import; nothing was written

signals:
    void otherWanted(); // another log
    void closeWanted();
    void previewed(); // the first lines, or why there are none, are shown
    void busyChanged(bool isBusy);
    void progressed(Progress progress);
    // summary: what was imported, and what was left out, in sentences.
    void imported(const QString& snapshot, const QString& summary);
    void failed();

private:
    void addHead();
    void addFoot();
    void lookSoon();
    void look();
    void showPreview(Result<LogPreview> preview);
    void run();
    void take(const QString& output, const Result<ImportSummary>& summary);
    void setBusy(bool isBusy);
    void updateFoot();

    JobRunner& m_runner;
    QString m_log;
    QTimer m_delay;
    bool m_isImporting = false;
    bool m_canImport = false;

    QLabel* m_title;
    QLabel* m_path;
    QPushButton* m_other;
    Banner* m_banner;
    ImportForm* m_form;
    PreviewModel* m_preview;
    QTableView* m_table;
    QLabel* m_summary;
    QLabel* m_reading;
    QLabel* m_problem;
    QPushButton* m_close;
    QPushButton* m_import;
};

} // namespace cohortist
