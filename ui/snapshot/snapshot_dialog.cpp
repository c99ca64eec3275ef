// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/snapshot/snapshot_dialog.h"

#include <QAccessible>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

#include "ui/common/messages.h"
#include "ui/common/progress_text.h"
#include "ui/snapshot/copy_text.h"

namespace cohortist {

namespace {

constexpr auto kPause = std::chrono::milliseconds(200);
constexpr int kWidth = 560;
constexpr int kHeight = 520;
constexpr int kSteps = 1000;

} // namespace

SnapshotDialog::SnapshotDialog(const ServerAddress& address,
                               const std::shared_ptr<Session>& session, const QString& name,
                               const QString& path, QWidget* parent)
    : QDialog(parent)
    , m_run(address, session)
    , m_form(new CopyForm(session->catalog(), path))
    , m_told(new QLabel)
    , m_file(new QLabel)
    , m_progress(new QProgressBar)
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Close))
    , m_act(m_buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole)) {
    setWindowTitle(tr("Snapshot of %1").arg(name));
    addParts(name);
    resize(kWidth, kHeight);
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &SnapshotDialog::estimate);
    connect(m_form, &CopyForm::changed, this, &SnapshotDialog::estimateSoon);
    connect(m_form, &CopyForm::pathChanged, this, &SnapshotDialog::estimateSoon);
    connect(m_act, &QPushButton::clicked, this, &SnapshotDialog::press);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(&m_run, &ServerCopyRun::estimated, this, [this](const CopyEstimate& estimate) {
        const std::uint64_t parts = m_run.partsBytes();
        const QString text = estimateText(estimate);
        m_act->setText(parts > 0 ? tr("Go on") : tr("Copy"));
        m_act->setEnabled(estimate.keys > 0);
        tell("busy", parts > 0 ? text + QLatin1Char('\n') + interruptedText(parts) : text);
        emit estimated();
    });
    connect(&m_run, &ServerCopyRun::notEstimated, this, [this](const Error& error) {
        m_act->setEnabled(true);
        tell("error", failureText(error, false));
        emit estimated();
    });
    connect(&m_run, &ServerCopyRun::progressed, this, &SnapshotDialog::showProgress);
    connect(&m_run, &ServerCopyRun::copied, this,
            [this](const QString& file, const CopySummary& summary, std::uint64_t bytes) {
                m_copied = file;
                end("good", copiedText(summary, bytes));
            });
    connect(&m_run, &ServerCopyRun::failed, this, [this](const Error& error) {
        end(error.code == ErrorCode::Cancelled ? "warning" : "error",
            failureText(error, m_run.partsBytes() > 0));
    });
    estimate();
}

void SnapshotDialog::addParts(const QString& name) {
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(16, 16, 16, 12);
    rows->setSpacing(8);
    auto* what = new QLabel(tr("Copies events of %1 into a file that opens without the server. The "
                               "server is only read.")
                                .arg(name));
    what->setObjectName(QStringLiteral("dim"));
    what->setTextFormat(Qt::PlainText);
    what->setWordWrap(true);
    rows->addWidget(what);
    rows->addWidget(m_form, 1);
    m_file->setObjectName(QStringLiteral("warning"));
    m_file->setWordWrap(true);
    m_file->hide();
    rows->addWidget(m_file);
    m_told->setObjectName(QStringLiteral("finding"));
    m_told->setTextFormat(Qt::PlainText);
    m_told->setWordWrap(true);
    m_told->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_told->setContentsMargins(12, 8, 12, 8);
    rows->addWidget(m_told);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress"));
    m_progress->hide();
    rows->addWidget(m_progress);
    m_act->setProperty("role", QStringLiteral("primary"));
    rows->addWidget(m_buttons);
    m_act->setDefault(true); // of this dialog, so only once it is in it
}

void SnapshotDialog::estimateSoon() {
    m_copied.clear();
    m_delay.start(kPause);
}

void SnapshotDialog::estimate() {
    m_file->setVisible(QFileInfo::exists(m_form->path()));
    m_file->setText(tr("The file is there already. It will be replaced."));
    m_act->setEnabled(false);
    m_act->setText(tr("Copy"));
    const auto selection = m_form->selection();
    if (!selection) {
        tell("warning", m_form->trouble());
        emit estimated();
        return;
    }
    tell("busy", tr("Estimating the size…"));
    m_run.estimate(*selection);
}

void SnapshotDialog::press() {
    if (m_run.isCopying()) {
        m_act->setEnabled(false);
        tell("busy", tr("Stopping; what was read is being kept…"));
        m_run.stop();
    } else if (!m_copied.isEmpty()) {
        emit openWanted(m_copied);
        accept();
    } else {
        begin();
    }
}

void SnapshotDialog::begin() {
    m_delay.stop();
    const auto selection = m_form->selection();
    if (!selection) {
        estimate();
        return;
    }
    m_form->setEnabled(false);
    m_act->setText(tr("Stop"));
    m_act->setEnabled(true);
    m_file->hide();
    m_progress->setRange(0, 0);
    m_progress->show();
    m_since.start();
    tell("busy", tr("Connecting"));
    m_run.copy(*selection, m_form->path());
}

void SnapshotDialog::end(const char* tone, const QString& text) {
    m_form->setEnabled(true);
    m_progress->hide();
    m_act->setEnabled(true);
    m_act->setText(!m_copied.isEmpty()      ? tr("Open the snapshot")
                   : m_run.partsBytes() > 0 ? tr("Go on")
                                            : tr("Copy"));
    m_act->setFocus();
    tell(tone, text);
    emit ended();
}

void SnapshotDialog::showProgress(Progress progress) {
    if (!m_act->isEnabled()) { // it is being stopped
        return;
    }
    const bool isKnown = progress.total > 0;
    m_progress->setRange(0, isKnown ? kSteps : 0);
    if (isKnown) {
        m_progress->setValue(static_cast<int>(static_cast<double>(progress.done) /
                                              static_cast<double>(progress.total) * kSteps));
    }
    constexpr double kMillisecond = 1000;
    const QString text =
        progressText(progress, static_cast<double>(m_since.elapsed()) / kMillisecond);
    tell("busy", text.isEmpty() ? tr("Copying") : tr("Copying · %1").arg(text));
}

void SnapshotDialog::tell(const char* tone, const QString& text) {
    m_told->setProperty("tone", QLatin1String(tone));
    m_told->style()->polish(m_told);
    m_told->setText(text);
    QAccessibleEvent event(m_told, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&event);
}

QString SnapshotDialog::told() const {
    return m_told->text();
}

void SnapshotDialog::reject() {
    if (m_run.isCopying()) {
        press();
    } else {
        QDialog::reject();
    }
}

} // namespace cohortist
