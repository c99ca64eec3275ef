// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retention/heatmap_cells.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include "ui/common/color_map.h"

namespace cohortist {

namespace {

using State = RetentionCell::State;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Heatmap)
};

constexpr double kRadius = 3;

void fill(QPainter& painter, const QRectF& rect, const QColor& color) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(rect, kRadius, kRadius);
}

void frame(QPainter& painter, const QRectF& rect, const QPen& pen) {
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
}

void paintStripes(QPainter& painter, const QRectF& rect, const QColor& color) {
    constexpr double kDistance = 7;
    QPainterPath path;
    path.addRoundedRect(rect, kRadius, kRadius);
    painter.save();
    painter.setClipPath(path, Qt::IntersectClip);
    painter.setPen(QPen(color, 2));
    for (double x = rect.left() - rect.height(); x < rect.right(); x += kDistance) {
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()));
    }
    painter.restore();
}

void paintWarningSign(QPainter& painter, const QPointF& middle, const QColor& color) {
    QPainterPath triangle(middle + QPointF(0, -7));
    triangle.lineTo(middle + QPointF(7, 5));
    triangle.lineTo(middle + QPointF(-7, 5));
    triangle.closeSubpath();
    painter.setPen(QPen(color, 1.4));
    painter.drawPath(triangle);
    painter.drawLine(middle + QPointF(0, -2), middle + QPointF(0, 1));
    painter.drawPoint(middle + QPointF(0, 3.2));
}

} // namespace

void paintCellState(QPainter& painter, const QRectF& rect, State state, const QColor& ground,
                    const Colors& colors) {
    switch (state) {
    case State::Value:
        fill(painter, rect, ground);
        break;
    case State::Partial:
        fill(painter, rect, ground);
        paintStripes(painter, rect, stripeColorOn(ground));
        break;
    case State::Future:
        fill(painter, rect, colors.raised);
        break;
    case State::Empty:
        fill(painter, rect, colors.faintLine);
        break;
    case State::Missing:
        frame(painter, rect, QPen(colors.faint, 1, Qt::DashLine));
        painter.setPen(colors.dim);
        painter.drawText(rect, Qt::AlignCenter, QStringLiteral("–"));
        break;
    case State::Unreadable:
        frame(painter, rect, QPen(colors.error, 1));
        paintWarningSign(painter, rect.center(), colors.error);
        break;
    }
}

QString legendText(State state) {
    switch (state) {
    case State::Partial:
        return Texts::tr("still running");
    case State::Missing:
        return Texts::tr("no data in the source");
    case State::Future:
        return Texts::tr("blank: not yet");
    case State::Empty:
        return Texts::tr("no users in the row");
    case State::Unreadable:
        return Texts::tr("could not be read");
    case State::Value:
        break;
    }
    return {};
}

} // namespace cohortist
