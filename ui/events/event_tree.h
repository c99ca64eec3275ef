// SPDX-License-Identifier: GPL-3.0-or-later
// The events of a source as a tree: those that share what stands before a colon lie in a group. One
// column of names, one of what is stored. Fills a QStandardItemModel; window's thread alone.
#pragma once

#include <QStandardItemModel>

#include "core/catalog/event_catalog.h"

namespace cohortist {

// On an event's item: its name's bytes. Groups have none.
inline constexpr int kEventNameRole = Qt::UserRole + 1;

void fillEventTree(QStandardItemModel& model, const EventCatalog& catalog,
                   const std::vector<EventId>& events);

} // namespace cohortist
