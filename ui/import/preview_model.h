// SPDX-License-Identifier: GPL-3.0-or-later
// The first lines of an event log as a Qt model: each column as it stands in the file, and last how
// the user and the time are read. Holds a value; window's thread alone.
#pragma once

#include <QAbstractTableModel>

#include "core/import/log_preview.h"

namespace cohortist {

class PreviewModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    void setPreview(LogPreview preview, bool hasTextIds);
    void clear();
    [[nodiscard]] const LogPreview& preview() const { return m_preview; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString cellText(int row, int column) const;
    [[nodiscard]] bool isAtFault(int row, int column) const; // it cannot be read as it should
    [[nodiscard]] QString roleOf(int column) const;          // "user", "event", "time" or nothing

    LogPreview m_preview;
    bool m_hasTextIds = false;
    int m_fileColumns = 0;
};

// The column's name in the header, or "Column 3" where there is none.
[[nodiscard]] QString columnTitle(const LogPreview& preview, int column);
[[nodiscard]] int columnCountOf(const LogPreview& preview);

} // namespace cohortist
