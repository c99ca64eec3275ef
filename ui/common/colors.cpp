// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/colors.h"

namespace cohortist {

namespace {

constexpr int kMiddleLightness = 128;

} // namespace

const Colors& Colors::light() {
    static const Colors kColors{
        QColor(0xf4f5f7), QColor(0xffffff), QColor(0xfbfbfc), QColor(0xdfe2e8), QColor(0xedeff3),
        QColor(0x1a1d24), QColor(0x667085), QColor(0x98a1b2), QColor(0x2b63d9), QColor(0xe7eefc),
        QColor(0xdbe7ff), QColor(0x9a5200), QColor(0xb42318), QColor(0x18794e), false};
    return kColors;
}

const Colors& Colors::dark() {
    static const Colors kColors{
        QColor(0x1b1d22), QColor(0x23262d), QColor(0x2a2e36), QColor(0x363b45), QColor(0x2e323b),
        QColor(0xe7e9ee), QColor(0xa0a8b6), QColor(0x737c8c), QColor(0x7aa5ff), QColor(0x26365a),
        QColor(0x2c4170), QColor(0xf2b35e), QColor(0xff8a80), QColor(0x63d29b), true};
    return kColors;
}

const Colors& Colors::of(const QPalette& palette) {
    return palette.color(QPalette::Window).lightness() < kMiddleLightness ? dark() : light();
}

QPalette Colors::palette() const {
    QPalette p;
    const auto set = [&p](QPalette::ColorRole role, const QColor& color) {
        p.setColor(QPalette::All, role, color);
    };
    set(QPalette::Window, window);
    set(QPalette::WindowText, text);
    set(QPalette::Base, panel);
    set(QPalette::AlternateBase, raised);
    set(QPalette::Text, text);
    set(QPalette::PlaceholderText, dim);
    set(QPalette::Button, panel);
    set(QPalette::ButtonText, text);
    set(QPalette::BrightText, error);
    set(QPalette::ToolTipBase, raised);
    set(QPalette::ToolTipText, text);
    set(QPalette::Highlight, selection);
    set(QPalette::HighlightedText, text);
    set(QPalette::Link, accent);
    set(QPalette::LinkVisited, accent);
    set(QPalette::Light, raised);
    set(QPalette::Midlight, faintLine);
    set(QPalette::Mid, line);
    set(QPalette::Dark, line);
    set(QPalette::Shadow, isDark ? QColor(0x0e0f12) : line);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        p.setColor(QPalette::Disabled, role, faint);
    }
    return p;
}

} // namespace cohortist
