// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retention/heatmap_painter.h"

#include <QPainter>
#include <QPalette>

#include <algorithm>

#include "ui/common/color_map.h"
#include "ui/common/colors.h"
#include "ui/retention/heatmap_cells.h"

namespace cohortist {

namespace {

constexpr int kGap = 1;
constexpr int kRadius = 3;
constexpr int kLargestLabel = 220;
constexpr int kSmallestCell = 44;
constexpr int kLargestCell = 76;

QString heading(const RetentionModel& model, int section, Qt::Orientation orientation) {
    return model.headerData(section, orientation, Qt::DisplayRole).toString();
}

class Painter {
public:
    Painter(QPainter& painter, const HeatmapScene& scene, const QRect& viewport,
            const Colors& colors)
        : m_painter(painter)
        , m_scene(scene)
        , m_layout(scene.layout)
        , m_viewport(viewport)
        , m_colors(colors)
        , m_table(*scene.model.table()) {}

    void paint() {
        m_painter.setFont(m_scene.font);
        findVisible();
        findLargest();
        const QRect body(m_layout.left(), m_layout.headHeight, m_viewport.width() - m_layout.left(),
                         m_viewport.height() - m_layout.headHeight);
        clipped(body, [this] { paintCells(); });
        clipped({0, m_layout.headHeight, m_layout.left(), body.height()},
                [this] { paintRowHeadings(); });
        clipped({m_layout.left(), 0, body.width(), m_layout.headHeight},
                [this] { paintColumnHeadings(); });
        paintCorner();
    }

private:
    template <typename Draw>
    void clipped(const QRect& rect, Draw draw) {
        m_painter.save();
        m_painter.setClipRect(rect, Qt::IntersectClip);
        draw();
        m_painter.restore();
    }

    void findVisible() {
        const auto range = [](int offset, int extent, int size, int count) {
            const int first = std::clamp(offset / size, 0, count);
            return std::pair(first, std::clamp((offset + extent) / size + 1, first, count));
        };
        std::tie(m_firstRow, m_lastRow) =
            range(m_scene.scroll.y(), m_viewport.height() - m_layout.headHeight,
                  m_layout.cellHeight, m_layout.rows);
        std::tie(m_firstColumn, m_lastColumn) =
            range(m_scene.scroll.x(), m_viewport.width() - m_layout.left(), m_layout.cellWidth,
                  m_layout.columns);
    }

    // Colours are shares of the whole, in counts of the largest cell.
    void findLargest() {
        for (const auto& row : m_table.rows) {
            m_largestSize = std::max(m_largestSize, row.size.value_or(0));
            for (const auto& cell : row.cells) {
                if (holdsNumber(cell)) {
                    m_largestCount = std::max(m_largestCount, cell.count);
                }
            }
        }
    }

    [[nodiscard]] QRect cellRect(int row, int column) const {
        return {m_layout.left() + column * m_layout.cellWidth - m_scene.scroll.x(),
                m_layout.headHeight + row * m_layout.cellHeight - m_scene.scroll.y(),
                m_layout.cellWidth, m_layout.cellHeight};
    }

    void paintCells() {
        m_painter.setRenderHint(QPainter::Antialiasing);
        for (int row = m_firstRow; row < m_lastRow; ++row) {
            for (int column = m_firstColumn; column < m_lastColumn; ++column) {
                paintCell(row, column);
            }
        }
        if (m_scene.selected.x() >= 0) {
            const QRectF rect =
                QRectF(cellRect(m_scene.selected.y(), m_scene.selected.x())).adjusted(1, 1, -2, -2);
            m_painter.setBrush(Qt::NoBrush);
            m_painter.setPen(QPen(m_colors.text, 2));
            m_painter.drawRoundedRect(rect, kRadius, kRadius);
        }
    }

    void paintCell(int row, int column) {
        const auto& cell =
            m_table.rows[static_cast<std::size_t>(row)].cells[static_cast<std::size_t>(column)];
        const QRectF rect = QRectF(cellRect(row, column)).adjusted(kGap, kGap, -kGap, -kGap);
        const QColor ground = sequentialColor(shareOf(cell), m_colors.isDark);
        paintCellState(m_painter, rect, cell.state, ground, m_colors);
        if (!holdsNumber(cell)) {
            return;
        }
        m_painter.setPen(textColorOn(ground));
        m_painter.drawText(rect, Qt::AlignCenter, figureText(cell, m_scene.model.view()));
    }

    [[nodiscard]] double shareOf(const RetentionCell& cell) const {
        if (m_scene.model.view().unit == RetentionUnit::Users) {
            return m_largestCount == 0
                       ? 0
                       : static_cast<double>(cell.count) / static_cast<double>(m_largestCount);
        }
        return cell.rate.value_or(0);
    }

    void paintRowHeadings() {
        constexpr int kBar = 60;
        const QFontMetrics metrics(m_scene.font);
        for (int row = m_firstRow; row < m_lastRow; ++row) {
            const QRect rect(0, cellRect(row, 0).y(), m_layout.left() - 10, m_layout.cellHeight);
            const bool isSelected = row == m_scene.selected.y();
            m_painter.setPen(isSelected ? m_colors.text : m_colors.dim);
            m_painter.setFont(emphasised(isSelected));
            const QRect label = rect.adjusted(0, 0, m_layout.labelWidth - rect.width() - 8, 0);
            m_painter.drawText(label, Qt::AlignLeft | Qt::AlignVCenter,
                               metrics.elidedText(heading(m_scene.model, row + 1, Qt::Vertical),
                                                  Qt::ElideRight, label.width()));
            m_painter.setFont(m_scene.font);
            const auto& size = m_table.rows[static_cast<std::size_t>(row)].size;
            const QString text = m_scene.model.index(row + 1, 0).data().toString();
            m_painter.setPen(size ? m_colors.text : m_colors.dim);
            m_painter.drawText(rect, Qt::AlignRight | Qt::AlignVCenter, text);
            if (size && m_largestSize > 0) {
                const double share =
                    static_cast<double>(*size) / static_cast<double>(m_largestSize);
                const int right = rect.right() - metrics.horizontalAdvance(widestSize()) - 8;
                const QRectF bar(right - kBar * share, rect.center().y() - 4, kBar * share, 9);
                m_painter.setRenderHint(QPainter::Antialiasing);
                m_painter.setPen(Qt::NoPen);
                m_painter.setBrush(m_colors.accentGround);
                m_painter.drawRoundedRect(bar, 2, 2);
            }
        }
    }

    [[nodiscard]] QString widestSize() const { return m_scene.model.index(0, 0).data().toString(); }

    [[nodiscard]] QFont emphasised(bool isBold) const {
        QFont font = m_scene.font;
        font.setWeight(isBold ? QFont::DemiBold : QFont::Normal);
        return font;
    }

    void paintColumnHeadings() {
        const int line = m_layout.headHeight / 2 - 4;
        for (int column = m_firstColumn; column < m_lastColumn; ++column) {
            const QRect rect(cellRect(0, column).x(), 0, m_layout.cellWidth, line);
            const bool isSelected = column == m_scene.selected.x();
            m_painter.setFont(emphasised(isSelected));
            m_painter.setPen(isSelected ? m_colors.text : m_colors.dim);
            m_painter.drawText(rect, Qt::AlignCenter,
                               heading(m_scene.model, column + 1, Qt::Horizontal));
            m_painter.setFont(emphasised(true));
            m_painter.setPen(m_colors.text);
            m_painter.drawText(rect.translated(0, line), Qt::AlignCenter,
                               m_scene.model.index(0, column + 1).data().toString());
            const auto& mean = m_scene.model.means()[static_cast<std::size_t>(column)];
            if (mean) {
                const bool isUsers = m_scene.model.view().unit == RetentionUnit::Users;
                const double share = !isUsers ? *mean
                                     : m_largestCount > 0
                                         ? *mean / static_cast<double>(m_largestCount)
                                         : 0;
                m_painter.fillRect(
                    QRect(rect.x() + kGap, m_layout.headHeight - 6, rect.width() - 2 * kGap, 3),
                    sequentialColor(share, m_colors.isDark));
            }
        }
    }

    void paintCorner() {
        const int line = m_layout.headHeight / 2 - 4;
        const QRect rect(0, line, m_layout.left() - 10, line);
        m_painter.setFont(m_scene.font);
        m_painter.setPen(m_colors.dim);
        m_painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter,
                           heading(m_scene.model, 0, Qt::Vertical));
        m_painter.drawText(rect, Qt::AlignRight | Qt::AlignVCenter, widestSize());
        m_painter.drawText(rect.translated(0, -line), Qt::AlignRight | Qt::AlignVCenter,
                           heading(m_scene.model, 0, Qt::Horizontal));
    }

    QPainter& m_painter;
    const HeatmapScene& m_scene;
    const HeatmapLayout& m_layout;
    QRect m_viewport;
    const Colors& m_colors;
    const RetentionResult& m_table;
    int m_firstRow = 0;
    int m_lastRow = 0;
    int m_firstColumn = 0;
    int m_lastColumn = 0;
    std::uint64_t m_largestSize = 0;
    std::uint64_t m_largestCount = 0;
};

} // namespace

HeatmapLayout HeatmapLayout::of(const RetentionModel& model, const QFont& font, int width) {
    HeatmapLayout layout;
    if (!model.table()) {
        return layout;
    }
    QFont bold = font;
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(bold);
    layout.rows = model.rowCount() - 1;
    layout.columns = model.columnCount() - 1;
    for (int row = 0; row <= std::min(layout.rows, 400); ++row) {
        layout.labelWidth = std::max(layout.labelWidth,
                                     metrics.horizontalAdvance(heading(model, row, Qt::Vertical)));
    }
    layout.labelWidth = std::min(layout.labelWidth, kLargestLabel) + 16;
    layout.sizeWidth = 60 + 8 + 10 +
                       std::max(metrics.horizontalAdvance(model.index(0, 0).data().toString()),
                                metrics.horizontalAdvance(heading(model, 0, Qt::Horizontal)));
    layout.headHeight = 2 * (metrics.height() + 2) + 12;
    layout.cellHeight = std::max(27, metrics.height() + 9);
    int widest = kSmallestCell;
    for (int column = 1; column <= std::min(layout.columns, 400); ++column) {
        widest =
            std::max({widest, metrics.horizontalAdvance(heading(model, column, Qt::Horizontal)) + 8,
                      metrics.horizontalAdvance(model.index(0, column).data().toString()) + 10});
    }
    const int room = layout.columns > 0 ? (width - layout.left() - 1) / layout.columns : 0;
    layout.cellWidth = std::clamp(room, widest, std::max(widest, kLargestCell));
    return layout;
}

void paintHeatmap(QPainter& painter, const HeatmapScene& scene, const QRect& viewport,
                  const QPalette& palette) {
    if (scene.model.table()) {
        Painter(painter, scene, viewport, Colors::of(palette)).paint();
    }
}

} // namespace cohortist
