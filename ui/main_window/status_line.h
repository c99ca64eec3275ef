// SPDX-License-Identifier: GPL-3.0-or-later
// What the status bar shows: the source, the last question's cost, and a running job with progress
// and a cancel button. Window's thread alone.
#pragma once

#include <QStatusBar>

#include "core/base/job_context.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace cohortist {

class StatusLine : public QStatusBar {
    Q_OBJECT
public:
    explicit StatusLine(QWidget* parent = nullptr);

    void setSource(const QString& text);
    void setCost(const QString& text);
    void setJob(const QString& text); // empty: none runs
    void setProgress(Progress progress);

signals:
    void cancelWanted();

private:
    QLabel* m_source;
    QLabel* m_cost;
    QLabel* m_job;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
};

} // namespace cohortist
