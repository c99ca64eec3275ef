// SPDX-License-Identifier: GPL-3.0-or-later
// Sets the application's palette and its one small style sheet over Fusion, and follows the
// system's change between light and dark where that is the choice. Make one, after QApplication,
// before any widget. The window's thread alone.
#pragma once

#include <cstdint>
#include <optional>

#include <QObject>
#include <QString>

namespace cohortist {

enum class ThemeChoice : std::uint8_t { System, Light, Dark };

[[nodiscard]] QString nameOf(ThemeChoice choice); // "system", "light", "dark"
[[nodiscard]] std::optional<ThemeChoice> themeNamed(const QString& name);

class Theme : public QObject {
    Q_OBJECT
public:
    explicit Theme(ThemeChoice choice, QObject* parent = nullptr);

    [[nodiscard]] ThemeChoice choice() const { return m_choice; }
    void choose(ThemeChoice choice);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void apply();

    ThemeChoice m_choice;
    bool m_isApplying = false;
};

} // namespace cohortist
