// SPDX-License-Identifier: GPL-3.0-or-later
// How a cell's state looks, without its figure: filled, hatched, dashed, grey, a warning sign. The
// heatmap and its legend draw the same. Free functions of the GUI thread; rectangles are
// device-independent pixels.
#pragma once

#include <QColor>
#include <QRectF>
#include <QString>

#include "core/analysis/retention.h"
#include "ui/common/colors.h"

class QPainter;

namespace cohortist {

// ground: the colour of the figure's share; only Value and Partial have one.
void paintCellState(QPainter& painter, const QRectF& rect, RetentionCell::State state,
                    const QColor& ground, const Colors& colors);
// "still running", "no data in the source", …: empty for Value, which speaks for itself.
[[nodiscard]] QString legendText(RetentionCell::State state);

} // namespace cohortist
