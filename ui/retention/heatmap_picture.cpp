// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retention/heatmap_picture.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/common/colors.h"
#include "ui/common/numbers.h"
#include "ui/retention/heatmap_painter.h"

namespace cohortist {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(HeatmapPicture)
};

constexpr double kSharp = 2;
constexpr double kMostPixels = 64e6;
constexpr double kLongestSide = 30'000; // the painter's limit is a little above
constexpr int kMargin = 16;
constexpr int kWidth = 720; // cells grow into it

} // namespace

QStringList questionLines(const RetentionResult& table) {
    const RetentionQuestion& question = table.question;
    const auto text = [](const Expr& query) { return QString::fromStdString(printQuery(query)); };
    const Period lastDay = currentPeriod(Granularity::Day, table.asOf);
    return {
        Texts::tr("Users who did %1 and came back to %2")
            .arg(text(question.cohort), text(question.returned)),
        Texts::tr("By %1, as of %2", "day, date").arg(unitName(question.by), dateText(lastDay))};
}

QImage HeatmapPicture::draw() const {
    RetentionModel model;
    model.setView(view);
    model.setTable(table);
    const QFontMetrics metrics(font);
    const QStringList lines = questionLines(*table);
    const int head = static_cast<int>(lines.size()) * metrics.lineSpacing() + kMargin / 2;
    const HeatmapLayout layout = HeatmapLayout::of(model, font, kWidth);
    QSize contents = layout.contents();
    for (const QString& line : lines) {
        contents.setWidth(
            std::max(contents.width(), std::min(metrics.horizontalAdvance(line), 2 * kWidth)));
    }
    const QSizeF size = contents + QSize(2 * kMargin, 2 * kMargin + head);
    const double ratio = std::min({kSharp, std::sqrt(kMostPixels / size.width() / size.height()),
                                   kLongestSide / std::max(size.width(), size.height())});
    QImage image((size * ratio).toSize().expandedTo({1, 1}), QImage::Format_RGB32);
    const Colors& colors = Colors::of(palette);
    image.fill(colors.panel);
    {
        // Scaled by hand: QPainter follows a device's ratio only where that is above one.
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(ratio, ratio);
        painter.translate(kMargin, kMargin);
        painter.setFont(font);
        for (int i = 0; i < lines.size(); ++i) {
            painter.setPen(i == 0 ? colors.text : colors.dim);
            painter.drawText(0, i * metrics.lineSpacing() + metrics.ascent(),
                             metrics.elidedText(lines[i], Qt::ElideRight, contents.width()));
        }
        painter.translate(0, head);
        paintHeatmap(painter, {model, layout, font, {}, {-1, -1}, false},
                     QRect(QPoint(), layout.contents()), palette);
    }
    image.setDevicePixelRatio(ratio);
    return image;
}

} // namespace cohortist
