// SPDX-License-Identifier: GPL-3.0-or-later
// What the status bar shows: the source, the last question's cost, whether its figures come from
// local copies, how full the memory is, and a running job with progress, rate, time left and a
// cancel button. Of several jobs it shows the weightiest. Window's thread alone.
#pragma once

#include <array>
#include <cstdint>

#include <QElapsedTimer>
#include <QStatusBar>

#include "core/base/job_context.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace cohortist {

class StatusLine : public QStatusBar {
    Q_OBJECT
public:
    enum class Job : std::uint8_t { Opening, Importing, Exporting, Counting }; // weightiest first

    explicit StatusLine(QWidget* parent = nullptr);

    void setSource(const QString& text);
    void setCost(const QString& text);
    // Says "cached", and why on being pointed at or pressed; empty: nothing shown is.
    void setKept(const QString& why);
    void setMemory(const QString& text, const QString& toolTip);
    void setJob(Job job, const QString& text); // empty: it does not run
    void setProgress(Job job, Progress progress);
    [[nodiscard]] bool isBusy() const { return m_shown < kJobs; }

public slots:
    void cancel(); // what is shown

signals:
    void cancelWanted(Job job);

private:
    static constexpr std::size_t kJobs = 4;
    void showJob();

    std::array<QString, kJobs> m_jobs;
    std::size_t m_shown = kJobs; // kJobs: none
    QString m_running;           // the shown job, in words
    QElapsedTimer m_since;
    QLabel* m_source;
    QLabel* m_cost;
    QPushButton* m_kept;
    QLabel* m_memory;
    QLabel* m_job;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
};

} // namespace cohortist
