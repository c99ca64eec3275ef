// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/import/preview_model.h"

#include <algorithm>

#include <QBrush>
#include <QDateTime>
#include <QGuiApplication>
#include <QPalette>
#include <QTimeZone>

#include "ui/common/colors.h"
#include "ui/common/messages.h"

namespace cohortist {

namespace {

constexpr int kReadColumns = 2; // how the user and the time are read
constexpr qsizetype kLongestCell = 120;

bool isColumn(std::optional<std::uint32_t> place, int column) {
    return place && static_cast<int>(*place) == column;
}

QString shown(const std::string& text) {
    const QString whole = QString::fromStdString(text).simplified();
    return whole.size() > kLongestCell ? whole.left(kLongestCell) + QChar(0x2026) : whole;
}

} // namespace

int columnCountOf(const LogPreview& preview) {
    std::size_t most = preview.header.size();
    for (const PreviewRow& row : preview.rows) {
        most = std::max(most, row.cells.size());
    }
    return static_cast<int>(most);
}

QString columnTitle(const LogPreview& preview, int column) {
    const auto place = static_cast<std::size_t>(column);
    const QString name = place < preview.header.size() ? shown(preview.header[place]) : QString();
    return name.isEmpty() ? PreviewModel::tr("Column %1").arg(column + 1) : name;
}

void PreviewModel::setPreview(LogPreview preview, bool hasTextIds) {
    beginResetModel();
    m_preview = std::move(preview);
    m_hasTextIds = hasTextIds;
    m_fileColumns = columnCountOf(m_preview);
    endResetModel();
}

void PreviewModel::clear() {
    setPreview({}, false);
}

int PreviewModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_preview.rows.size());
}

int PreviewModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || m_fileColumns == 0 ? 0 : m_fileColumns + kReadColumns;
}

QString PreviewModel::roleOf(int column) const {
    if (isColumn(m_preview.columns.user, column)) {
        return tr("user");
    }
    if (isColumn(m_preview.columns.event, column)) {
        return tr("event");
    }
    return isColumn(m_preview.columns.time, column) ? tr("time") : QString();
}

QString PreviewModel::cellText(int row, int column) const {
    const PreviewRow& line = m_preview.rows[static_cast<std::size_t>(row)];
    if (column < m_fileColumns) {
        const auto place = static_cast<std::size_t>(column);
        return place < line.cells.size() ? shown(line.cells[place]) : QString();
    }
    if (column == m_fileColumns) {
        if (m_hasTextIds) {
            return m_preview.columns.user ? cellText(row, static_cast<int>(*m_preview.columns.user))
                                          : QString();
        }
        return line.id ? QString::number(*line.id) : tr("not an id");
    }
    if (!line.time) {
        return tr("not a time");
    }
    return QDateTime::fromSecsSinceEpoch(line.time->time_since_epoch().count(), QTimeZone::utc())
        .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

bool PreviewModel::isAtFault(int row, int column) const {
    const PreviewRow& line = m_preview.rows[static_cast<std::size_t>(row)];
    return (column == m_fileColumns && !m_hasTextIds && !line.id) ||
           (column == m_fileColumns + 1 && !line.time);
}

QVariant PreviewModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return cellText(index.row(), column);
    case Qt::ToolTipRole:
        return plainToolTip(cellText(index.row(), column));
    case Qt::ForegroundRole: {
        const Colors& colors = Colors::of(QGuiApplication::palette());
        if (isAtFault(index.row(), column)) {
            return QBrush(colors.error);
        }
        return column < m_fileColumns && roleOf(column).isEmpty() ? QVariant(QBrush(colors.dim))
                                                                  : QVariant();
    }
    case Qt::BackgroundRole:
        return column < m_fileColumns && !roleOf(column).isEmpty()
                   ? QVariant(QBrush(Colors::of(QGuiApplication::palette()).accentGround))
                   : QVariant();
    default:
        return {};
    }
}

QVariant PreviewModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (orientation == Qt::Vertical) {
        return section + 1;
    }
    if (section == m_fileColumns) {
        return tr("User, as read");
    }
    if (section == m_fileColumns + 1) {
        return tr("Time, as read (UTC)");
    }
    const QString title = columnTitle(m_preview, section);
    const QString part = roleOf(section);
    return part.isEmpty() ? title : tr("%1 → %2", "column → what it is").arg(title, part);
}

} // namespace cohortist
