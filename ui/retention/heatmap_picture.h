// SPDX-License-Identifier: GPL-3.0-or-later
// A whole retention table as a picture to keep: the question, the table without its selection, a
// margin. Holds copies of all it needs, so it may be drawn on any thread.
#pragma once

#include <memory>

#include <QFont>
#include <QImage>
#include <QPalette>
#include <QStringList>

#include "ui/retention/retention_text.h"

namespace cohortist {

struct HeatmapPicture {
    std::shared_ptr<const RetentionResult> table; // not null
    RetentionView view;
    QFont font;
    QPalette palette;

    // At twice the resolution, or as sharp as 64 million pixels let it be: smaller, never cut.
    [[nodiscard]] QImage draw() const;
};

// The question in words, a line each.
[[nodiscard]] QStringList questionLines(const RetentionResult& table);

} // namespace cohortist
