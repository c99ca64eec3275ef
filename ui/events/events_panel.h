// SPDX-License-Identifier: GPL-3.0-or-later
// The events of the open source, found as one types, and used in the question by double click,
// Enter or the menu. Window's thread alone.
#pragma once

#include <QStandardItemModel>
#include <QWidget>

#include <memory>

#include "core/catalog/event_catalog.h"

class QLabel;
class QLineEdit;
class QTreeView;

namespace cohortist {

class EventsPanel : public QWidget {
    Q_OBJECT
public:
    explicit EventsPanel(QWidget* parent = nullptr);

    void setCatalog(std::shared_ptr<const EventCatalog> catalog); // null: none
    void find(); // puts the cursor into the search field
    [[nodiscard]] QLineEdit& searchField() const { return *m_search; }
    [[nodiscard]] const QStandardItemModel& events() const { return m_events; }

signals:
    void chosen(const QByteArray& name, bool asReturn);

private:
    void refill();
    void offerMenu(const QPoint& position);

    std::shared_ptr<const EventCatalog> m_catalog;
    QStandardItemModel m_events;
    QLabel* m_count;
    QLineEdit* m_search;
    QTreeView* m_tree;
    QLabel* m_empty;
};

} // namespace cohortist
