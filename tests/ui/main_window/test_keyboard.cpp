// SPDX-License-Identifier: GPL-3.0-or-later
// The window by keyboard alone: what Tab, the arrows and the shortcuts reach.
#include <QAbstractButton>
#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QToolButton>

#include "tests/ui/main_window/opened_window.h"
#include "ui/events/events_panel.h"
#include "ui/retention/heatmap_view.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

QRect onWindow(const QWidget& widget) {
    return {widget.mapTo(widget.window(), QPoint()), widget.size()};
}

// Takes every shortcut for itself.
struct GreedyField : QLineEdit {
    using QLineEdit::QLineEdit;
    bool event(QEvent* event) override {
        if (event->type() == QEvent::ShortcutOverride) {
            event->accept();
            taken.append(static_cast<QKeyEvent*>(event)->key());
            return true;
        }
        return QLineEdit::event(event);
    }
    QList<int> taken;
};

} // namespace

class TestKeyboard : public QObject {
    Q_OBJECT
    // All that Tab reaches, from the widget on until it comes round.
    static QWidgetList tabRound(QWidget& first) {
        QWidgetList round;
        first.setFocus(Qt::TabFocusReason);
        QWidget* now = QApplication::focusWidget();
        while (now != nullptr && !round.contains(now)) {
            round.append(now);
            constexpr int kSections = 3; // a date is day, month and year
            for (int i = 0; i < kSections && QApplication::focusWidget() == now; ++i) {
                QTest::keyClick(now, Qt::Key_Tab);
            }
            now = QApplication::focusWidget();
        }
        return round;
    }

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void tabReachesEverythingInReadingOrder() {
        ActiveWindow it;
        QVERIFY(it.isReady);
        for (const char* view : {"Heatmap", "Table"}) {
            it.press(view);
            QWidget* source = nullptr;
            for (auto* button : it.window.findChildren<QToolButton*>()) {
                if (button->text().contains(QStringLiteral("small.cohorts"))) {
                    source = button;
                }
            }
            QVERIFY(source != nullptr);
            const QWidgetList round = tabRound(*source);
            // A group of buttons is one stop; arrow keys go on within it.
            for (auto* widget : it.window.findChildren<QWidget*>()) {
                const bool isStop = widget->isVisible() && widget->isEnabled() &&
                                    (widget->focusPolicy() & Qt::TabFocus) != 0 &&
                                    widget->focusProxy() == nullptr &&
                                    widget->property("segment").isNull();
                QVERIFY2(!isStop || round.contains(widget),
                         qPrintable(QStringLiteral("%1 '%2' is out of reach")
                                        .arg(QLatin1String(widget->metaObject()->className()),
                                             widget->accessibleName())));
            }
            // The tool bar, then the events, then the page; and on the page line by line.
            const auto place = [&it](const QWidget* widget) {
                return widget->findChild<EventsPanel*>() != nullptr ||
                               it.window.findChild<EventsPanel*>()->isAncestorOf(widget)
                           ? 1
                       : it.page.isAncestorOf(widget) ? 2
                                                      : 0;
            };
            for (qsizetype i = 1; i < round.size(); ++i) {
                const QWidget* before = round[i - 1];
                const QWidget* after = round[i];
                const QRect a = onWindow(*before);
                const QRect b = onWindow(*after);
                const bool isLineAbove = b.bottom() < a.top();
                const bool isLeftOnTheLine = b.top() <= a.bottom() && b.right() < a.left();
                const bool isBack = place(after) != place(before)
                                        ? place(after) < place(before)
                                        : place(after) != 0 && (isLineAbove || isLeftOnTheLine);
                QVERIFY2(!isBack, qPrintable(QStringLiteral("%1 '%2' comes after %3 '%4'")
                                                 .arg(after->metaObject()->className())
                                                 .arg(after->accessibleName())
                                                 .arg(before->metaObject()->className())
                                                 .arg(before->accessibleName())));
            }
        }
    }

    void everyControlHasAName() {
        ActiveWindow it;
        QVERIFY(it.isReady);
        for (auto* widget : it.window.findChildren<QWidget*>()) {
            if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus ||
                widget->focusProxy() != nullptr) {
                continue;
            }
            const auto* button = qobject_cast<QAbstractButton*>(widget);
            QVERIFY2(!widget->accessibleName().isEmpty() ||
                         (button != nullptr && !button->text().isEmpty()),
                     widget->metaObject()->className());
        }
    }

    void arrowKeysWalkTheTableTwin() {
        ActiveWindow it;
        QVERIFY(it.isReady);
        it.press("Table");
        QTableView& table = it.table();
        QVERIFY(table.isVisible());
        table.setFocus();
        table.setCurrentIndex(table.model()->index(0, 0));
        for (const auto key : {Qt::Key_Down, Qt::Key_Down, Qt::Key_Right}) {
            QTest::keyClick(&table, key);
        }
        QCOMPARE(table.currentIndex(), table.model()->index(2, 1));
        QTest::keyClick(&table, Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(table.currentIndex(), table.model()->index(31, 13));
    }

    void arrowKeysWalkTheHeatmap() {
        ActiveWindow it;
        QVERIFY(it.isReady);
        HeatmapView& map = it.page.heatmap();
        map.setFocus();
        QSignalSpy changes(&map, &HeatmapView::selectionChanged);
        QVERIFY(!map.selected().isValid());
        QTest::keyClick(&map, Qt::Key_Right); // the first one selects the first cell
        QCOMPARE(map.selected(), it.page.model().index(1, 1));
        QTest::keyClick(&map, Qt::Key_Down);
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.selected(), it.page.model().index(2, 2));
        QTest::keyClick(&map, Qt::Key_End);
        QTest::keyClick(&map, Qt::Key_Right); // no further
        QCOMPARE(map.selected(), it.page.model().index(2, 13));
        QTest::keyClick(&map, Qt::Key_Home);
        QTest::keyClick(&map, Qt::Key_Up);
        QTest::keyClick(&map, Qt::Key_Up);
        QCOMPARE(map.selected(), it.page.model().index(1, 1));
        QCOMPARE(changes.size(), 8);
        QTest::keyClick(&map, Qt::Key_Escape);
        QVERIFY(!map.selected().isValid());
    }

    // A text field would take Ctrl+E for the end of the line, where the platform has it so.
    void theWindowsShortcutsWorkInTextFields() {
        ActiveWindow it;
        QVERIFY(it.isReady);
        QVERIFY(QTest::qWaitForWindowActive(&it.window));
        GreedyField field(&it.page);
        field.show();
        field.setFocus();
        const QSignalSpy copies(it.action("Copy table"), &QAction::triggered);
        QTest::keyClick(&field, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(copies.size(), 1);
        QVERIFY(!field.taken.contains(Qt::Key_C));
        QTest::keyClick(&field, Qt::Key_B, Qt::ControlModifier); // none of the window's
        QVERIFY(field.taken.contains(Qt::Key_B));
    }
};

QTEST_MAIN(TestKeyboard)
#include "test_keyboard.moc"
