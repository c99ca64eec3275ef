// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/style_sheet.h"

#include <array>
#include <utility>

#include "ui/common/colors.h"

namespace cohortist {

namespace {

constexpr const char* kSheet = R"(
QMainWindow, QMainWindow > QWidget#central { background: @window; }
QDialog { background: @panel; }
QMenuBar { background: @panel; border: none; border-bottom: 1px solid @faintLine; padding: 1px 4px; }
QMenuBar::item { padding: 4px 8px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @accentGround; color: @text; }
QMenu { background: @panel; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: @selection; color: @text; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @faintLine; margin: 4px 6px; }
QMenu::icon { padding-left: 6px; }
QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; padding: 6px 10px; spacing: 8px; }
QStatusBar { background: @panel; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @dim; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QWidget#panel { background: @panel; }
QPushButton[role="card"] QLabel, QFrame#recentList QLabel { background: transparent; }
QLabel#dim { color: @dim; }
QLabel#title { font-weight: 600; }
QLabel#fault { color: @error; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4px; }

QLineEdit, QSpinBox, QComboBox, QDateEdit {
    background: @panel; border: 1px solid @line; border-radius: 5px; padding: 0px 7px;
    min-height: 25px; selection-background-color: @selection; selection-color: @text; }
QSpinBox, QDateEdit { color: @text; } /* of the others, Qt would take it, paled, for placeholders too */
QLineEdit:hover, QSpinBox:hover, QComboBox:hover, QDateEdit:hover { border-color: @faint; }
QLineEdit:focus, QSpinBox:focus, QComboBox:focus, QDateEdit:focus { border-color: @accent; }
QLineEdit[role="query"] { background: @accentGround; border-color: @accent; }
QLineEdit[role="query"]:focus { border: 2px solid @accent; padding: 0px 6px; min-height: 23px; }
QLineEdit[hasFault="true"], QLineEdit[hasFault="true"]:focus { border-color: @error; }
QComboBox::drop-down, QDateEdit::drop-down { border: none; width: 18px; }
QComboBox::down-arrow, QDateEdit::down-arrow { image: url(:/icons/chevron-@shade.svg); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @line; selection-background-color: @selection; selection-color: @text; outline: none; padding: 2px; }
QComboBox QAbstractItemView::item { min-height: 23px; padding: 0px 5px; }
QComboBox QAbstractItemView::item:selected { background: @selection; color: @text; }
QSpinBox { padding-right: 0px; }
QSpinBox::up-button, QSpinBox::down-button { border: none; background: transparent; width: 16px; }
QSpinBox::up-arrow { image: url(:/icons/chevron-up-@shade.svg); width: 8px; height: 8px; }
QSpinBox::down-arrow { image: url(:/icons/chevron-@shade.svg); width: 8px; height: 8px; }

QPushButton, QToolBar QToolButton, QToolButton[role="button"] {
    background: @panel; border: 1px solid @line; border-radius: 5px; padding: 0px 10px;
    min-height: 25px; color: @text; outline: none; }
QPushButton:hover, QToolBar QToolButton:hover, QToolButton[role="button"]:hover { background: @raised; border-color: @faint; }
QPushButton:pressed, QToolBar QToolButton:pressed, QToolButton[role="button"]:pressed { background: @accentGround; }
QPushButton:focus, QToolBar QToolButton:focus, QToolButton[role="button"]:focus { border-color: @accent; }
QPushButton:disabled { color: @faint; }
QToolButton[role="button"]::menu-indicator, QToolBar QToolButton::menu-indicator { image: none; }
QToolBar QToolButton[popupMode="2"] { padding-right: 24px; }
QToolBar QToolButton[popupMode="2"]::menu-indicator { image: url(:/icons/chevron-@shade.svg); width: 10px; height: 10px; subcontrol-origin: padding; subcontrol-position: center right; right: 7px; }
QToolButton[role="flat"] { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 2px; }
QToolButton[role="flat"]:hover { background: @accentGround; }
QToolButton[role="flat"]:focus { border-color: @accent; }
QPushButton[segment] { border-radius: 0px; padding: 0px 8px; color: @dim; }
QPushButton[segment="first"] { border-top-left-radius: 5px; border-bottom-left-radius: 5px; border-right: none; }
QPushButton[segment="middle"] { border-right: none; }
QPushButton[segment="last"] { border-top-right-radius: 5px; border-bottom-right-radius: 5px; }
QPushButton[segment]:checked { background: @accentGround; color: @text; font-weight: 600; }
QPushButton[segment]:focus { text-decoration: underline; color: @text; }
QPushButton[segment="first"]:focus, QPushButton[segment="middle"]:focus { border-right: 1px solid @accent; padding-right: 7px; }
QPushButton[role="card"] { background: @panel; border: 1px solid @line; border-radius: 7px; padding: 0px; min-height: 7.5em; }
QPushButton[role="card"]:hover, QPushButton[role="card"]:focus { border-color: @accent; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent; color: @accent; padding: 0px 2px; }
QPushButton[role="link"]:focus { border-color: @accent; }

QTreeView, QListView { background: @panel; border: none; outline: none; }
QListView#choice { border: 1px solid @line; border-radius: 5px; padding: 3px; }
QListView#choice:focus { border-color: @accent; }
QListView#completions { border: 1px solid @line; padding: 3px; }
QListView#completions::item { min-height: 23px; padding: 0px 6px; }
QTreeView::item { min-height: 25px; border: none; padding-right: 8px; }
QTreeView::item:selected { background: @selection; color: @text; }
QTreeView::item:hover:!selected { background: @raised; }
QTableView { background: @panel; border: none; gridline-color: @faintLine; selection-background-color: @selection; selection-color: @text; }
QTableView[tone="pale"] { color: @faint; }
QHeaderView { background: @panel; }
QHeaderView::section { background: @panel; color: @dim; border: none; border-bottom: 1px solid @line; padding: 3px 6px; }
QHeaderView::section:vertical { border-bottom: 1px solid @faintLine; }
QTableCornerButton::section { background: @panel; border: none; border-bottom: 1px solid @line; }

QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0px; }
QScrollBar::handle { background: @line; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: @faintLine; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QFrame#banner { background: @panel; border: 1px solid @error; border-radius: 5px; }
QFrame#banner[tone="notice"] { border-color: @accent; }
QFrame#finding { background: @panel; border: 1px solid @line; border-left: 3px solid @good; border-radius: 5px; }
QFrame#finding[tone="error"] { border-left-color: @error; }
QFrame#finding[tone="warning"] { border-left-color: @warning; }
QFrame#finding[tone="busy"] { border-left-color: @accent; }
QLabel#warning { color: @warning; }
QLabel#shortcut { color: @dim; border: 1px solid @line; border-radius: 3px; padding: 0px 4px; font-family: monospace; font-size: 8pt; }
QLabel#chip { color: @dim; border: 1px solid @line; border-radius: 8px; padding: 0px 7px; }
QPushButton[role="primary"] { background: @accent; border-color: @accent; color: @onAccent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: @accent; border-color: @text; }
QPushButton[role="primary"]:focus { border: 2px solid @text; padding: 0px 9px; min-height: 23px; }
QPushButton[role="primary"]:disabled { background: @panel; border-color: @line; color: @faint; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QCheckBox { spacing: 6px; outline: none; }
QCheckBox::indicator, QListView::indicator { width: 14px; height: 14px; border: 1px solid @dim; border-radius: 3px; background: @panel; }
QCheckBox::indicator:checked, QListView::indicator:checked { background: @accent; border-color: @accent; image: url(:/icons/check-@shade.svg); }
QCheckBox:focus { text-decoration: underline; }
QCheckBox::indicator:focus { border: 2px solid @accent; width: 12px; height: 12px; }
QCheckBox::indicator:checked:focus { border-color: @text; }
QFrame#recentList { background: @panel; border: 1px solid @line; border-radius: 7px; }
QFrame#hairLine { background: @line; border: none; }
)";

} // namespace

QString styleSheet(const Colors& colors) {
    const std::array<std::pair<const char*, QColor>, 15> names{{
        {"@onAccent", colors.isDark ? colors.window : colors.panel},
        {"@accentGround", colors.accentGround},
        {"@accent", colors.accent},
        {"@faintLine", colors.faintLine},
        {"@faint", colors.faint},
        {"@selection", colors.selection},
        {"@window", colors.window},
        {"@panel", colors.panel},
        {"@raised", colors.raised},
        {"@line", colors.line},
        {"@text", colors.text},
        {"@dim", colors.dim},
        {"@warning", colors.warning},
        {"@error", colors.error},
        {"@good", colors.good},
    }};
    QString sheet = QString::fromLatin1(kSheet);
    for (const auto& [name, color] : names) {
        sheet.replace(QLatin1String(name), color.name());
    }
    return sheet.replace(QLatin1String("@shade"),
                         colors.isDark ? QStringLiteral("dark") : QStringLiteral("light"));
}

} // namespace cohortist
