// SPDX-License-Identifier: GPL-3.0-or-later
// A line of text that gives way: where there is no room for all of it, it ends in three dots and
// the whole is its tool tip. Window's thread alone.
#pragma once

#include <QLabel>

namespace cohortist {

class ElidedLabel : public QLabel {
public:
    explicit ElidedLabel(QWidget* parent = nullptr);

    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] bool isElided() const;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
};

} // namespace cohortist
