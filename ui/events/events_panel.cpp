// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/events/events_panel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QShortcut>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/common/icons.h"
#include "ui/common/numbers.h"
#include "ui/common/query_words.h"
#include "ui/events/event_tree.h"

namespace cohortist {

namespace {

constexpr int kLeastName = 20; // characters, about
constexpr int kLeastWidth = 24;

} // namespace

EventsPanel::EventsPanel(QWidget* parent)
    : QWidget(parent)
    , m_heading(new QWidget)
    , m_count(new QLabel)
    , m_search(new QLineEdit)
    , m_tree(new QTreeView)
    , m_empty(new QLabel(tr("No event has this in its name."))) {
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    setMinimumWidth(kLeastWidth * fontMetrics().averageCharWidth());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 2, 0, 0);
    layout->setSpacing(8);
    createHeading();
    auto* field = new QHBoxLayout;
    field->setContentsMargins(12, 0, 12, 0);
    m_search->setPlaceholderText(tr("Find events"));
    m_search->setToolTip(tr("Find events (Ctrl+F)"));
    m_search->setAccessibleName(tr("Find events"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(themedIcon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    field->addWidget(m_search);
    layout->addLayout(field);
    m_empty->setObjectName(QStringLiteral("dim"));
    m_empty->setContentsMargins(12, 0, 12, 0);
    m_empty->setWordWrap(true);
    m_empty->hide();
    layout->addWidget(m_empty);
    m_tree->setModel(&m_events);
    m_tree->setHeaderHidden(true);
    m_tree->setAccessibleName(tr("Events"));
    m_tree->setIndentation(14);
    m_tree->setUniformRowHeights(true);
    m_tree->setTextElideMode(Qt::ElideMiddle);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    layout->addWidget(m_tree, 1);
    connect(m_search, &QLineEdit::textChanged, this, &EventsPanel::refill);
    connect(m_search, &QLineEdit::returnPressed, this, [this] { goToTree(true); });
    auto* down = new QShortcut(Qt::Key_Down, m_search, nullptr, nullptr, Qt::WidgetShortcut);
    connect(down, &QShortcut::activated, this, [this] { goToTree(false); });
    auto* leave = new QShortcut(Qt::Key_Escape, m_search, nullptr, nullptr, Qt::WidgetShortcut);
    connect(leave, &QShortcut::activated, m_search, &QLineEdit::clear);
    connect(m_tree, &QTreeView::activated, this, [this](const QModelIndex& index) {
        const QByteArray name = index.data(kEventNameRole).toByteArray();
        const auto id = m_catalog ? m_catalog->find(name.toStdString()) : std::nullopt;
        if (id && isDated(m_catalog->entry(*id))) {
            emit chosen(name, false);
        }
    });
    connect(m_tree, &QTreeView::customContextMenuRequested, this, &EventsPanel::offerMenu);
}

// To the first event that can be used in the table; a single match is used at once.
void EventsPanel::goToTree(bool usesOnlyMatch) {
    QModelIndex first;
    int usable = 0;
    for (QModelIndex at = m_events.index(0, 0); at.isValid(); at = m_tree->indexBelow(at)) {
        if (at.data(kEventNameRole).isValid()) {
            first = first.isValid() ? first : at;
            ++usable;
        }
    }
    m_tree->setFocus();
    m_tree->setCurrentIndex(first);
    if (usesOnlyMatch && usable == 1) {
        emit m_tree->activated(first);
    }
}

void EventsPanel::createHeading() {
    m_heading->setObjectName(QStringLiteral("panel"));
    m_heading->setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(m_heading);
    row->setContentsMargins(12, 6, 8, 4);
    auto* title = new QLabel(tr("Events"));
    title->setObjectName(QStringLiteral("title"));
    m_count->setObjectName(QStringLiteral("dim"));
    auto* close = new QToolButton;
    close->setProperty("role", "flat");
    close->setIcon(themedIcon(QStringLiteral("close")));
    close->setToolTip(tr("Hide the events (Ctrl+Shift+L shows them again)"));
    close->setAccessibleName(tr("Hide the events"));
    connect(close, &QToolButton::clicked, this, &EventsPanel::closeWanted);
    row->addWidget(title);
    row->addWidget(m_count);
    row->addStretch(1);
    row->addWidget(close);
}

void EventsPanel::setCatalog(std::shared_ptr<const EventCatalog> catalog) {
    m_catalog = std::move(catalog);
    m_search->clear();
    refill();
}

void EventsPanel::find() {
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void EventsPanel::refill() {
    const auto found =
        m_catalog ? m_catalog->search(m_search->text().toStdString()) : std::vector<EventId>();
    fillEventTree(m_events, m_catalog ? *m_catalog : EventCatalog(), found);
    m_count->setText(m_catalog ? countText(found.size()) : QString());
    const bool isSourceEmpty = m_catalog && m_catalog->size() == 0;
    m_empty->setText(isSourceEmpty ? tr("This source has no events.")
                                   : tr("No event has this in its name."));
    m_empty->setVisible(m_catalog && found.empty());
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_tree->expandAll();
    fitColumns();
}

void EventsPanel::fitColumns() {
    const auto* view = static_cast<const QAbstractItemView*>(m_tree); // there it is public
    const int left = m_tree->viewport()->width() - view->sizeHintForColumn(1);
    m_tree->setColumnHidden(1, left < kLeastName * fontMetrics().averageCharWidth());
}

void EventsPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitColumns();
}

void EventsPanel::offerMenu(const QPoint& position) {
    const QByteArray name = m_tree->indexAt(position).data(kEventNameRole).toByteArray();
    const auto id = m_catalog ? m_catalog->find(name.toStdString()) : std::nullopt;
    if (!id || !isDated(m_catalog->entry(*id))) {
        return;
    }
    QMenu menu;
    menu.addAction(tr("Use as who starts"), this, [&] { emit chosen(name, false); });
    menu.addAction(tr("Use as what they came back to"), this, [&] { emit chosen(name, true); });
    menu.exec(m_tree->viewport()->mapToGlobal(position));
}

} // namespace cohortist
