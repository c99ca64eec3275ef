// SPDX-License-Identifier: GPL-3.0-or-later
// The small widgets that pages are made of.
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "ui/common/banner.h"
#include "ui/common/flow_layout.h"
#include "ui/common/icons.h"
#include "ui/common/segmented_control.h"

using namespace cohortist;

namespace {

class Block : public QWidget {
public:
    Block(int width, int height)
        : m_size(width, height) {}
    [[nodiscard]] QSize sizeHint() const override { return m_size; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {10, m_size.height()}; }

private:
    QSize m_size;
};

struct Flow {
    explicit Flow(std::initializer_list<QSize> sizes)
        : layout(new FlowLayout(&widget, 8, 6)) {
        for (const QSize& size : sizes) {
            blocks.push_back(new Block(size.width(), size.height()));
            layout->addWidget(blocks.back());
        }
    }
    void arrange(int width) {
        widget.resize(width, 500);
        layout->setGeometry(QRect(0, 0, width, 500));
    }
    QWidget widget;
    FlowLayout* layout;
    std::vector<Block*> blocks;
};

Error error(ErrorCode code = ErrorCode::Damaged) {
    return {code, message("core", "cannot open <b>x</b>"), message("core", "it is broken"), {}, {},
            {}};
}

} // namespace

class TestWidgets : public QObject {
    Q_OBJECT
private slots:
    void flowsLikeWords() {
        Flow flow({{100, 20}, {100, 30}, {100, 20}});
        flow.arrange(400);
        QCOMPARE(flow.blocks[0]->geometry(), QRect(0, 5, 100, 20)); // centred on its line
        QCOMPARE(flow.blocks[1]->geometry(), QRect(108, 0, 100, 30));
        QCOMPARE(flow.blocks[2]->geometry(), QRect(216, 5, 100, 20));
        QCOMPARE(flow.layout->heightForWidth(400), 30);
        flow.arrange(210);
        QCOMPARE(flow.blocks[2]->geometry(), QRect(0, 36, 100, 20));
        QCOMPARE(flow.layout->heightForWidth(210), 56);
        QCOMPARE(flow.layout->heightForWidth(316), 30); // just fits
        QCOMPARE(flow.layout->heightForWidth(315), 56);
    }

    void noneIsWiderThanTheLine() {
        Flow flow({{100, 20}, {900, 20}});
        flow.arrange(200);
        QCOMPARE(flow.blocks[1]->geometry(), QRect(0, 26, 200, 20));
        QVERIFY(flow.layout->minimumSize().width() <= 200);
    }

    void leavesHiddenOnesOut() {
        Flow flow({{100, 20}, {100, 20}, {100, 20}});
        flow.blocks[1]->hide();
        flow.arrange(400);
        QCOMPARE(flow.blocks[2]->x(), 108);
        QCOMPARE(flow.layout->heightForWidth(210), 20);
    }

    void gapsAreForWithinALine() {
        Flow flow({{100, 20}});
        flow.layout->addGap(30);
        auto* second = new Block(100, 20);
        flow.layout->addWidget(second);
        flow.arrange(400);
        QCOMPARE(second->x(), 138);
        flow.arrange(220);
        QCOMPARE(second->geometry().topLeft(), QPoint(0, 26));
    }

    void flowsFromTheRight() {
        Flow flow({{100, 20}, {50, 20}});
        flow.widget.setLayoutDirection(Qt::RightToLeft);
        flow.arrange(400);
        QCOMPARE(flow.blocks[0]->geometry(), QRect(300, 0, 100, 20));
        QCOMPARE(flow.blocks[1]->geometry(), QRect(242, 0, 50, 20));
    }

    void givesItsItemsBack() {
        Flow flow({{100, 20}, {50, 20}});
        QCOMPARE(flow.layout->count(), 2);
        QVERIFY(flow.layout->itemAt(2) == nullptr && flow.layout->itemAt(-1) == nullptr);
        const std::unique_ptr<QLayoutItem> item(flow.layout->takeAt(0));
        QCOMPARE(item->widget(), flow.blocks[0]);
        QCOMPARE(flow.layout->count(), 1);
        QVERIFY(flow.layout->takeAt(5) == nullptr);
    }

    void bannerSaysWhatAndOffersOneThing() {
        Banner banner;
        QVERIFY(banner.isHidden());
        int acted = 0;
        banner.show(error(), QStringLiteral("Try again"), [&] { ++acted; });
        QVERIFY(!banner.isHidden());
        QCOMPARE(banner.text(), QStringLiteral("Cannot open <b>x</b>: it is broken."));
        QCOMPARE(banner.accessibleName(), banner.text());
        for (const auto* label : banner.findChildren<QLabel*>()) {
            QVERIFY(label->pixmap().isNull() == !label->text().isEmpty());
            QVERIFY(label->text().isEmpty() || label->textFormat() == Qt::PlainText);
        }
        auto* button = banner.findChild<QPushButton*>();
        QVERIFY(!button->isHidden());
        button->click();
        QCOMPARE(acted, 1);
        QVERIFY(banner.isHidden());
        QVERIFY(banner.text().isEmpty());
    }

    // As "Try again" does when it fails again.
    void bannerMayBeShownByItsOwnAction() {
        Banner banner;
        banner.show(error(), QStringLiteral("Try again"),
                    [&] { banner.show(error(), QStringLiteral("Once more"), {}); });
        auto* button = banner.findChild<QPushButton*>();
        button->click();
        QVERIFY(!banner.isHidden());
        QCOMPARE(button->text(), QStringLiteral("Once more"));
        button->click(); // it has no action
        QVERIFY(banner.isHidden());
    }

    void bannerIsClosed() {
        Banner banner;
        banner.show(error());
        QVERIFY(banner.findChild<QPushButton*>()->isHidden());
        banner.findChild<QToolButton*>()->click();
        QVERIFY(banner.isHidden());
        banner.show(error());
        QTest::keyClick(&banner, Qt::Key_Escape);
        QVERIFY(banner.isHidden());
    }

    void bannerNeverShowsCancelled() {
        Banner banner;
        banner.show(error(ErrorCode::Cancelled));
        QVERIFY(banner.isHidden());
        QVERIFY(banner.text().isEmpty());
    }

    void segmentsHoldOneChoice() {
        SegmentedControl control(QStringLiteral("Unit"), {"%", "Users", "Both"});
        QSignalSpy changed(&control, &SegmentedControl::changed);
        QCOMPARE(control.current(), 0);
        control.setCurrent(2);
        QCOMPARE(control.current(), 2);
        QCOMPARE(changed.size(), 0); // tells nobody
        auto buttons = control.findChildren<QPushButton*>();
        QCOMPARE(buttons.size(), 3);
        buttons[1]->click();
        QCOMPARE(control.current(), 1);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed[0][0].toInt(), 1);
        QCOMPARE(buttons[1]->accessibleName(), QStringLiteral("Unit: Users"));
        control.setChoice(1, QStringLiteral("People"));
        QCOMPARE(buttons[1]->accessibleName(), QStringLiteral("Unit: People"));
    }

    void iconsAreThere() {
        for (const char* name : {"about", "close", "copy", "event", "export", "open", "search",
                                 "table", "warning", "quit"}) {
            QVERIFY2(!themedIcon(QString::fromLatin1(name)).pixmap(16, 16).isNull(), name);
        }
        QVERIFY(!applicationIcon().pixmap(32, 32).isNull());
    }
};

QTEST_MAIN(TestWidgets)
#include "test_widgets.moc"
