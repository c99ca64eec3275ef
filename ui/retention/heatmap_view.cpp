// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retention/heatmap_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>

#include "ui/common/colors.h"
#include "ui/common/icons.h"
#include "ui/common/numbers.h"
#include "ui/common/qcustomplot.h"

namespace cohortist {

namespace {

constexpr double kPaleOpacity = 0.45;

} // namespace

// What the plot draws in place of axes and graphs.
class HeatmapView::Layer : public QCPLayerable {
public:
    Layer(QCustomPlot* plot, const HeatmapView& view)
        : QCPLayerable(plot, QStringLiteral("main"))
        , m_view(view) {}

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override {
        painter->setAntialiasing(true);
    }
    void draw(QCPPainter* painter) override {
        const HeatmapScene scene = m_view.scene();
        painter->setOpacity(m_view.m_isPale ? kPaleOpacity : 1.0);
        paintHeatmap(*painter, scene, mParentPlot->viewport(), m_view.palette());
    }

private:
    const HeatmapView& m_view;
};

HeatmapView::HeatmapView(RetentionModel& model, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_model(model)
    , m_plot(new QCustomPlot(viewport())) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Heatmap"));
    setAccessibleDescription(tr("The same figures are in the table view."));
    m_plot->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->plotLayout()->clear();
    new Layer(m_plot, *this); // the plot's
    connect(&m_model, &QAbstractItemModel::modelReset, this, [this] {
        const bool isGone =
            m_selected.y() + 1 >= m_model.rowCount() || m_selected.x() + 1 >= m_model.columnCount();
        m_selected = isGone ? QPoint(-1, -1) : m_selected;
        relayout();
    });
    connect(&m_model, &QAbstractItemModel::dataChanged, this, [this] { relayout(); });
}

HeatmapView::~HeatmapView() = default;

HeatmapScene HeatmapView::scene() const {
    return {m_model,
            m_layout,
            figureFont(font()),
            {horizontalScrollBar()->value(), verticalScrollBar()->value()},
            m_selected,
            hasFocus()};
}

void HeatmapView::relayout() {
    m_layout = HeatmapLayout::of(m_model, figureFont(font()), viewport()->width());
    const QSize beyond = m_layout.contents() - viewport()->size();
    horizontalScrollBar()->setRange(0, std::max(0, beyond.width()));
    horizontalScrollBar()->setPageStep(viewport()->width() - m_layout.left());
    horizontalScrollBar()->setSingleStep(m_layout.cellWidth);
    verticalScrollBar()->setRange(0, std::max(0, beyond.height()));
    verticalScrollBar()->setPageStep(viewport()->height() - m_layout.headHeight);
    verticalScrollBar()->setSingleStep(m_layout.cellHeight);
    redraw();
}

void HeatmapView::redraw() {
    m_plot->setBackground(Colors::of(palette()).panel);
    m_plot->setGeometry(viewport()->rect());
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void HeatmapView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    relayout();
}

void HeatmapView::scrollContentsBy(int /*dx*/, int /*dy*/) {
    redraw();
}

void HeatmapView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        relayout();
    }
}

void HeatmapView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    const bool isByKey =
        event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    if (isByKey && !selected().isValid() && m_model.hasIndex(1, 1)) {
        select(m_model.index(1, 1)); // so that the focus can be seen
        makeVisible();
    }
    redraw();
}

void HeatmapView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    redraw();
}

QModelIndex HeatmapView::indexAt(const QPoint& position) const {
    if (m_layout.cellWidth == 0 || m_layout.cellHeight == 0) {
        return {};
    }
    int column = 0;
    int row = 0;
    if (position.x() >= m_layout.left()) {
        column =
            (position.x() - m_layout.left() + horizontalScrollBar()->value()) / m_layout.cellWidth +
            1;
    }
    if (position.y() >= m_layout.headHeight) {
        row = (position.y() - m_layout.headHeight + verticalScrollBar()->value()) /
                  m_layout.cellHeight +
              1;
    }
    return m_model.hasIndex(row, column) ? m_model.index(row, column) : QModelIndex();
}

bool HeatmapView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QModelIndex index = indexAt(help->pos());
        QToolTip::showText(help->globalPos(), index.data(Qt::ToolTipRole).toString(), viewport());
        return true;
    }
    if (event->type() == QEvent::MouseButtonPress) {
        const QModelIndex index = indexAt(static_cast<QMouseEvent*>(event)->position().toPoint());
        select(index.row() > 0 && index.column() > 0 ? index : QModelIndex());
        return true;
    }
    if (event->type() == QEvent::MouseButtonDblClick && selected().isValid()) {
        emit usersWanted();
        return true;
    }
    if (event->type() == QEvent::ContextMenu) {
        offerMenu(*static_cast<QContextMenuEvent*>(event));
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void HeatmapView::offerMenu(const QContextMenuEvent& event) {
    if (!selected().isValid()) {
        return;
    }
    QMenu menu(this);
    menu.addAction(themedIcon(QStringLiteral("users")), tr("Export these &users…"), this,
                   &HeatmapView::usersWanted);
    const QRect cell(
        m_layout.left() + m_selected.x() * m_layout.cellWidth - horizontalScrollBar()->value(),
        m_layout.headHeight + m_selected.y() * m_layout.cellHeight - verticalScrollBar()->value(),
        m_layout.cellWidth, m_layout.cellHeight);
    menu.exec(event.reason() == QContextMenuEvent::Mouse ? event.globalPos()
                                                         : viewport()->mapToGlobal(cell.center()));
}

void HeatmapView::setPale(bool isPale) {
    m_isPale = isPale;
    redraw();
}

QModelIndex HeatmapView::selected() const {
    return m_selected.x() < 0 ? QModelIndex()
                              : m_model.index(m_selected.y() + 1, m_selected.x() + 1);
}

void HeatmapView::select(const QModelIndex& index) {
    m_selected = index.isValid() ? QPoint(index.column() - 1, index.row() - 1) : QPoint(-1, -1);
    redraw();
    emit selectionChanged();
}

void HeatmapView::keyPressEvent(QKeyEvent* event) {
    const QPoint last(m_layout.columns - 1, m_layout.rows - 1);
    if (last.x() < 0 || last.y() < 0) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    QPoint to = m_selected;
    switch (event->key()) {
    case Qt::Key_Left:
        to.rx()--;
        break;
    case Qt::Key_Right:
        to.rx()++;
        break;
    case Qt::Key_Up:
        to.ry()--;
        break;
    case Qt::Key_Down:
        to.ry()++;
        break;
    case Qt::Key_Home:
        to.setX(0);
        break;
    case Qt::Key_End:
        to.setX(last.x());
        break;
    case Qt::Key_Escape:
        select({});
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (selected().isValid()) {
            emit usersWanted();
        }
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    to = m_selected.x() < 0
             ? QPoint(0, 0)
             : QPoint(std::clamp(to.x(), 0, last.x()), std::clamp(to.y(), 0, last.y()));
    select(m_model.index(to.y() + 1, to.x() + 1));
    makeVisible();
}

void HeatmapView::makeVisible() {
    const auto reveal = [](QScrollBar* bar, int begin, int size, int room) {
        bar->setValue(std::clamp(bar->value(), begin + size - room, begin));
    };
    reveal(horizontalScrollBar(), m_selected.x() * m_layout.cellWidth, m_layout.cellWidth,
           std::max(m_layout.cellWidth, viewport()->width() - m_layout.left()));
    reveal(verticalScrollBar(), m_selected.y() * m_layout.cellHeight, m_layout.cellHeight,
           std::max(m_layout.cellHeight, viewport()->height() - m_layout.headHeight));
}

} // namespace cohortist
