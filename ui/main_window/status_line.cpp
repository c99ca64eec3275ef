// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/status_line.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace cohortist {

StatusLine::StatusLine(QWidget* parent)
    : QStatusBar(parent)
    , m_source(new QLabel)
    , m_cost(new QLabel)
    , m_job(new QLabel)
    , m_progress(new QProgressBar)
    , m_cancel(new QPushButton(tr("Cancel"))) {
    setSizeGripEnabled(false);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(140);
    m_progress->setAccessibleName(tr("Progress"));
    m_cancel->setToolTip(tr("Stop what is running (Esc)"));
    m_cancel->setProperty("role", QStringLiteral("link"));
    for (QLabel* label : {m_source, m_cost, m_job}) {
        label->setContentsMargins(8, 0, 8, 0);
        label->setTextFormat(Qt::PlainText); // names of files may look like markup
    }
    addWidget(m_source);
    addWidget(m_cost);
    addPermanentWidget(m_job);
    addPermanentWidget(m_progress);
    addPermanentWidget(m_cancel);
    connect(m_cancel, &QPushButton::clicked, this, &StatusLine::cancelWanted);
    setJob({});
}

void StatusLine::setSource(const QString& text) {
    m_source->setText(text);
}

void StatusLine::setCost(const QString& text) {
    m_cost->setText(text);
}

void StatusLine::setJob(const QString& text) {
    m_job->setText(text);
    m_progress->setRange(0, 0);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_job, m_progress, m_cancel}) {
        widget->setVisible(!text.isEmpty());
    }
}

void StatusLine::setProgress(Progress progress) {
    constexpr int kSteps = 1000;
    if (progress.total > 0) {
        m_progress->setRange(0, kSteps);
        m_progress->setValue(static_cast<int>(static_cast<double>(progress.done) /
                                              static_cast<double>(progress.total) * kSteps));
    }
}

} // namespace cohortist
