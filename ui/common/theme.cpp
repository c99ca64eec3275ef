// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/theme.h"

#include <QApplication>
#include <QEvent>
#include <QStyleFactory>
#include <QStyleHints>
#include <QTimer>

#include "ui/common/colors.h"
#include "ui/common/style_sheet.h"

namespace cohortist {

namespace {

bool isSystemDark() {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    if (QGuiApplication::styleHints()->colorScheme() != Qt::ColorScheme::Unknown) {
        return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
    }
#endif
    QApplication::setPalette(QPalette()); // only without a palette of ours is the system's seen
    return Colors::of(QGuiApplication::palette()).isDark;
}

} // namespace

QString nameOf(ThemeChoice choice) {
    switch (choice) {
    case ThemeChoice::Light:
        return QStringLiteral("light");
    case ThemeChoice::Dark:
        return QStringLiteral("dark");
    case ThemeChoice::System:
        break;
    }
    return QStringLiteral("system");
}

std::optional<ThemeChoice> themeNamed(const QString& name) {
    for (const auto choice : {ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark}) {
        if (nameOf(choice) == name) {
            return choice;
        }
    }
    return {};
}

Theme::Theme(ThemeChoice choice, QObject* parent)
    : QObject(parent)
    , m_choice(choice) {
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    apply();
    qApp->installEventFilter(this);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, &Theme::apply);
#endif
}

void Theme::choose(ThemeChoice choice) {
    m_choice = choice;
    apply();
}

bool Theme::eventFilter(QObject* watched, QEvent* event) {
    const bool isChange = event->type() == QEvent::ThemeChange ||
                          (event->type() == QEvent::ApplicationPaletteChange && watched == qApp);
    if (isChange && !m_isApplying && m_choice == ThemeChoice::System) {
        QTimer::singleShot(0, this, &Theme::apply);
    }
    return QObject::eventFilter(watched, event);
}

void Theme::apply() {
    if (m_isApplying) {
        return;
    }
    m_isApplying = true;
    const bool isDark =
        m_choice == ThemeChoice::Dark || (m_choice == ThemeChoice::System && isSystemDark());
    const Colors& colors = isDark ? Colors::dark() : Colors::light();
    QApplication::setPalette(colors.palette());
    qApp->setStyleSheet(styleSheet(colors));
    m_isApplying = false;
}

} // namespace cohortist
