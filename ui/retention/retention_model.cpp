// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retention/retention_model.h"

#include <QFont>
#include <QLocale>

#include "ui/common/messages.h"
#include "ui/common/numbers.h"

namespace cohortist {

RetentionModel::RetentionModel(QObject* parent)
    : QAbstractTableModel(parent) {}

void RetentionModel::setTable(std::shared_ptr<const RetentionResult> table) {
    beginResetModel();
    m_table = std::move(table);
    m_withYears = m_table && spansYears(*m_table);
    updateMeans();
    endResetModel();
}

void RetentionModel::setView(const RetentionView& view) {
    if (view == m_view) {
        return;
    }
    m_view = view;
    updateMeans();
    if (m_table) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
}

void RetentionModel::updateMeans() {
    m_means = m_table ? retentionMeans(*m_table, m_view.unit, m_view.mean)
                      : std::vector<std::optional<double>>();
}

int RetentionModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_table ? 0 : static_cast<int>(m_table->rows.size()) + 1;
}

int RetentionModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_table ? 0 : m_table->question.cellCount() + 1;
}

QVariant RetentionModel::data(const QModelIndex& index, int role) const {
    if (!m_table || !checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), index.column());
    case Qt::EditRole:
        return figure(index.row(), index.column());
    case Qt::ToolTipRole:
        return plainToolTip(sentence(index.row(), index.column()));
    case Qt::AccessibleTextRole:
        return sentence(index.row(), index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    case Qt::FontRole:
        if (index.row() > 0 && index.column() > 0) {
            QFont font;
            font.setItalic(m_table->rows[static_cast<std::size_t>(index.row() - 1)]
                               .cells[static_cast<std::size_t>(index.column() - 1)]
                               .state == RetentionCell::State::Partial);
            return font.italic() ? QVariant(font) : QVariant();
        }
        if (index.row() == 0) {
            QFont font;
            font.setWeight(QFont::DemiBold);
            return font;
        }
        return {};
    default:
        return {};
    }
}

QString RetentionModel::text(int row, int column) const {
    if (row == 0) {
        if (column == 0) {
            return countText(m_table->meanSize);
        }
        const auto& mean = m_means[static_cast<std::size_t>(column - 1)];
        if (!mean) {
            return {};
        }
        return m_view.unit == RetentionUnit::Users ? decimalText(*mean) : rateText(*mean);
    }
    const RetentionRow& whole = m_table->rows[static_cast<std::size_t>(row - 1)];
    if (column == 0) {
        return whole.size ? countText(*whole.size) : QStringLiteral("–");
    }
    const RetentionCell& cell = whole.cells[static_cast<std::size_t>(column - 1)];
    switch (cell.state) {
    case RetentionCell::State::Value:
        return figureText(cell, m_view);
    case RetentionCell::State::Partial:
        return tr("%1 …", "a figure that is not final").arg(figureText(cell, m_view));
    case RetentionCell::State::Future:
        return {};
    case RetentionCell::State::Missing:
        return QStringLiteral("–");
    case RetentionCell::State::Unreadable:
        return tr("unreadable");
    case RetentionCell::State::Empty:
        break;
    }
    return tr("no users");
}

QString RetentionModel::figure(int row, int column) const {
    QLocale plain;
    plain.setNumberOptions(QLocale::OmitGroupSeparator);
    const auto whole = [&plain](std::uint64_t count) {
        return plain.toString(static_cast<qulonglong>(count));
    };
    const bool isUsers = m_view.unit == RetentionUnit::Users;
    const auto decimal = [&plain, isUsers](const std::optional<double>& value) {
        return value ? plain.toString(isUsers ? *value : *value * 100, 'f', 1) : QString();
    };
    if (row == 0) {
        return column == 0 ? whole(m_table->meanSize)
                           : decimal(m_means[static_cast<std::size_t>(column - 1)]);
    }
    const RetentionRow& cells = m_table->rows[static_cast<std::size_t>(row - 1)];
    if (column == 0) {
        return cells.size ? whole(*cells.size) : QString();
    }
    const RetentionCell& cell = cells.cells[static_cast<std::size_t>(column - 1)];
    if (!holdsNumber(cell)) {
        return {};
    }
    return isUsers ? whole(cell.count) : decimal(cell.rate);
}

QString RetentionModel::sentence(int row, int column) const {
    if (row == 0) {
        return column == 0 ? tr("%1 users in the rows whose size is known.")
                                 .arg(countText(m_table->meanSize))
                           : meanSentence(*m_table, m_view, column - 1);
    }
    return column == 0 ? sizeSentence(*m_table, row - 1)
                       : cellSentence(*m_table, row - 1, column - 1);
}

QVariant RetentionModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (!m_table || section < 0) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(
            (orientation == Qt::Horizontal ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (orientation == Qt::Horizontal) {
        if (section >= columnCount()) {
            return {};
        }
        return section == 0 ? tr("users") : columnHeading(m_table->question, section - 1);
    }
    if (section >= rowCount()) {
        return {};
    }
    return section == 0
               ? tr("Mean")
               : rowLabel(m_table->rows[static_cast<std::size_t>(section - 1)].period, m_withYears);
}

QString tabSeparated(const RetentionModel& model, const QModelIndex& first, const QModelIndex& last,
                     bool withHeadings) {
    QString text;
    const auto append = [&text](const QVariant& value, bool isLast) {
        text += value.toString() + (isLast ? QLatin1Char('\n') : QLatin1Char('\t'));
    };
    if (withHeadings) {
        text += QLatin1Char('\t');
        for (int column = first.column(); column <= last.column(); ++column) {
            append(model.headerData(column, Qt::Horizontal, Qt::DisplayRole),
                   column == last.column());
        }
    }
    for (int row = first.row(); row <= last.row(); ++row) {
        if (withHeadings) {
            append(model.headerData(row, Qt::Vertical, Qt::DisplayRole), false);
        }
        for (int column = first.column(); column <= last.column(); ++column) {
            append(model.index(row, column).data(Qt::EditRole), column == last.column());
        }
    }
    return text;
}

} // namespace cohortist
