// SPDX-License-Identifier: GPL-3.0-or-later
// The window by keyboard alone, and what leaves it: copies, CSV, pictures.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDateEdit>
#include <QFile>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QTreeView>

#include "tests/ui/answer_dialogs.h"
#include "tests/ui/main_window/sources.h"
#include "ui/common/banner.h"
#include "ui/common/colors.h"
#include "ui/common/numbers.h"
#include "ui/events/events_panel.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/status_line.h"
#include "ui/retention/heatmap_picture.h"
#include "ui/retention/heatmap_view.h"
#include "ui/retention/question_bar.h"
#include "ui/retention/retention_page.h"

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

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::shared_ptr<const RetentionResult> wideTable(int rows, int columns) {
    auto table = std::make_shared<RetentionResult>();
    table->question.columns = columns - 1;
    RetentionRow row;
    row.size = 10;
    row.cells.resize(static_cast<std::size_t>(columns));
    for (RetentionCell& cell : row.cells) {
        cell.state = RetentionCell::State::Value;
        cell.count = 1;
        cell.base = 10;
        cell.rate = 0.1;
    }
    for (int i = 0; i < rows; ++i) {
        row.period = {Granularity::Day, 10'000 + i};
        table->rows.push_back(row);
    }
    table->weightedMean.assign(row.cells.size(), 0.1);
    table->simpleMean = table->weightedMean;
    table->rowsUsed.assign(row.cells.size(), rows);
    return table;
}

} // namespace

class TestKeyboardAndExport : public QObject {
    Q_OBJECT
private:
    struct Opened {
        Opened()
            : page(window.retentionPage()) {
            QSignalSpy settled(&window, &MainWindow::settled);
            window.resize(1280, 800);
            window.show();
            window.activateWindow();
            window.openSession(sessionOn(smallProduct()), QStringLiteral("small.cohorts"));
            isReady = QTest::qWaitForWindowActive(&window) &&
                      QTest::qWaitFor([&] { return !settled.isEmpty(); }, 30'000);
        }
        void press(const char* text) const { // of a button on the page
            for (auto* button : page.findChildren<QPushButton*>()) {
                if (button->text() == QLatin1String(text)) {
                    button->click();
                }
            }
        }
        [[nodiscard]] QAction* action(const char* text) const {
            for (auto* candidate : window.findChildren<QAction*>()) {
                if (candidate->text().remove(QLatin1Char('&')) == QString::fromUtf8(text)) {
                    return candidate;
                }
            }
            return nullptr;
        }
        [[nodiscard]] QTableView& table() const { return *page.findChild<QTableView*>(); }
        Theme theme{ThemeChoice::Light};
        MainWindow window{theme, false};
        RetentionPage& page;
        bool isReady = false;
    };

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
        Opened it;
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
        Opened it;
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
        Opened it;
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
        Opened it;
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

    void copiesFiguresBetweenTabs() {
        Opened it;
        QVERIFY(it.isReady);
        const auto clipboard = [] { return QApplication::clipboard()->text(); };
        it.action("Copy table")->trigger();
        QStringList lines = clipboard().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 33); // mean, 31 rows, and what stands behind the last line's end
        QCOMPARE(lines[1].count(QLatin1Char('\t')), 13);
        QVERIFY(lines[1].startsWith(QStringLiteral("100\t100.0\t1")));
        it.action("Copy table with headings")->trigger();
        lines = clipboard().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 34);
        QVERIFY(lines[0].startsWith(QStringLiteral("\tusers\tday 0\tday 1\t")));
        QVERIFY(lines[1].startsWith(QStringLiteral("Mean\t3100\t")));
        QVERIFY(lines[2].startsWith(QStringLiteral("Fri 10 Apr\t100\t100.0\t")));

        it.page.heatmap().select(it.page.model().index(1, 1));
        it.action("Copy table")->trigger();
        QCOMPARE(clipboard(), QStringLiteral("100.0\n"));

        it.press("Table");
        auto* selection = it.table().selectionModel();
        selection->select({it.page.model().index(1, 0), it.page.model().index(2, 1)},
                          QItemSelectionModel::ClearAndSelect);
        it.action("Copy table")->trigger();
        QCOMPARE(clipboard(), QStringLiteral("100\t100.0\n100\t100.0\n"));
    }

    // Ctrl and a click add cells: what lies between them belongs to no selection, but the copy is
    // the rectangle that holds them all.
    void copiesAllThatIsSelected() {
        Opened it;
        QVERIFY(it.isReady);
        it.press("Table");
        auto* selection = it.table().selectionModel();
        selection->select(it.page.model().index(3, 1), QItemSelectionModel::ClearAndSelect);
        selection->select(it.page.model().index(1, 0), QItemSelectionModel::Select);
        it.action("Copy table")->trigger();
        QCOMPARE(QApplication::clipboard()->text(),
                 QStringLiteral("100\t100.0\n100\t100.0\n100\t100.0\n"));
    }

    // A text field would take Ctrl+E for the end of the line, where the platform has it so.
    void theWindowsShortcutsWorkInTextFields() {
        Opened it;
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

    void nothingToCopyWithoutATable() {
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        QApplication::clipboard()->setText(QStringLiteral("kept"));
        window.retentionPage().copy(true);
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("kept"));
        for (auto* action : window.findChildren<QAction*>()) {
            if (action->text().contains(QStringLiteral("able "))) { // "Save table as", …
                QVERIFY(!action->isEnabled());
            }
        }
    }

    void savesCsvAndPng() {
        Opened it;
        QVERIFY(it.isReady);
        const QTemporaryDir folder;
        const QString csv = folder.filePath(QStringLiteral("table.csv"));
        answerFileDialog(csv);
        it.action("Save table as CSV…")->trigger();
        QCOMPARE(bytesOf(csv).toStdString(),
                 retentionCsv(*it.page.model().table(), RetentionUnit::Percent,
                              RetentionMean::Weighted));
        const QString png = folder.filePath(QStringLiteral("table.png"));
        answerFileDialog(png);
        it.action("Save table as PNG…")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(png), 10'000);
        const QImage image(png);
        QVERIFY(image.width() > 800 && image.height() > 800);
        QVERIFY(it.page.findChild<Banner*>()->isHidden());

        answerFileDialog(folder.filePath(QStringLiteral("no/such/folder.csv")));
        QTimer::singleShot(2000, &it.window, [] { // should the dialog itself complain
            while (QWidget* modal = QApplication::activeModalWidget()) {
                modal->close();
            }
        });
        it.action("Save table as CSV…")->trigger();
        QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("no"))));
    }

    void largeTablesStayInHand() {
        RetentionModel model;
        HeatmapView map(model);
        map.resize(900, 600);
        map.show();
        model.setTable(wideTable(1000, 1000));
        QVERIFY(!map.grab().isNull());
        map.setFocus();
        QTest::keyClick(&map, Qt::Key_Right);
        QTest::keyClick(&map, Qt::Key_End);
        QCOMPARE(map.selected(), model.index(1, 1000));
        QVERIFY(!map.grab().isNull());
    }

    // Smaller, not cut: the last cell is where it should be.
    void largePicturesAreWhole() {
        const auto table = wideTable(200, 1000);
        const HeatmapPicture picture{
            table, {}, figureFont(QApplication::font()), Colors::light().palette()};
        const QImage image = picture.draw();
        QVERIFY(qint64{image.width()} * image.height() <= 64'500'000);
        QVERIFY(image.devicePixelRatio() < 1);
        const QSizeF size = image.deviceIndependentSize();
        QVERIFY2(size.width() >= 44'000 && size.height() >= 5'400,
                 qPrintable(QStringLiteral("%1x%2").arg(size.width()).arg(size.height())));
        const QRect corner(image.width() - 60, image.height() - 40, 50, 35);
        const QImage last = image.copy(corner);
        QSet<QRgb> colors;
        for (int y = 0; y < last.height(); ++y) {
            for (int x = 0; x < last.width(); ++x) {
                colors.insert(last.pixel(x, y));
            }
        }
        QVERIFY(colors.size() > 1);
    }

    void smallPicturesAreSharp() {
        const HeatmapPicture picture{
            wideTable(1, 1), {}, figureFont(QApplication::font()), Colors::light().palette()};
        const QImage image = picture.draw();
        QCOMPARE(image.devicePixelRatio(), 2.0);
        QVERIFY(image.width() > 200);
    }

    void drawsNothingWithoutATable() {
        RetentionModel model;
        HeatmapView map(model);
        map.resize(600, 400);
        model.setTable(wideTable(1, 1));
        model.setTable(nullptr);
        QVERIFY(!map.grab().isNull());
    }
};

QTEST_MAIN(TestKeyboardAndExport)
#include "test_keyboard_and_export.moc"
