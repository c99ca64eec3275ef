// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retention/retention_page.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QStackedWidget>
#include <QStyle>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

#include "core/analysis/retention_users.h"
#include "ui/common/banner.h"
#include "ui/common/cost_text.h"
#include "ui/common/messages.h"
#include "ui/common/numbers.h"
#include "ui/common/query_words.h"
#include "ui/common/segmented_control.h"
#include "ui/retention/heatmap_legend.h"
#include "ui/retention/heatmap_view.h"
#include "ui/retention/question_bar.h"

namespace cohortist {

namespace {

constexpr int kTypingPause = 200; // milliseconds
constexpr int kFirstRows = 31;
constexpr int kWidestHeading = 260;

// The event that a page begins with: the first of these that is dated, else any dated one.
std::optional<std::string> startingEvent(const EventCatalog& catalog,
                                         std::initializer_list<const char*> names) {
    for (const char* name : names) {
        const auto id = catalog.find(name);
        if (id && isDated(catalog.entry(*id))) {
            return std::string(name);
        }
    }
    for (const EventEntry& entry : catalog.entries()) {
        if (isDated(entry)) {
            return entry.name;
        }
    }
    return std::nullopt;
}

// Days from the event's first to the as-of one, within what a first table shows.
int daysToShow(const EventEntry& entry, Instant asOf, int most) {
    const Coverage& days = entry.of(Kind::Day);
    return days.isEmpty()
               ? most
               : std::clamp(currentPeriod(Granularity::Day, asOf).index - days.first() + 1, 1,
                            most);
}

QString eachPeriod(const std::string& name) {
    return QString::fromStdString(printName(name)) + QStringLiteral("@period");
}

} // namespace

RetentionPage::RetentionPage(JobRunner& runner, QWidget* parent)
    : QWidget(parent)
    , m_runner(runner)
    , m_banner(new Banner)
    , m_bar(new QuestionBar)
    , m_viewChoice(new SegmentedControl(tr("View"), {tr("Heatmap"), tr("Table")}))
    , m_views(new QStackedWidget)
    , m_heatmap(new HeatmapView(m_model))
    , m_table(new QTableView)
    , m_empty(new QLabel(tr("This source has no dated events, so there is no table to show.\n"
                            "Open another one with Ctrl+O.")))
    , m_legend(new HeatmapLegend)
    , m_cost(new QLabel) {
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 10);
    layout->setSpacing(10);
    layout->addWidget(m_banner);
    layout->addWidget(m_bar);
    addViews();
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &RetentionPage::ask);
    connect(m_bar, &QuestionBar::questionChanged, this, &RetentionPage::askSoon);
    connect(m_bar, &QuestionBar::viewChanged, this, [this] { m_model.setView(m_bar->view()); });
}

void RetentionPage::addViews() {
    m_table->setModel(&m_model);
    m_table->setAccessibleName(tr("Retention table"));
    m_table->setFont(figureFont(font()));
    m_table->verticalHeader()->setDefaultSectionSize(25);
    m_table->horizontalHeader()->setDefaultSectionSize(62);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_views->addWidget(m_heatmap);
    m_views->addWidget(m_table);
    m_empty->setObjectName(QStringLiteral("dim"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_views->addWidget(m_empty);
    connect(m_heatmap, &HeatmapView::usersWanted, this, &RetentionPage::usersWanted);
    connect(m_table, &QTableView::activated, this, &RetentionPage::usersWanted);
    connect(m_heatmap, &HeatmapView::selectionChanged, this, [this] {
        emit cellChosen(m_heatmap->selected()
                            .data(Qt::ToolTipRole)
                            .toString()
                            .section(QLatin1Char('\n'), 0, 0));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& current) {
                emit cellChosen(
                    current.data(Qt::ToolTipRole).toString().section(QLatin1Char('\n'), 0, 0));
            });
    connect(m_viewChoice, &SegmentedControl::changed, m_views, &QStackedWidget::setCurrentIndex);
    layout()->addWidget(m_views);
    static_cast<QVBoxLayout*>(layout())->setStretchFactor(m_views, 1);

    auto* foot = new QHBoxLayout;
    m_cost->setObjectName(QStringLiteral("dim"));
    foot->addWidget(m_viewChoice);
    foot->addSpacing(8);
    foot->addWidget(m_legend, 1, Qt::AlignVCenter);
    foot->addWidget(m_cost);
    static_cast<QVBoxLayout*>(layout())->addLayout(foot);
}

void RetentionPage::setSession(std::shared_ptr<Session> session, bool keepsQuestion) {
    stop(); // what the old source was asked
    m_session = std::move(session);
    m_asOf.reset();
    m_banner->clear();
    m_bar->clearFault();
    m_model.setTable(nullptr);
    setStale(false);
    m_cost->clear();
    m_legend->clear();
    m_bar->setCatalog(m_session->catalog());
    if (keepsQuestion && m_bar->isVisibleTo(this)) {
        ask();
    } else {
        chooseQuestion();
    }
}

void RetentionPage::chooseQuestion() {
    const EventCatalog& catalog = *m_session->catalog();
    const auto start = startingEvent(catalog, {"signup", "sign-up", "register"});
    const auto back = startingEvent(catalog, {"active", "login"});
    showViews(start.has_value());
    if (!start) {
        m_bar->setQueries({}, {});
        m_delay.stop();
        emit settled();
        return;
    }
    m_bar->setRows(
        daysToShow(catalog.entry(*catalog.find(*start)), m_session->info().asOf, kFirstRows));
    m_bar->setQueries(eachPeriod(*start), eachPeriod(*back));
    ask();
}

void RetentionPage::setStale(bool isStale) {
    const bool isShown = isStale && m_model.table() != nullptr;
    if (isShown == m_isStale) {
        return;
    }
    m_isStale = isShown;
    m_heatmap->setPale(isShown);
    m_table->setProperty("tone", isShown ? QStringLiteral("pale") : QString());
    m_table->style()->polish(m_table);
    if (isShown) {
        m_cost->setText(tr("These figures answer the question before."));
    }
}

// The header guesses from the figures' font and a few of its rows.
void RetentionPage::fitRowHeadings() {
    constexpr int kRoom = 20;
    const QFontMetrics metrics(m_table->verticalHeader()->font());
    int widest = 0;
    for (int row = 0; row < m_model.rowCount(); ++row) {
        const QString text = m_model.headerData(row, Qt::Vertical, Qt::DisplayRole).toString();
        widest = std::max(widest, metrics.horizontalAdvance(text));
    }
    m_table->verticalHeader()->setFixedWidth(std::min(widest + kRoom, kWidestHeading));
}

void RetentionPage::showViews(bool isThereAnything) {
    m_bar->setVisible(isThereAnything);
    m_viewChoice->setVisible(isThereAnything);
    if (isThereAnything) {
        m_views->setCurrentIndex(m_viewChoice->current());
    } else {
        m_views->setCurrentWidget(m_empty);
    }
}

void RetentionPage::setAsOf(std::optional<Instant> asOf) {
    m_asOf = asOf;
    ask();
}

void RetentionPage::useEvent(const std::string& name, bool asReturn) {
    (asReturn ? m_bar->returned() : m_bar->cohort()).setText(eachPeriod(name));
}

void RetentionPage::stop() {
    m_delay.stop();
    m_runner.stop(this);
    setBusy(false);
}

void RetentionPage::showError(const Error& error, const QString& actionText,
                              std::function<void()> action) {
    m_banner->show(error, actionText, std::move(action));
}

void RetentionPage::withdraw(const Error& error) {
    m_banner->withdraw(error);
}

void RetentionPage::tell(const QString& text, const QString& actionText,
                         std::function<void()> action) {
    m_banner->tell(text, actionText, std::move(action));
}

void RetentionPage::setBusy(bool isBusy) {
    if (m_isBusy != isBusy) {
        m_isBusy = isBusy;
        emit busyChanged(isBusy);
    }
}

void RetentionPage::askSoon() {
    m_delay.start(kTypingPause);
}

void RetentionPage::ask() {
    stop(); // its answer, or the place of its fault, is of another question
    if (!m_session) {
        return;
    }
    m_bar->clearFault();
    std::optional<RetentionQuestion> question = m_bar->question();
    if (!question) {
        setStale(true);
        m_bar->showFault(tr("Brackets look like 0, 1-3, 4-7."), {}, {});
        emit settled();
        return;
    }
    const std::array<std::pair<QueryEdit*, Expr*>, 2> queries = {
        {{&m_bar->cohort(), &question->cohort}, {&m_bar->returned(), &question->returned}}};
    for (const auto& [edit, expr] : queries) {
        auto parsed = parseQuery(edit->text().toStdString());
        if (!parsed) {
            parsed.error().part = edit == &m_bar->cohort() ? "cohort" : "return";
            showQueryFault(parsed.error());
            return;
        }
        *expr = std::move(*parsed);
    }
    QuerySettings settings;
    settings.asOf = m_asOf;
    setBusy(true);
    m_runner.run(
        this, JobRunner::Lane::Compute, JobRunner::Priority::Interactive,
        [session = m_session, question = std::move(*question), settings = std::move(settings)](
            const JobContext& job) { return session->retention(question, settings, job); },
        [this](Result<RetentionAnswer> answer) { take(std::move(answer)); },
        [this](Progress progress) { emit progressed(progress); });
}

void RetentionPage::take(Result<RetentionAnswer> answer) {
    setBusy(false);
    if (!answer) {
        if (answer.error().code != ErrorCode::Cancelled) {
            showQueryFault(answer.error());
        }
        return;
    }
    m_banner->clearError();
    m_model.setView(m_bar->view());
    m_model.setTable(std::make_shared<const RetentionResult>(std::move(answer->table)));
    setStale(false);
    fitRowHeadings();
    m_cost->setText(costText(answer->cost));
    m_legend->setTable(*m_model.table());
    emit answered(answer->cost);
    emit settled();
}

void RetentionPage::showQueryFault(const Error& error) {
    QueryEdit* edit = error.part == "cohort"   ? &m_bar->cohort()
                      : error.part == "return" ? &m_bar->returned()
                                               : nullptr;
    setStale(true);
    if (edit == nullptr) {
        emit sourceFailed(error);
    }
    if (edit == nullptr && error.code == ErrorCode::Changed) {
        m_banner->show(error, tr("Open again"), [this] { emit reopenWanted(); });
        emit settled();
        return;
    }
    if (edit == nullptr) {
        m_banner->show(error, tr("Try again"), [this] { ask(); });
        emit settled();
        return;
    }
    edit->setFault(error);
    const auto parsed = parseQuery(edit->text().toStdString());
    const Expr mended = parsed ? withPeriod(*parsed, *m_session->catalog()) : Expr();
    if (parsed && !parsed->dependsOnPeriod() && !(mended == *parsed)) {
        m_bar->showFault(whole(error), tr("Add @period"), [edit, mended] {
            edit->setText(QString::fromStdString(printQuery(mended)));
        });
    } else {
        m_bar->showFault(whole(error), {}, {});
    }
    emit settled();
}

void RetentionPage::copy(bool withHeadings) const {
    if (!m_model.table()) {
        return;
    }
    QModelIndex first = m_model.index(0, 0);
    QModelIndex last = m_model.index(m_model.rowCount() - 1, m_model.columnCount() - 1);
    const bool isTable = m_views->currentIndex() == 1;
    const auto selection = m_table->selectionModel()->selection();
    if (isTable && !selection.isEmpty()) {
        QRect all; // what holds every part of the selection
        for (const QItemSelectionRange& range : selection) {
            all |= QRect(QPoint(range.left(), range.top()), QPoint(range.right(), range.bottom()));
        }
        first = m_model.index(all.top(), all.left());
        last = m_model.index(all.bottom(), all.right());
    } else if (!isTable && m_heatmap->selected().isValid()) {
        first = last = m_heatmap->selected();
    }
    QApplication::clipboard()->setText(tabSeparated(m_model, first, last, withHeadings));
}

std::string RetentionPage::csv() const {
    return m_model.table()
               ? retentionCsv(*m_model.table(), m_model.view().unit, m_model.view().mean)
               : std::string();
}

QString RetentionPage::usersQuery() const {
    const auto& table = m_model.table();
    const QModelIndex selected =
        m_views->currentIndex() == 1 ? m_table->currentIndex() : m_heatmap->selected();
    if (!table || table->rows.empty()) {
        return {};
    }
    // Row 0 and column 0 are the mean and the sizes. Without a cell, the last row with a size.
    std::optional<Expr> users;
    if (selected.isValid() && selected.row() > 0) {
        const auto row = static_cast<std::size_t>(selected.row() - 1);
        users = selected.column() > 0
                    ? usersOfCell(*table, row, static_cast<std::size_t>(selected.column() - 1))
                    : usersOfRow(*table, row);
    }
    for (std::size_t row = table->rows.size(); !users && row-- > 0;) {
        users = usersOfRow(*table, row);
    }
    return users ? QString::fromStdString(printQuery(*users)) : QString();
}

std::optional<HeatmapPicture> RetentionPage::picture() const {
    if (!m_model.table()) {
        return std::nullopt;
    }
    return HeatmapPicture{m_model.table(), m_model.view(), figureFont(font()), palette()};
}

} // namespace cohortist
