// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/color_map.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cohortist {

namespace {

using Stops = std::array<QRgb, 6>;
constexpr Stops kOnLight{0xffedf3fb, 0xffcfe0f1, 0xffa3c9e4, 0xff63a6d3, 0xff2b78bb, 0xff0a4a93};
constexpr Stops kOnDark{0xff242f47, 0xff26427a, 0xff2c58a6, 0xff4479c8, 0xff79a8e6, 0xffb6d3fa};

double linear(float channel) {
    const auto c = static_cast<double>(channel);
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}

QColor mixed(const QColor& a, const QColor& b, double shareOfB) {
    const auto channel = [shareOfB](int from, int to) {
        return static_cast<int>(std::lround(from + (to - from) * shareOfB));
    };
    return {channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue())};
}

} // namespace

QColor sequentialColor(double share, bool isDark) {
    const Stops& stops = isDark ? kOnDark : kOnLight;
    const double place =
        (share > 0 ? std::min(share, 1.0) : 0.0) * static_cast<double>(stops.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(place), stops.size() - 2);
    return mixed(QColor(stops[below]), QColor(stops[below + 1]),
                 place - static_cast<double>(below));
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

QColor textColorOn(const QColor& ground) {
    const QColor black(Qt::black);
    const QColor white(Qt::white);
    return contrastRatio(ground, black) >= contrastRatio(ground, white) ? black : white;
}

QColor stripeColorOn(const QColor& ground) {
    constexpr double kShare = 0.22;
    const bool isTextBlack = textColorOn(ground) == QColor(Qt::black);
    return mixed(ground, isTextBlack ? QColor(Qt::white) : QColor(Qt::black), kShare);
}

} // namespace cohortist
