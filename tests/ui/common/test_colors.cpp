// SPDX-License-Identifier: GPL-3.0-or-later
// Every colour of the design's table, and that whoever reads can read: 4.5 : 1 for all text that
// carries meaning, on every ground that it is put on.
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QPalette>
#include <QTest>

#include <algorithm>
#include <cmath>

#include "ui/common/color_map.h"
#include "ui/common/colors.h"
#include "ui/common/style_sheet.h"
#include "ui/common/theme.h"

using namespace cohortist;

namespace {

constexpr double kReadable = 4.5;

// WCAG 2.1 by its own words, from 8-bit channels.
double luminance(const QColor& color) {
    const auto linear = [](int channel) {
        const double c = channel / 255.0;
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.red()) + 0.7152 * linear(color.green()) +
           0.0722 * linear(color.blue());
}

double contrast(const QColor& a, const QColor& b) {
    const double first = luminance(a) + 0.05;
    const double second = luminance(b) + 0.05;
    return std::max(first / second, second / first);
}

} // namespace

class TestColors : public QObject {
    Q_OBJECT
private slots:
    void isTheDesignsTable() {
        struct Row {
            QColor Colors::*color;
            const char* light;
            const char* dark;
        };
        const Row rows[] = {{&Colors::window, "#f4f5f7", "#1b1d22"},
                            {&Colors::panel, "#ffffff", "#23262d"},
                            {&Colors::raised, "#fbfbfc", "#2a2e36"},
                            {&Colors::line, "#dfe2e8", "#363b45"},
                            {&Colors::faintLine, "#edeff3", "#2e323b"},
                            {&Colors::text, "#1a1d24", "#e7e9ee"},
                            {&Colors::dim, "#667085", "#a0a8b6"},
                            {&Colors::faint, "#98a1b2", "#737c8c"},
                            {&Colors::accent, "#2b63d9", "#7aa5ff"},
                            {&Colors::accentGround, "#e7eefc", "#26365a"},
                            {&Colors::selection, "#dbe7ff", "#2c4170"},
                            {&Colors::warning, "#9a5200", "#f2b35e"},
                            {&Colors::error, "#b42318", "#ff8a80"},
                            {&Colors::good, "#18794e", "#63d29b"}};
        for (const Row& row : rows) {
            QCOMPARE((Colors::light().*row.color).name(), QString::fromLatin1(row.light));
            QCOMPARE((Colors::dark().*row.color).name(), QString::fromLatin1(row.dark));
        }
    }

    void textCanBeRead_data() {
        QTest::addColumn<bool>("isDark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void textCanBeRead() {
        QFETCH(bool, isDark);
        const Colors& colors = isDark ? Colors::dark() : Colors::light();
        QCOMPARE(colors.isDark, isDark);
        const std::pair<const char*, QColor> plain[] = {
            {"window", colors.window}, {"panel", colors.panel}, {"raised", colors.raised}};
        const std::pair<const char*, QColor> inks[] = {
            {"text", colors.text},       {"dim", colors.dim},     {"accent", colors.accent},
            {"warning", colors.warning}, {"error", colors.error}, {"good", colors.good}};
        for (const auto& [groundName, ground] : plain) {
            for (const auto& [inkName, ink] : inks) {
                const double ratio = contrast(ink, ground);
                QVERIFY2(
                    ratio >= kReadable,
                    qPrintable(QStringLiteral("%1 on %2: %3").arg(inkName, groundName).arg(ratio)));
            }
        }
        for (const QColor& ground : {colors.accentGround, colors.selection}) {
            QVERIFY(contrast(colors.text, ground) >= kReadable);
        }
        const QPalette palette = colors.palette();
        QVERIFY(contrast(palette.color(QPalette::HighlightedText),
                         palette.color(QPalette::Highlight)) >= kReadable);
        QVERIFY(contrast(palette.color(QPalette::ToolTipText),
                         palette.color(QPalette::ToolTipBase)) >= kReadable);
        QCOMPARE(&Colors::of(palette), &colors);
    }

    void agreesWithTheReference() {
        QVERIFY(std::abs(contrastRatio(Qt::black, Qt::white) - 21) < 1e-6);
        for (int r = 0; r < 256; r += 15) {
            for (int g = 0; g < 256; g += 15) {
                for (int b = 0; b < 256; b += 15) {
                    const QColor color(r, g, b);
                    QVERIFY(std::abs(contrastRatio(color, Qt::white) - contrast(color, Qt::white)) <
                            1e-3);
                    QVERIFY(contrast(textColorOn(color), color) >= kReadable);
                }
            }
        }
    }

    void numbersOnCellsCanBeRead_data() { textCanBeRead_data(); }
    void numbersOnCellsCanBeRead() {
        QFETCH(bool, isDark);
        double before = isDark ? 0 : 2;
        for (int i = 0; i <= 1000; ++i) {
            const QColor ground = sequentialColor(i / 1000.0, isDark);
            const QColor ink = textColorOn(ground);
            QVERIFY2(contrast(ink, ground) >= kReadable, qPrintable(ground.name()));
            // What still runs is striped; the number lies on the stripes too.
            QVERIFY2(contrast(ink, stripeColorOn(ground)) >= kReadable, qPrintable(ground.name()));
            // More always stands out more: light to dark on light, dark to light on dark.
            const double now = luminance(ground);
            QVERIFY(isDark ? now >= before - 0.001 : now <= before + 0.001);
            before = now;
        }
    }

    void clampsShares() {
        for (const bool isDark : {false, true}) {
            QCOMPARE(sequentialColor(-1, isDark), sequentialColor(0, isDark));
            QCOMPARE(sequentialColor(7, isDark), sequentialColor(1, isDark));
            QCOMPARE(sequentialColor(std::nan(""), isDark), sequentialColor(0, isDark));
            QVERIFY(sequentialColor(0, isDark) != sequentialColor(1, isDark));
        }
    }

    void styleSheetNamesNoUnknownColor() {
        for (const Colors* colors : {&Colors::light(), &Colors::dark()}) {
            const QString sheet = styleSheet(*colors);
            const auto at = sheet.indexOf(QLatin1Char('@'));
            QVERIFY2(at < 0, qPrintable(sheet.mid(at, 40)));
            QCOMPARE(sheet.count(QLatin1Char('{')), sheet.count(QLatin1Char('}')));
            QVERIFY(sheet.contains(colors->panel.name()));
        }
    }

    void themeIsChosenByName() {
        for (const auto choice : {ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark}) {
            QVERIFY(themeNamed(nameOf(choice)) == choice);
        }
        QVERIFY(!themeNamed(QStringLiteral("purple")));
        QVERIFY(!themeNamed(QString()));
    }

    void themeSetsThePalette() {
        Theme theme(ThemeChoice::Dark);
        QCOMPARE(QApplication::palette().color(QPalette::Window), Colors::dark().window);
        QVERIFY(qApp->styleSheet().contains(Colors::dark().panel.name()));
        theme.choose(ThemeChoice::Light);
        QCOMPARE(QApplication::palette().color(QPalette::Window), Colors::light().window);
        QVERIFY(!qApp->styleSheet().contains(Colors::dark().panel.name()));
        theme.choose(ThemeChoice::System);
        theme.choose(ThemeChoice::System);
        QVERIFY(theme.choice() == ThemeChoice::System);
    }

    // They say what is left out, so they have to be legible.
    void placeholdersAreDimAndNoPaler() {
        for (const auto choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
            const Theme theme(choice);
            const Colors& colors = choice == ThemeChoice::Dark ? Colors::dark() : Colors::light();
            QLineEdit line;
            QComboBox box;
            box.setEditable(true);
            for (QWidget* field :
                 {static_cast<QWidget*>(&line), static_cast<QWidget*>(box.lineEdit())}) {
                field->ensurePolished();
                QCOMPARE(field->palette().color(QPalette::PlaceholderText), colors.dim);
                QCOMPARE(field->palette().color(QPalette::Text), colors.text);
            }
        }
    }
};

QTEST_MAIN(TestColors)
#include "test_colors.moc"
