// SPDX-License-Identifier: GPL-3.0-or-later
// A retention table as a Qt model: the heatmap and its table twin show the same one. Row 0 is the
// mean, column 0 the rows' sizes; cell (i, k) of the result is (i + 1, k + 1). Every item has its
// sentence as tool tip and for screen readers, and as EditRole its figure alone, ungrouped. Holds a
// value, starts no job; window's thread alone.
#pragma once

#include <memory>

#include <QAbstractTableModel>

#include "ui/retention/retention_text.h"

namespace cohortist {

class RetentionModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit RetentionModel(QObject* parent = nullptr);

    void setTable(std::shared_ptr<const RetentionResult> table); // null: empty
    void setView(const RetentionView& view);
    [[nodiscard]] const std::shared_ptr<const RetentionResult>& table() const { return m_table; }
    [[nodiscard]] const RetentionView& view() const { return m_view; }
    // Of the columns; in percent a fraction. Computed once per table and view.
    [[nodiscard]] const std::vector<std::optional<double>>& means() const { return m_means; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(int row, int column) const;
    [[nodiscard]] QString figure(int row, int column) const;
    [[nodiscard]] QString sentence(int row, int column) const;
    void updateMeans();

    std::shared_ptr<const RetentionResult> m_table;
    RetentionView m_view;
    std::vector<std::optional<double>> m_means;
    bool m_withYears = false;
};

// Lines of the range's figures between tabs, as a spreadsheet takes them, with headings on request.
[[nodiscard]] QString tabSeparated(const RetentionModel& model, const QModelIndex& first,
                                   const QModelIndex& last, bool withHeadings);

} // namespace cohortist
