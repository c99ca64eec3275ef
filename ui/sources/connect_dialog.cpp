// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/connect_dialog.h"

#include <chrono>

#include <QEvent>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/sources/fault_advice.h"
#include "ui/sources/finding_view.h"
#include "ui/sources/server_fields.h"

namespace cohortist {

namespace {

constexpr int kWidth = 640;
constexpr std::chrono::seconds kTick{1};
constexpr qint64 kLong = 3; // seconds, from when on they are told

} // namespace

ConnectDialog::ConnectDialog(JobRunner& runner, Passwords& passwords, QWidget* parent)
    : QDialog(parent)
    , m_runner(runner)
    , m_fields(new ServerFields(passwords))
    , m_finding(new FindingView)
    , m_test(new QPushButton(tr("Test")))
    , m_connect(new QPushButton(tr("Connect"))) {
    setWindowTitle(tr("Connect to a server"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 12);
    layout->setSpacing(8);
    auto* title = new QLabel(tr("Connect to a server"));
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.15);
    large.setWeight(QFont::DemiBold);
    title->setFont(large);
    layout->addWidget(title);
    layout->addWidget(m_fields);
    layout->addWidget(m_finding);
    layout->addStretch();
    addButtons();
    connect(m_fields, &ServerFields::edited, this, &ConnectDialog::stop); // it was about others
    connect(m_fields, &ServerFields::unreadable, this, &ConnectDialog::showFault);
    connect(m_fields, &ServerFields::filled, this, [this] {
        m_finding->hide();
        m_test->setText(tr("Test"));
    });
    connect(&m_ticks, &QTimer::timeout, this, &ConnectDialog::showWork);
    setForm({});
    resize(kWidth, sizeHint().height());
    m_fields->setFocus();
}

ConnectDialog::~ConnectDialog() {
    m_fields->disconnect(this); // they go after this, and say so
    m_runner.stop(this);
}

void ConnectDialog::addButtons() {
    auto* line = new QFrame;
    line->setObjectName(QStringLiteral("hairLine"));
    line->setFixedHeight(1);
    layout()->addWidget(line);
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setToolTip(tr("Leave (Esc)"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_test);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_connect);
    static_cast<QVBoxLayout*>(layout())->addLayout(buttons);
    m_test->setToolTip(tr("See what the server is and what lies in it"));
    m_test->setAutoDefault(false);
    cancel->setAutoDefault(false);
    m_connect->setProperty("role", QStringLiteral("primary"));
    m_connect->setDefault(true);
    connect(m_test, &QPushButton::clicked, this, [this] {
        if (m_isBusy) {
            stop();
        } else {
            test();
        }
    });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_connect, &QPushButton::clicked, this, &ConnectDialog::connectNow);
    connect(this, &QDialog::finished, this, &ConnectDialog::stop);
}

void ConnectDialog::setForm(const ServerForm& form) {
    m_fields->setForm(form);
}

ServerForm ConnectDialog::form() const {
    return m_fields->form();
}

std::optional<ServerAddress> ConnectDialog::address() {
    auto address = m_fields->address();
    if (!address) {
        showFault(address.error());
        emit told();
        return std::nullopt;
    }
    if (address->password.empty()) {
        address->password = qEnvironmentVariable("COHORTIST_PASSWORD").toStdString();
    }
    return *address;
}

void ConnectDialog::begin(const QString& what) {
    m_isBusy = true;
    m_doing = what;
    m_test->setText(tr("Stop"));
    m_connect->setEnabled(false);
    m_listed = 0;
    m_since.start();
    m_ticks.start(kTick);
    showWork();
}

void ConnectDialog::end() {
    m_isBusy = false;
    m_ticks.stop();
    m_test->setText(tr("Test again"));
    m_connect->setEnabled(true);
}

void ConnectDialog::stop() {
    if (m_isBusy) {
        m_runner.stop(this);
        end();
        m_finding->hide();
    }
}

void ConnectDialog::showProgress(Progress progress) {
    m_listed = progress.done;
    showWork();
}

void ConnectDialog::showWork() {
    const qint64 seconds = m_since.elapsed() / 1000;
    const QString work =
        m_listed > 0 ? tr("%1, %2 so far").arg(m_doing, keysText(m_listed)) : m_doing;
    m_finding->showBusy(seconds < kLong ? work : tr("%1 · %2 s").arg(work).arg(seconds));
}

void ConnectDialog::test() {
    const auto tested = address();
    if (!tested) {
        return;
    }
    begin(tr("Asking %1").arg(QString::fromStdString(tested->name())));
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [tested = *tested](const JobContext& job) { return probeServer(tested, job); },
        [this, tested = *tested](const Result<ServerFinding>& finding) {
            end();
            if (finding) {
                showFinding(*finding, tested);
            } else {
                showFault(finding.error());
            }
            emit told();
        },
        [this](Progress progress) { showProgress(progress); });
}

void ConnectDialog::connectNow() {
    if (m_isBusy) {
        return;
    }
    const auto wanted = address();
    if (!wanted) {
        return;
    }
    begin(tr("Connecting to %1").arg(QString::fromStdString(wanted->name())));
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [wanted = *wanted](const JobContext& job) { return openOrChoose(wanted, job); },
        [this, wanted = *wanted](Result<OpenedOrFound> result) {
            end();
            if (!result) {
                showFault(result.error());
            } else if (result->found) {
                showFinding(*result->found, wanted);
                m_fields->focusOn("prefix");
            } else {
                m_fields->keepPassword(wanted);
                emit connected(wanted, result->opened);
                accept();
            }
            emit told();
        },
        [this](Progress progress) { showProgress(progress); });
}

void ConnectDialog::showFinding(const ServerFinding& finding, const ServerAddress& address) {
    m_finding->showFinding(finding, address);
    m_fields->offerPrefixes(finding.prefixes);
    if (finding.isClusterNode) {
        m_fields->focusOn("cluster");
    }
}

void ConnectDialog::showFault(const Error& error) {
    m_finding->showFault(error, adviceFor(error, form()));
    m_fields->focusOn(error.part);
}

bool ConnectDialog::event(QEvent* event) {
    const bool isDone = QDialog::event(event);
    if (event->type() == QEvent::LayoutRequest) {
        // Else wrapped words and rows that open would press the others together.
        const int wanted = layout()->totalHeightForWidth(width());
        if (height() < wanted) {
            resize(width(), wanted);
        }
    }
    return isDone;
}

QString ConnectDialog::finding() const {
    return m_finding->text();
}

} // namespace cohortist
