// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/snapshot/copy_form.h"

#include <QCheckBox>
#include <QDateEdit>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSortFilterProxyModel>

#include <algorithm>

#include "ui/common/labelled.h"
#include "ui/common/numbers.h"

namespace cohortist {

namespace {

constexpr int kListHeight = 150;
constexpr int kBetween = 3; // rows

Period dayOf(QDate date) {
    return {Granularity::Day, static_cast<std::int32_t>(QDate(1970, 1, 1).daysTo(date))};
}

QDate dateOf(Instant instant) {
    return QDate(1970, 1, 1).addDays(periodAt(Granularity::Day, instant).index);
}

// From the first day to the last that there is data of.
std::pair<QDate, QDate> daysOf(const EventCatalog& catalog) {
    std::optional<Instant> first;
    for (const EventEntry& entry : catalog.entries()) {
        for (const Kind kind : {Kind::Hour, Kind::Day, Kind::Week, Kind::Month}) {
            if (entry.hasKind(kind)) {
                const Instant start = startOf({granularityOf(kind), entry.of(kind).first()});
                first = first ? std::min(*first, start) : start;
            }
        }
    }
    const auto end = catalog.lastEnd();
    if (!first || !end) {
        return {QDate::currentDate(), QDate::currentDate()};
    }
    return {dateOf(*first), dateOf(*end - std::chrono::seconds(1))};
}

QWidget* inALine(const QList<QWidget*>& widgets, bool hasStretch) {
    auto* part = new QWidget;
    auto* line = new QHBoxLayout(part);
    line->setContentsMargins({});
    line->setSpacing(8);
    for (QWidget* widget : widgets) {
        line->addWidget(widget);
    }
    if (hasStretch) {
        line->addStretch(1);
    }
    return part;
}

} // namespace

CopyForm::CopyForm(const std::shared_ptr<const EventCatalog>& catalog, const QString& path,
                   QWidget* parent)
    : QWidget(parent)
    , m_events(new EventChoice(catalog, this))
    , m_shown(new QSortFilterProxyModel(this))
    , m_search(new QLineEdit)
    , m_list(new QListView)
    , m_count(new QLabel) {
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins({});
    rows->setSpacing(8);
    rows->addWidget(eventList(), 1);
    rows->addWidget(kindBoxes(*catalog));
    rows->addWidget(dayFields(*catalog));
    rows->addWidget(fileField(path));
    connect(m_events, &EventChoice::changed, this, [this] {
        showCount();
        emit changed();
    });
    showCount();
}

QWidget* CopyForm::eventList() {
    m_shown->setSourceModel(m_events);
    m_shown->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_search->setPlaceholderText(tr("Find events"));
    m_search->setAccessibleName(tr("Find events"));
    m_search->setClearButtonEnabled(true);
    connect(m_search, &QLineEdit::textChanged, m_shown,
            &QSortFilterProxyModel::setFilterFixedString);
    m_list->setObjectName(QStringLiteral("choice"));
    m_list->setModel(m_shown);
    m_list->setAccessibleName(tr("Events to copy"));
    m_list->setUniformItemSizes(true);
    m_list->setSpacing(kBetween);
    m_list->setMinimumHeight(kListHeight);
    m_count->setObjectName(QStringLiteral("dim"));
    QList<QWidget*> below;
    for (const bool isAll : {true, false}) {
        auto* link = new QPushButton(isAll ? tr("All") : tr("None"));
        link->setProperty("role", QStringLiteral("link"));
        link->setAutoDefault(false);
        link->setToolTip(isAll ? tr("Choose all events that are shown")
                               : tr("Choose none of the events that are shown"));
        connect(link, &QPushButton::clicked, this, [this, isAll] { chooseShown(isAll); });
        below << link;
    }
    below << m_count;
    auto* part = new QWidget;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins({});
    column->setSpacing(6);
    column->addWidget(m_search);
    column->addWidget(m_list, 1);
    column->addWidget(inALine(below, true));
    return part;
}

QWidget* CopyForm::kindBoxes(const EventCatalog& catalog) {
    const std::array<QString, kKindCount> names = {tr("Hours"), tr("Days"), tr("Weeks"),
                                                   tr("Months"), tr("Flags")};
    QList<QWidget*> boxes;
    for (std::size_t kind = 0; kind < kKindCount; ++kind) {
        const bool isThere = std::any_of(
            catalog.entries().begin(), catalog.entries().end(),
            [kind](const EventEntry& entry) { return entry.hasKind(static_cast<Kind>(kind)); });
        auto* box = new QCheckBox(names[kind]);
        box->setChecked(isThere);
        box->setEnabled(isThere);
        connect(box, &QCheckBox::toggled, this, &CopyForm::changed);
        m_kinds[kind] = box;
        boxes << box;
    }
    return inALine(boxes, true);
}

QWidget* CopyForm::dayFields(const EventCatalog& catalog) {
    const auto [first, last] = daysOf(catalog);
    m_hasDays = new QCheckBox(tr("Only from"));
    m_from = new QDateEdit(first);
    m_to = new QDateEdit(last);
    m_from->setAccessibleName(tr("First day"));
    m_to->setAccessibleName(tr("Last day"));
    for (QDateEdit* day : {m_from, m_to}) {
        day->setDateRange(first, last);
        day->setCalendarPopup(true);
        day->setDisplayFormat(QStringLiteral("d MMM yyyy"));
        day->setMinimumWidth(132);
        day->setEnabled(false);
        connect(m_hasDays, &QCheckBox::toggled, day, &QWidget::setEnabled);
        connect(day, &QDateEdit::dateChanged, this, &CopyForm::changed);
    }
    connect(m_hasDays, &QCheckBox::toggled, this, &CopyForm::changed);
    connect(m_from, &QDateEdit::dateChanged, m_to, &QDateEdit::setMinimumDate);
    return inALine({m_hasDays, m_from, word(tr("to")), m_to}, true);
}

QWidget* CopyForm::fileField(const QString& path) {
    m_path = new QLineEdit(path);
    m_path->setAccessibleName(tr("File to make"));
    connect(m_path, &QLineEdit::textChanged, this, &CopyForm::pathChanged);
    auto* choose = new QPushButton(tr("Choose…"));
    choose->setAutoDefault(false);
    choose->setToolTip(tr("Choose the file to make"));
    connect(choose, &QPushButton::clicked, this, &CopyForm::chooseFile);
    QLabel* name = word(tr("&File"));
    name->setBuddy(m_path);
    QWidget* line = inALine({name, m_path, choose}, false);
    static_cast<QHBoxLayout*>(line->layout())->setStretchFactor(m_path, 1);
    return line;
}

void CopyForm::chooseShown(bool isChosen) {
    std::vector<int> rows;
    rows.reserve(static_cast<std::size_t>(m_shown->rowCount()));
    for (int row = 0; row < m_shown->rowCount(); ++row) {
        rows.push_back(m_shown->mapToSource(m_shown->index(row, 0)).row());
    }
    m_events->choose(rows, isChosen);
}

void CopyForm::chooseFile() {
    auto* dialog = new QFileDialog(this, tr("Snapshot of server"), m_path->text(),
                                   tr("Snapshots (*.cohorts);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("cohorts"));
    connect(dialog, &QFileDialog::fileSelected, m_path, &QLineEdit::setText);
    dialog->open();
}

void CopyForm::showCount() {
    m_count->setText(tr("%1 of %2 events chosen")
                         .arg(countText(m_events->chosen()),
                              countText(static_cast<std::uint64_t>(m_events->rowCount()))));
}

QString CopyForm::path() const {
    return m_path->text().trimmed();
}

QString CopyForm::trouble() const {
    const bool hasKind = std::any_of(m_kinds.begin(), m_kinds.end(),
                                     [](const QCheckBox* box) { return box->isChecked(); });
    return m_events->chosen() == 0 ? tr("Choose at least one event.")
           : !hasKind              ? tr("Choose hours, days, weeks, months or flags.")
           : path().isEmpty()      ? tr("Name the file to make.")
                                   : QString();
}

std::optional<CopySelection> CopyForm::selection() const {
    if (!trouble().isEmpty()) {
        return std::nullopt;
    }
    CopySelection selection;
    if (!m_events->areAllChosen()) {
        selection.names = m_events->names();
    }
    for (std::size_t kind = 0; kind < kKindCount; ++kind) {
        if (m_kinds[kind]->isChecked()) {
            selection.kinds.insert(static_cast<Kind>(kind));
        }
    }
    if (m_hasDays->isChecked()) {
        selection.from = dayOf(m_from->date());
        selection.to = dayOf(m_to->date());
    }
    return selection;
}

} // namespace cohortist
