// SPDX-License-Identifier: GPL-3.0-or-later
// A source's events, each of which is chosen or not: a list with check boxes. All are chosen at
// first. Window's thread alone.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <QAbstractListModel>

#include "core/catalog/event_catalog.h"

namespace cohortist {

class EventChoice : public QAbstractListModel {
    Q_OBJECT
public:
    explicit EventChoice(std::shared_ptr<const EventCatalog> catalog, QObject* parent = nullptr);

    void choose(const std::vector<int>& rows, bool isChosen);
    [[nodiscard]] std::size_t chosen() const; // how many
    [[nodiscard]] bool areAllChosen() const { return chosen() == m_isChosen.size(); }
    [[nodiscard]] std::set<std::string> names() const; // of the chosen ones

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

signals:
    void changed(); // what is chosen

private:
    std::shared_ptr<const EventCatalog> m_catalog;
    std::vector<bool> m_isChosen; // by row, which is the EventId
};

} // namespace cohortist
