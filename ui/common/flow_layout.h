// SPDX-License-Identifier: GPL-3.0-or-later
// Lays widgets out like words: from the left, in as many lines as the width needs, each line's
// widgets centred on it. Widgets keep their size hints, but none is wider than the line.
#pragma once

#include <QLayout>
#include <QVector>

namespace cohortist {

class FlowLayout : public QLayout {
public:
    FlowLayout(QWidget* parent, int horizontalSpacing, int verticalSpacing);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override;
    void addGap(int width); // more room before the next widget, but not at a line's start
    [[nodiscard]] int count() const override;
    [[nodiscard]] QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    [[nodiscard]] Qt::Orientations expandingDirections() const override { return {}; }
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    struct Placed {
        QLayoutItem* item = nullptr;
        QRect place;
    };
    int arrange(const QRect& rect, bool isForReal) const; // the height it takes

    struct Entry {
        QLayoutItem* item = nullptr;
        int gapBefore = 0;
    };
    QVector<Entry> m_entries;
    int m_horizontalSpacing;
    int m_verticalSpacing;
    int m_nextGap = 0;
};

} // namespace cohortist
