// SPDX-License-Identifier: GPL-3.0-or-later
// Which users are to be exported: a query with its live count, and how ids are written. Asks in the
// background; judges the query as it is typed. Window's thread alone.
#pragma once

#include <optional>

#include <QDialog>
#include <QTimer>

#include "core/export/users_csv.h"
#include "core/session/session.h"
#include "ui/jobs/job_runner.h"

class QCheckBox;
class QDialogButtonBox;
class QLabel;
class QPushButton;

namespace cohortist {

class QueryEdit;

class UsersDialog : public QDialog {
    Q_OBJECT
public:
    UsersDialog(JobRunner& runner, std::shared_ptr<Session> session, QuerySettings settings,
                QWidget* parent = nullptr);
    ~UsersDialog() override;

    [[nodiscard]] QueryEdit& query() const { return *m_query; }
    // Of the query as it stands; accepted dialogs have one.
    [[nodiscard]] const std::optional<Expr>& expr() const { return m_expr; }
    [[nodiscard]] UsersCsvOptions options() const;

signals:
    void counted(); // the count, or why there is none, is shown

private:
    void count();
    void showCount(const Expr& expr, const Result<CountResult>& result);
    void refuse(const Error& error);

    JobRunner& m_runner;
    std::shared_ptr<Session> m_session;
    QuerySettings m_settings;
    std::optional<Expr> m_expr;
    QTimer m_delay;
    QueryEdit* m_query;
    QLabel* m_count;
    QCheckBox* m_protect;
    QDialogButtonBox* m_buttons;
    QPushButton* m_save;
};

} // namespace cohortist
