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
    // Title, number of events and a close button: the dock's title bar, by which it is moved.
    [[nodiscard]] QWidget* heading() const { return m_heading; }
    [[nodiscard]] QLineEdit& searchField() const { return *m_search; }
    [[nodiscard]] const QStandardItemModel& events() const { return m_events; }

protected:
    void resizeEvent(QResizeEvent* event) override;

signals:
    void chosen(const QByteArray& name, bool asReturn);
    void closeWanted();

private:
    void createHeading();
    void refill();
    void fitColumns(); // how much there is gives way to the names
    void offerMenu(const QPoint& position);
    void goToTree(bool usesOnlyMatch);

    std::shared_ptr<const EventCatalog> m_catalog;
    QStandardItemModel m_events;
    QWidget* m_heading;
    QLabel* m_count;
    QLineEdit* m_search;
    QTreeView* m_tree;
    QLabel* m_empty;
};

} // namespace cohortist
