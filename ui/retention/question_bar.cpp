// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retention/question_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/common/flow_layout.h"
#include "ui/common/labelled.h"
#include "ui/common/numbers.h"
#include "ui/common/segmented_control.h"

namespace cohortist {

namespace {

using Table = RetentionQuestion::Kind;

constexpr int kMostSpinRows = 1000;

QSpinBox* spinBox(const QString& name, int least, int value) {
    auto* box = new QSpinBox;
    box->setRange(least, kMostSpinRows);
    box->setValue(value);
    box->setKeyboardTracking(false);
    box->setAccessibleName(name);
    box->setToolTip(name);
    return box;
}

} // namespace

QuestionBar::QuestionBar(QWidget* parent)
    : QWidget(parent)
    , m_cohort(new QueryEdit)
    , m_returned(new QueryEdit)
    , m_article(word({}))
    , m_by(new QComboBox)
    , m_kind(new QComboBox)
    , m_brackets(new QLineEdit(QStringLiteral("0, 1-3, 4-7")))
    , m_churn(new SegmentedControl(tr("Shown rate"), {tr("Retention"), tr("Churn")}))
    , m_unit(new SegmentedControl(tr("Unit"), {tr("%"), tr("Users")}))
    , m_first(new SegmentedControl(tr("Cohorts"), {tr("Every time"), tr("First time")}))
    , m_base(new SegmentedControl(tr("Share"), {tr("of cohort"), tr("of day before")}))
    , m_mean(new SegmentedControl(tr("Mean"), {tr("Weighted"), tr("Simple")}))
    , m_rows(spinBox(tr("Rows"), 1, 31))
    , m_columns(spinBox(tr("Last column"), 0, 12))
    , m_columnsPart(labelled(tr("Columns"), m_columns))
    , m_faultLine(new QWidget)
    , m_fault(new QLabel)
    , m_fix(new QPushButton) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    addSentence();
    addFault();
    addControls();
    retitle();
}

void QuestionBar::addSentence() {
    m_cohort->setAccessibleName(tr("Who starts"));
    m_returned->setAccessibleName(tr("What they came back to"));
    m_cohort->setPlaceholderText(tr("an event"));
    m_returned->setPlaceholderText(tr("an event"));
    m_by->setAccessibleName(tr("Period"));
    for (const auto granularity : {Granularity::Hour, Granularity::Day, Granularity::Week,
                                   Granularity::Month, Granularity::Year}) {
        m_by->addItem(unitName(granularity), static_cast<int>(granularity));
    }
    m_by->setCurrentIndex(1);
    m_kind->setAccessibleName(tr("When they came back"));
    m_kind->addItems(
        {tr("on the day"), tr("on the day or later"), tr("within days"), tr("on every day until")});
    m_brackets->setAccessibleName(tr("Brackets"));
    m_brackets->setToolTip(tr("Periods after the start, such as 0, 1-3, 4-7"));
    m_brackets->setMaximumWidth(140);

    auto* sentence = new QWidget;
    auto* flow = new FlowLayout(sentence, 8, 6);
    for (QWidget* part : std::initializer_list<QWidget*>{
             word(tr("Users who did")), m_cohort, m_article, m_by, word(tr("and came back to")),
             m_returned, m_kind, m_brackets}) {
        flow->addWidget(part);
    }
    layout()->addWidget(sentence);
    connect(m_cohort, &QLineEdit::textChanged, this, &QuestionBar::questionChanged);
    connect(m_returned, &QLineEdit::textChanged, this, &QuestionBar::questionChanged);
    connect(m_brackets, &QLineEdit::textChanged, this, &QuestionBar::questionChanged);
    for (QComboBox* box : {m_by, m_kind}) {
        connect(box, &QComboBox::activated, this, [this] {
            retitle();
            emit questionChanged();
        });
    }
}

void QuestionBar::addControls() {
    auto* controls = new QWidget;
    auto* flow = new FlowLayout(controls, 8, 6);
    for (QWidget* control :
         std::initializer_list<QWidget*>{m_churn, m_unit, m_first, m_base, m_mean,
                                         labelled(tr("Rows"), m_rows), m_columnsPart}) {
        flow->addWidget(control);
    }
    m_mean->setChoiceToolTip(0, tr("The mean row weighs each row by its users"));
    m_mean->setChoiceToolTip(1, tr("The mean row counts each row once"));
    m_first->setChoiceToolTip(0, tr("A user may be in several rows"));
    m_first->setChoiceToolTip(1, tr("A user is in the row of his first time only"));
    layout()->addWidget(controls);
    for (SegmentedControl* control : {m_churn, m_first, m_base}) {
        connect(control, &SegmentedControl::changed, this, &QuestionBar::questionChanged);
    }
    for (SegmentedControl* control : {m_unit, m_mean}) {
        connect(control, &SegmentedControl::changed, this, &QuestionBar::viewChanged);
    }
    for (QSpinBox* box : {m_rows, m_columns}) {
        connect(box, &QSpinBox::valueChanged, this, &QuestionBar::questionChanged);
    }
}

void QuestionBar::addFault() {
    auto* line = new QHBoxLayout(m_faultLine);
    line->setContentsMargins(0, 0, 0, 0);
    m_fault->setObjectName(QStringLiteral("fault"));
    m_fault->setWordWrap(true);
    m_fault->setTextFormat(Qt::PlainText);
    m_fix->setProperty("role", QStringLiteral("link"));
    line->addWidget(m_fault, 1);
    line->addWidget(m_fix);
    m_faultLine->hide();
    layout()->addWidget(m_faultLine);
    connect(m_fix, &QPushButton::clicked, this, [this] {
        const auto action = m_action; // it may clear the fault
        if (action) {
            action();
        }
    });
}

void QuestionBar::retitle() {
    const auto by = static_cast<Granularity>(m_by->currentData().toInt());
    const QString unit = unitName(by);
    m_article->setText(by == Granularity::Hour  ? tr("in an", "… hour")
                       : by == Granularity::Day ? tr("on a", "… day")
                                                : tr("in a", "… week, month or year"));
    m_kind->setItemText(0, tr("on the %1").arg(unit));
    m_kind->setItemText(1, tr("on the %1 or later").arg(unit));
    m_kind->setItemText(2, tr("within %1s").arg(unit));
    m_kind->setItemText(3, tr("on every %1 until").arg(unit));
    m_base->setChoice(1, tr("of %1 before").arg(unit));
    const bool isBracket = m_kind->currentIndex() == 2;
    m_brackets->setVisible(isBracket);
    m_columnsPart->setVisible(!isBracket);
}

void QuestionBar::setCatalog(const std::shared_ptr<const EventCatalog>& catalog) {
    m_cohort->setCatalog(catalog);
    m_returned->setCatalog(catalog);
}

void QuestionBar::setQueries(const QString& cohort, const QString& returned) {
    clearFault();
    const QSignalBlocker blockers[] = {QSignalBlocker(m_cohort), QSignalBlocker(m_returned)};
    m_cohort->setText(cohort);
    m_returned->setText(returned);
    m_cohort->updateGeometry();
    m_returned->updateGeometry();
    emit questionChanged();
}

void QuestionBar::setRows(int rows) {
    const QSignalBlocker blocker(m_rows);
    m_rows->setValue(rows);
}

std::optional<RetentionQuestion> QuestionBar::question() const {
    RetentionQuestion question;
    question.by = static_cast<Granularity>(m_by->currentData().toInt());
    question.kind = static_cast<Table>(m_kind->currentIndex());
    question.rows = m_rows->value();
    question.columns = m_columns->value();
    question.isChurn = m_churn->current() == 1;
    question.isFirstTime = m_first->current() == 1;
    question.base = m_base->current() == 1 ? RetentionQuestion::Base::Previous
                                           : RetentionQuestion::Base::Cohort;
    if (question.kind == Table::Bracket) {
        auto brackets = parseBrackets(m_brackets->text());
        if (!brackets) {
            return std::nullopt;
        }
        question.brackets = std::move(*brackets);
    }
    return question;
}

RetentionView QuestionBar::view() const {
    return {m_unit->current() == 1 ? RetentionUnit::Users : RetentionUnit::Percent,
            m_mean->current() == 1 ? RetentionMean::Simple : RetentionMean::Weighted};
}

void QuestionBar::showFault(const QString& text, const QString& actionText,
                            std::function<void()> action) {
    m_fault->setText(text);
    m_fix->setText(actionText);
    m_fix->setVisible(!actionText.isEmpty());
    m_action = std::move(action);
    m_faultLine->show();
}

void QuestionBar::clearFault() {
    m_cohort->clearFault();
    m_returned->clearFault();
    m_faultLine->hide();
    m_action = {};
}

} // namespace cohortist
