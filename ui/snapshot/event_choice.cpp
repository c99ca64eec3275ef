// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/snapshot/event_choice.h"

#include <algorithm>

#include "core/query/expr.h"
#include "ui/common/messages.h"

namespace cohortist {

EventChoice::EventChoice(std::shared_ptr<const EventCatalog> catalog, QObject* parent)
    : QAbstractListModel(parent)
    , m_catalog(std::move(catalog))
    , m_isChosen(m_catalog->size(), true) {}

void EventChoice::choose(const std::vector<int>& rows, bool isChosen) {
    if (rows.empty()) {
        return;
    }
    for (const int row : rows) {
        m_isChosen[static_cast<std::size_t>(row)] = isChosen;
    }
    const auto [first, last] = std::minmax_element(rows.begin(), rows.end());
    emit dataChanged(index(*first), index(*last), {Qt::CheckStateRole});
    emit changed();
}

std::size_t EventChoice::chosen() const {
    return static_cast<std::size_t>(std::count(m_isChosen.begin(), m_isChosen.end(), true));
}

std::set<std::string> EventChoice::names() const {
    std::set<std::string> names;
    for (EventId event = 0; event < m_isChosen.size(); ++event) {
        if (m_isChosen[event]) {
            names.insert(m_catalog->entry(event).name);
        }
    }
    return names;
}

int EventChoice::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_isChosen.size());
}

QVariant EventChoice::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto row = static_cast<EventId>(index.row());
    const auto name = [&] { return QString::fromStdString(printName(m_catalog->entry(row).name)); };
    switch (role) {
    case Qt::DisplayRole:
        return name();
    case Qt::ToolTipRole:
        return plainToolTip(name());
    case Qt::CheckStateRole:
        return m_isChosen[row] ? Qt::Checked : Qt::Unchecked;
    default:
        return {};
    }
}

bool EventChoice::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || !checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return false;
    }
    choose({index.row()}, value.toInt() == Qt::Checked);
    return true;
}

Qt::ItemFlags EventChoice::flags(const QModelIndex& index) const {
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable |
                                 Qt::ItemNeverHasChildren
                           : Qt::NoItemFlags;
}

} // namespace cohortist
