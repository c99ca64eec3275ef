// SPDX-License-Identifier: GPL-3.0-or-later
// The question as a sentence whose parts are edited in place, and below it how the answer is shown.
// Tells when something was changed by the user; judges nothing. Window's thread alone.
#pragma once

#include <QWidget>

#include "ui/common/query_edit.h"
#include "ui/retention/retention_text.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace cohortist {

class FlowLayout;
class SegmentedControl;

class QuestionBar : public QWidget {
    Q_OBJECT
public:
    explicit QuestionBar(QWidget* parent = nullptr);

    void setCatalog(const std::shared_ptr<const EventCatalog>& catalog);
    void setQueries(const QString& cohort, const QString& returned);
    void setRows(int rows);
    [[nodiscard]] QueryEdit& cohort() const { return *m_cohort; }
    [[nodiscard]] QueryEdit& returned() const { return *m_returned; }
    // All but the queries themselves. Nothing when the brackets do not parse.
    [[nodiscard]] std::optional<RetentionQuestion> question() const;
    [[nodiscard]] RetentionView view() const;
    // Under the sentence: what is wrong, and the one-click way out where there is one.
    void showFault(const QString& text, const QString& actionText, std::function<void()> action);
    void clearFault(); // of the queries too

signals:
    void questionChanged();
    void viewChanged();

private:
    void addSentence();
    void addControls();
    void addFault();
    void retitle();

    QueryEdit* m_cohort;
    QueryEdit* m_returned;
    QLabel* m_article;
    QComboBox* m_by;
    QComboBox* m_kind;
    QLineEdit* m_brackets;
    SegmentedControl* m_churn;
    SegmentedControl* m_unit;
    SegmentedControl* m_first;
    SegmentedControl* m_base;
    SegmentedControl* m_mean;
    QSpinBox* m_rows;
    QSpinBox* m_columns;
    QWidget* m_columnsPart;
    QWidget* m_faultLine;
    QLabel* m_fault;
    QPushButton* m_fix;
    std::function<void()> m_action;
};

} // namespace cohortist
