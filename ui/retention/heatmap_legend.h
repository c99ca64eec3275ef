// SPDX-License-Identifier: GPL-3.0-or-later
// Beneath the heatmap: which states occur in the table, drawn as its cells draw them, and what a
// reader must know of the table as a whole. Window's thread alone.
#pragma once

#include <QWidget>

#include "core/analysis/retention.h"

class QLabel;

namespace cohortist {

class HeatmapLegend : public QWidget {
    Q_OBJECT
public:
    explicit HeatmapLegend(QWidget* parent = nullptr);

    void setTable(const RetentionResult& table);
    void clear();
    [[nodiscard]] QString text() const; // as a screen reader says it

private:
    void add(QWidget* part);
};

} // namespace cohortist
