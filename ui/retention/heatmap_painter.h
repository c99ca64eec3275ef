// SPDX-License-Identifier: GPL-3.0-or-later
// Where everything of a heatmap lies and how it is drawn: headings, mean, row sizes, cells in their
// states. Positions are device-independent pixels of the whole table; the scroll offset moves cells
// under the headings, which stay. Only what is visible is drawn. Free of widgets; GUI thread.
#pragma once

#include <QFontMetrics>
#include <QPoint>
#include <QRect>
#include <QSize>

#include "ui/retention/retention_model.h"

class QPainter;
class QPalette;

namespace cohortist {

struct HeatmapLayout {
    int labelWidth = 0; // row labels
    int sizeWidth = 0;  // bar and number of users
    int headHeight = 0; // column headings and means
    int cellWidth = 0;
    int cellHeight = 0;
    int rows = 0;
    int columns = 0;

    [[nodiscard]] int left() const { return labelWidth + sizeWidth; }
    [[nodiscard]] QSize contents() const {
        return {left() + columns * cellWidth + 1, headHeight + rows * cellHeight + 1};
    }
    // width: what there is; cells grow into it within limits.
    [[nodiscard]] static HeatmapLayout of(const RetentionModel& model, const QFont& font,
                                          int width);
};

struct HeatmapScene {
    const RetentionModel& model;
    HeatmapLayout layout;
    QFont font;
    QPoint scroll;
    QPoint selected{-1, -1}; // column and row of a cell of the result
    bool hasFocus = false;
};

void paintHeatmap(QPainter& painter, const HeatmapScene& scene, const QRect& viewport,
                  const QPalette& palette);

} // namespace cohortist
