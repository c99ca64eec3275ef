// SPDX-License-Identifier: GPL-3.0-or-later
// Tables drawn, on the screen and as a picture: small, large, and none.
#include <QApplication>
#include <QImage>
#include <QSet>
#include <QTest>

#include "tests/support/table_fixture.h"
#include "ui/common/colors.h"
#include "ui/common/numbers.h"
#include "ui/retention/heatmap_picture.h"
#include "ui/retention/heatmap_view.h"

using namespace cohortist;
using test::halvesTable;

class TestHeatmapPicture : public QObject {
    Q_OBJECT
private slots:
    void largeTablesStayInHand() {
        RetentionModel model;
        HeatmapView map(model);
        map.resize(900, 600);
        map.show();
        model.setTable(halvesTable(1000, 1000));
        QVERIFY(!map.grab().isNull());
        map.setFocus();
        QTest::keyClick(&map, Qt::Key_Right);
        QTest::keyClick(&map, Qt::Key_End);
        QCOMPARE(map.selected(), model.index(1, 1000));
        QVERIFY(!map.grab().isNull());
    }

    // Smaller, not cut: the last cell is where it should be.
    void largePicturesAreWhole() {
        const auto table = halvesTable(200, 1000);
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
            halvesTable(1, 1), {}, figureFont(QApplication::font()), Colors::light().palette()};
        const QImage image = picture.draw();
        QCOMPARE(image.devicePixelRatio(), 2.0);
        QVERIFY(image.width() > 200);
    }

    void drawsNothingWithoutATable() {
        RetentionModel model;
        HeatmapView map(model);
        map.resize(600, 400);
        model.setTable(halvesTable(1, 1));
        model.setTable(nullptr);
        QVERIFY(!map.grab().isNull());
    }
};

QTEST_MAIN(TestHeatmapPicture)
#include "test_heatmap_picture.moc"
