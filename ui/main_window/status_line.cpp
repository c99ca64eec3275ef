// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/status_line.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTextDocument>
#include <QToolTip>

#include <algorithm>

#include "ui/common/elided_label.h"
#include "ui/common/progress_text.h"

namespace cohortist {

namespace {

constexpr qint64 kQuick = 1000; // milliseconds
constexpr double kMillisecond = 1000;

// Qt breaks the lines of a tool tip with markup alone.
QString wrapped(const QString& toolTip) {
    return toolTip.isEmpty() ? QString() : Qt::convertFromPlainText(toolTip, Qt::WhiteSpaceNormal);
}

} // namespace

StatusLine::StatusLine(QWidget* parent)
    : QStatusBar(parent)
    , m_source(new ElidedLabel)
    , m_cost(new ElidedLabel)
    , m_kept(new QPushButton(tr("cached")))
    , m_memory(new ElidedLabel)
    , m_job(new ElidedLabel)
    , m_progress(new QProgressBar)
    , m_cancel(new QPushButton(tr("Cancel"))) {
    setSizeGripEnabled(false);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(140);
    m_progress->setAccessibleName(tr("Progress"));
    m_cancel->setToolTip(tr("Stop what is running (Esc)"));
    m_cancel->setProperty("role", QStringLiteral("link"));
    m_kept->setProperty("role", QStringLiteral("link"));
    connect(m_kept, &QPushButton::clicked, this, [this] {
        QToolTip::showText(m_kept->mapToGlobal(QPoint()), m_kept->toolTip(), m_kept);
    });
    for (QLabel* label : {m_source, m_cost, m_memory, m_job}) {
        label->setContentsMargins(8, 0, 8, 0);
    }
    addWidget(m_source);
    addWidget(m_cost);
    addWidget(m_kept);
    addPermanentWidget(m_job);
    addPermanentWidget(m_progress);
    addPermanentWidget(m_cancel);
    addPermanentWidget(m_memory);
    connect(m_cancel, &QPushButton::clicked, this, &StatusLine::cancel);
    setKept({});
    setMemory({}, {});
    showJob();
}

void StatusLine::setSource(const QString& text) {
    m_source->setText(text);
}

void StatusLine::setCost(const QString& text) {
    m_cost->setText(text);
}

void StatusLine::setKept(const QString& why) {
    m_kept->setToolTip(wrapped(why));
    m_kept->setAccessibleDescription(why);
    m_kept->setVisible(!why.isEmpty());
}

void StatusLine::setMemory(const QString& text, const QString& toolTip) {
    m_memory->setText(text);
    m_memory->setToolTip(wrapped(toolTip));
    m_memory->setVisible(!text.isEmpty());
}

void StatusLine::setJob(Job job, const QString& text) {
    m_jobs[static_cast<std::size_t>(job)] = text;
    showJob();
}

void StatusLine::showJob() {
    const auto running = std::find_if(m_jobs.begin(), m_jobs.end(),
                                      [](const QString& text) { return !text.isEmpty(); });
    const auto place = static_cast<std::size_t>(running - m_jobs.begin());
    const QString text = place < kJobs ? *running : QString();
    if (place != m_shown || text != m_running) {
        m_shown = place;
        m_running = text;
        m_job->setText(text);
        m_progress->setRange(0, 0);
        m_since.start();
    }
    for (QWidget* widget : std::initializer_list<QWidget*>{m_job, m_progress, m_cancel}) {
        widget->setVisible(isBusy());
    }
}

void StatusLine::setProgress(Job job, Progress progress) {
    if (static_cast<std::size_t>(job) != m_shown) {
        return;
    }
    constexpr int kSteps = 1000;
    if (progress.total > 0) {
        m_progress->setRange(0, kSteps);
        m_progress->setValue(static_cast<int>(static_cast<double>(progress.done) /
                                              static_cast<double>(progress.total) * kSteps));
    }
    // A count in passing needs no figures.
    if (job != Job::Counting || m_since.hasExpired(kQuick)) {
        const QString text =
            progressText(progress, static_cast<double>(m_since.elapsed()) / kMillisecond);
        m_job->setText(text.isEmpty() ? m_running : m_running + QStringLiteral(" · ") + text);
    }
}

void StatusLine::cancel() {
    if (isBusy()) {
        emit cancelWanted(static_cast<Job>(m_shown));
    }
}

} // namespace cohortist
