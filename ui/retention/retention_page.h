// SPDX-License-Identifier: GPL-3.0-or-later
// The retention page: question, heatmap or its table twin, legend. Asks in the background whenever
// the question changes and keeps the last answer readable until the next one is there. Window's
// thread alone; the session outlives its jobs by being shared.
#pragma once

#include <QTimer>
#include <QWidget>

#include "core/session/session.h"
#include "ui/jobs/job_runner.h"
#include "ui/retention/heatmap_picture.h"
#include "ui/retention/retention_model.h"

class QLabel;
class QStackedWidget;
class QTableView;

namespace cohortist {

class Banner;
class HeatmapLegend;
class HeatmapView;
class QuestionBar;
class SegmentedControl;

class RetentionPage : public QWidget {
    Q_OBJECT
public:
    explicit RetentionPage(JobRunner& runner, QWidget* parent = nullptr);

    // Chooses queries that fit the source and asks; or keeps the question, as after opening the
    // same source again.
    void setSession(std::shared_ptr<Session> session, bool keepsQuestion = false);
    void setAsOf(std::optional<Instant> asOf);
    void useEvent(const std::string& name, bool asReturn);
    void stop(); // the running question
    // On top of the page; what is shown stays readable.
    void showError(const Error& error, const QString& actionText, std::function<void()> action);
    void withdraw(const Error& error); // if it is the one that is shown
    void tell(const QString& text, const QString& actionText, std::function<void()> action);
    [[nodiscard]] const std::optional<Instant>& asOf() const { return m_asOf; }
    // Whom the selected cell counts, as a query; without one, what fits best.
    [[nodiscard]] QString usersQuery() const;

    [[nodiscard]] const RetentionModel& model() const { return m_model; }
    [[nodiscard]] QuestionBar& bar() const { return *m_bar; }
    [[nodiscard]] HeatmapView& heatmap() const { return *m_heatmap; }
    [[nodiscard]] bool isBusy() const { return m_isBusy; }
    [[nodiscard]] bool isStale() const { return m_isStale; }
    void copy(bool withHeadings) const;
    [[nodiscard]] std::string csv() const;                       // empty without a table
    [[nodiscard]] std::optional<HeatmapPicture> picture() const; // nothing without a table

signals:
    void busyChanged(bool isBusy);
    void progressed(Progress progress);
    void answered(const Cost& cost);
    void cellChosen(const QString& sentence);
    void sourceFailed(const Error& error); // the question is not at fault
    void reopenWanted();                   // the source was changed under the session
    void usersWanted();                    // those of the selected cell
    void settled();                        // an answer or a fault is shown

private:
    void addViews();
    void showViews(bool isThereAnything);
    void askSoon();
    void ask();
    void take(Result<RetentionAnswer> answer);
    void showQueryFault(const Error& error);
    void setBusy(bool isBusy);
    // The figures shown are not those of the question that stands above them.
    void setStale(bool isStale);
    void fitRowHeadings();
    void chooseQuestion();

    JobRunner& m_runner;
    std::shared_ptr<Session> m_session;
    std::optional<Instant> m_asOf;
    RetentionModel m_model;
    QTimer m_delay;
    bool m_isBusy = false;
    bool m_isStale = false;

    Banner* m_banner;
    QuestionBar* m_bar;
    SegmentedControl* m_viewChoice;
    QStackedWidget* m_views;
    HeatmapView* m_heatmap;
    QTableView* m_table;
    QLabel* m_empty; // why there is no table
    HeatmapLegend* m_legend;
    QLabel* m_cost;
};

} // namespace cohortist
