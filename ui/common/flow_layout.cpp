// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/flow_layout.h"

#include <algorithm>

#include <QStyle>
#include <QWidget>

namespace cohortist {

FlowLayout::FlowLayout(QWidget* parent, int horizontalSpacing, int verticalSpacing)
    : QLayout(parent)
    , m_horizontalSpacing(horizontalSpacing)
    , m_verticalSpacing(verticalSpacing) {
    setContentsMargins({});
}

FlowLayout::~FlowLayout() {
    for (const Entry& entry : m_entries) {
        delete entry.item;
    }
}

void FlowLayout::addItem(QLayoutItem* item) {
    m_entries.append({item, m_nextGap});
    m_nextGap = 0;
}

void FlowLayout::addGap(int width) {
    m_nextGap += width;
}

int FlowLayout::count() const {
    return static_cast<int>(m_entries.size());
}

QLayoutItem* FlowLayout::itemAt(int index) const {
    return index >= 0 && index < count() ? m_entries[index].item : nullptr;
}

QLayoutItem* FlowLayout::takeAt(int index) {
    return index >= 0 && index < count() ? m_entries.takeAt(index).item : nullptr;
}

int FlowLayout::heightForWidth(int width) const {
    return arrange(QRect(0, 0, width, 0), false);
}

QSize FlowLayout::sizeHint() const {
    int width = 0;
    int height = 0;
    for (const Entry& entry : m_entries) {
        if (entry.item->isEmpty()) {
            continue;
        }
        width += entry.item->sizeHint().width() + entry.gapBefore + m_horizontalSpacing;
        height = std::max(height, entry.item->sizeHint().height());
    }
    return {width, height};
}

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const Entry& entry : m_entries) {
        if (!entry.item->isEmpty()) {
            size = size.expandedTo(entry.item->minimumSize());
        }
    }
    return size;
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect& rect, bool isForReal) const {
    QVector<Placed> line;
    int x = rect.x();
    int y = rect.y();
    int lineHeight = 0;
    const bool isMirrored =
        parentWidget() != nullptr && parentWidget()->layoutDirection() == Qt::RightToLeft;
    const auto endLine = [&] {
        for (const Placed& placed : line) {
            QRect place = placed.place.translated(0, (lineHeight - placed.place.height()) / 2);
            if (isForReal) {
                placed.item->setGeometry(
                    isMirrored ? QStyle::visualRect(Qt::RightToLeft, rect, place) : place);
            }
        }
        line.clear();
    };
    for (const Entry& entry : m_entries) {
        if (entry.item->isEmpty()) {
            continue;
        }
        QSize size = entry.item->sizeHint();
        size.setWidth(std::min(size.width(), rect.width()));
        int left = line.isEmpty() ? x : x + entry.gapBefore;
        if (!line.isEmpty() && left + size.width() > rect.x() + rect.width()) {
            endLine();
            left = rect.x();
            y += lineHeight + m_verticalSpacing;
            lineHeight = 0;
        }
        line.append({entry.item, QRect(QPoint(left, y), size)});
        x = left + size.width() + m_horizontalSpacing;
        lineHeight = std::max(lineHeight, size.height());
    }
    endLine();
    return y + lineHeight - rect.y();
}

} // namespace cohortist
