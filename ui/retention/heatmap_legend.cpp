// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retention/heatmap_legend.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

#include <set>

#include "ui/common/color_map.h"
#include "ui/common/flow_layout.h"
#include "ui/retention/heatmap_cells.h"
#include "ui/retention/retention_text.h"

namespace cohortist {

namespace {

using State = RetentionCell::State;

class Swatch final : public QWidget {
public:
    explicit Swatch(State state)
        : m_state(state) {
        setFixedSize(24, 16);
    }

protected:
    void paintEvent(QPaintEvent* /*event*/) override {
        constexpr double kShare = 0.45;
        const Colors& colors = Colors::of(palette());
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        paintCellState(painter, QRectF(rect()).adjusted(0, 1, 0, -1), m_state,
                       sequentialColor(kShare, colors.isDark), colors);
    }

private:
    State m_state;
};

QLabel* dimLabel(const QString& text) {
    auto* label = new QLabel(text);
    label->setObjectName(QStringLiteral("dim"));
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

HeatmapLegend::HeatmapLegend(QWidget* parent)
    : QWidget(parent) {
    new FlowLayout(this, 18, 4); // the widget's
}

void HeatmapLegend::setTable(const RetentionResult& table) {
    clear();
    std::set<State> found;
    for (const RetentionRow& row : table.rows) {
        for (const RetentionCell& cell : row.cells) {
            found.insert(cell.state);
        }
    }
    for (const State state : found) {
        if (const QString text = legendText(state); !text.isEmpty()) {
            auto* entry = new QWidget;
            auto* line = new QHBoxLayout(entry);
            line->setContentsMargins({});
            line->setSpacing(6);
            if (state != State::Future) { // that is blank
                line->addWidget(new Swatch(state));
            }
            line->addWidget(dimLabel(text));
            add(entry);
        }
    }
    for (const QString& note : tableNotes(table)) {
        add(dimLabel(note));
    }
}

QString HeatmapLegend::text() const {
    QStringList parts;
    for (const QLabel* label : findChildren<QLabel*>()) {
        parts.append(label->text());
    }
    return parts.join(QStringLiteral(" · "));
}

void HeatmapLegend::clear() {
    while (QLayoutItem* item = layout()->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    updateGeometry();
}

void HeatmapLegend::add(QWidget* part) {
    layout()->addWidget(part);
    part->show();
}

} // namespace cohortist
