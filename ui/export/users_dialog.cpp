// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/users_dialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/common/messages.h"
#include "ui/common/numbers.h"
#include "ui/common/query_edit.h"

namespace cohortist {

namespace {

constexpr auto kTypingPause = std::chrono::milliseconds(150);
constexpr int kWidth = 560;

} // namespace

UsersDialog::UsersDialog(JobRunner& runner, std::shared_ptr<Session> session,
                         QuerySettings settings, QWidget* parent)
    : QDialog(parent)
    , m_runner(runner)
    , m_session(std::move(session))
    , m_settings(std::move(settings))
    , m_query(new QueryEdit)
    , m_count(new QLabel)
    , m_protect(new QCheckBox(tr("Keep spreadsheets from reading ids as formulas")))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel))
    , m_save(m_buttons->addButton(tr("Save as CSV…"), QDialogButtonBox::AcceptRole)) {
    setWindowTitle(tr("Export users"));
    resize(kWidth, sizeHint().height());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 12);
    layout->setSpacing(8);
    auto* label = new QLabel(tr("&Users who did"));
    label->setBuddy(m_query);
    layout->addWidget(label);
    m_query->setCatalog(m_session->catalog());
    m_query->setPlaceholderText(tr("a query, such as signup@last 7 days & ~premium"));
    m_query->setAccessibleName(tr("Users who did"));
    layout->addWidget(m_query);
    m_count->setWordWrap(true);
    m_count->setTextFormat(Qt::PlainText);
    m_count->setMinimumHeight(m_count->fontMetrics().lineSpacing() * 2);
    m_count->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    layout->addWidget(m_count);
    m_protect->setToolTip(tr("Puts an apostrophe before ids that begin with =, +, - or @"));
    m_protect->setChecked(true);
    m_protect->setVisible(m_session->info().hasTextIds);
    layout->addWidget(m_protect);
    layout->addStretch();
    m_save->setProperty("role", QStringLiteral("primary"));
    m_save->setDefault(true);
    layout->addWidget(m_buttons);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &UsersDialog::count);
    connect(m_query, &QLineEdit::textChanged, this, [this] { m_delay.start(kTypingPause); });
    count();
}

UsersDialog::~UsersDialog() {
    m_runner.stop(this);
}

UsersCsvOptions UsersDialog::options() const {
    UsersCsvOptions options;
    options.isRaw = !m_protect->isChecked();
    return options;
}

void UsersDialog::count() {
    m_delay.stop();
    m_runner.stop(this);
    m_query->clearFault();
    m_expr.reset();
    const QString text = m_query->text();
    m_save->setEnabled(false);
    if (text.trimmed().isEmpty()) {
        m_count->setText(tr("Write a query. Names of events are completed as you type."));
        emit counted();
        return;
    }
    const auto parsed = parseQuery(text.toStdString());
    if (!parsed) {
        refuse(parsed.error());
        return;
    }
    m_runner.run(
        this, JobRunner::Lane::Compute, JobRunner::Priority::Interactive,
        [session = m_session, expr = *parsed, settings = m_settings](const JobContext& job) {
            return session->count(expr, settings, job);
        },
        [this, expr = *parsed](const Result<CountResult>& result) { showCount(expr, result); });
}

void UsersDialog::showCount(const Expr& expr, const Result<CountResult>& result) {
    if (!result) {
        refuse(result.error());
        return;
    }
    m_expr = expr;
    m_count->setText(result->count == 1 ? tr("1 user")
                                        : tr("%1 users").arg(countText(result->count)));
    m_save->setEnabled(true);
    emit counted();
}

void UsersDialog::refuse(const Error& error) {
    if (error.part.empty()) {
        m_query->setFault(error);
    }
    m_count->setText(whole(error));
    emit counted();
}

} // namespace cohortist
