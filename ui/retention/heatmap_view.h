// SPDX-License-Identifier: GPL-3.0-or-later
// The heatmap: a scroll area whose picture is drawn through QCustomPlot, with a cell that is
// selected by mouse or arrow keys and a sentence for each as tool tip. Its table twin for screen
// readers is the page's business. Window's thread alone.
#pragma once

#include <QAbstractScrollArea>

#include "ui/retention/heatmap_painter.h"

class QCustomPlot;

namespace cohortist {

class HeatmapView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit HeatmapView(RetentionModel& model, QWidget* parent = nullptr);
    ~HeatmapView() override;

    // Of the model, so (row + 1, column + 1) of the result; invalid when nothing is selected.
    [[nodiscard]] QModelIndex selected() const;
    void select(const QModelIndex& index);
    void setPale(bool isPale); // as figures that are not those asked for

signals:
    void selectionChanged();
    void usersWanted(); // those whom the selected cell counts

protected:
    bool viewportEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    class Layer;
    void relayout();
    void redraw();
    [[nodiscard]] HeatmapScene scene() const;
    [[nodiscard]] QModelIndex indexAt(const QPoint& position) const;
    void makeVisible();
    void offerMenu(const QContextMenuEvent& event);

    RetentionModel& m_model;
    QCustomPlot* m_plot;
    HeatmapLayout m_layout;
    bool m_isPale = false;
    QPoint m_selected{-1, -1};
};

} // namespace cohortist
