// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/events/event_tree.h"

#include <QCoreApplication>

#include <map>

#include "core/export/events_export.h"
#include "core/query/expr.h"
#include "ui/common/messages.h"
#include "ui/common/numbers.h"
#include "ui/common/query_words.h"

namespace cohortist {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(EventTree)
};

std::string groupOf(const std::string& name) {
    const std::size_t colon = name.find(':');
    return colon == std::string::npos || colon == 0 ? std::string() : name.substr(0, colon);
}

// How much there is, in the kind that an analyst counts in first: "180 days".
QString storedText(const EventEntry& entry) {
    for (const Kind kind : {Kind::Day, Kind::Week, Kind::Month, Kind::Hour}) {
        if (entry.hasKind(kind)) {
            const std::uint64_t count = entry.of(kind).count();
            return stepsText(static_cast<int>(count), granularityOf(kind));
        }
    }
    return {};
}

QList<QStandardItem*> rowFor(const EventEntry& entry, const std::string& shown) {
    const EventSummary summary = summarise(entry);
    QStringList kinds;
    for (const Kind kind : summary.kinds) {
        kinds << QCoreApplication::translate("core", std::string(nameOf(kind)).c_str());
    }
    auto* name = new QStandardItem(QString::fromStdString(printName(shown)));
    auto* detail = new QStandardItem(isDated(entry) ? storedText(entry) : Texts::tr("flag"));
    QString tip = QString::fromStdString(printName(entry.name));
    if (summary.first) {
        tip += QLatin1Char('\n') + Texts::tr("%1 to %2")
                                       .arg(QString::fromStdString(toText(*summary.first)),
                                            QString::fromStdString(toText(*summary.last)));
    }
    tip += QLatin1Char('\n') + Texts::tr("stored: %1").arg(kinds.join(QStringLiteral(", ")));
    for (QStandardItem* item : {name, detail}) {
        item->setEditable(false);
        item->setToolTip(plainToolTip(tip));
        item->setData(QByteArray::fromStdString(entry.name), kEventNameRole);
    }
    detail->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    detail->setEnabled(true);
    return {name, detail};
}

} // namespace

void fillEventTree(QStandardItemModel& model, const EventCatalog& catalog,
                   const std::vector<EventId>& events) {
    model.clear();
    model.setHorizontalHeaderLabels({Texts::tr("Event"), Texts::tr("Stored")});
    std::map<std::string, int> sizes;
    for (const EventId id : events) {
        ++sizes[groupOf(catalog.entry(id).name)];
    }
    std::map<std::string, QStandardItem*> groups;
    for (const EventId id : events) {
        const EventEntry& entry = catalog.entry(id);
        const std::string group = groupOf(entry.name);
        if (group.empty() || sizes[group] < 2) {
            model.appendRow(rowFor(entry, entry.name));
            continue;
        }
        QStandardItem*& parent = groups[group];
        if (parent == nullptr) {
            parent = new QStandardItem(QString::fromStdString(printName(group)));
            parent->setEditable(false);
            auto* detail = new QStandardItem(Texts::tr("%1 events").arg(sizes[group]));
            detail->setEditable(false);
            detail->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            model.appendRow({parent, detail});
        }
        parent->appendRow(rowFor(entry, entry.name.substr(group.size() + 1)));
    }
}

} // namespace cohortist
