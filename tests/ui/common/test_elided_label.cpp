// SPDX-License-Identifier: GPL-3.0-or-later
// Lines that give way, and the status line, which may not make the window wider.
#include <QHelpEvent>
#include <QTest>
#include <QToolTip>

#include "ui/common/elided_label.h"
#include "ui/main_window/status_line.h"

using namespace cohortist;

namespace {

const QString kLong = QString(300, QLatin1Char('x'));

} // namespace

class TestElidedLabel : public QObject {
    Q_OBJECT
private slots:
    void givesWay() {
        ElidedLabel label;
        label.setText(kLong);
        QVERIFY(label.minimumSizeHint().width() < 100);
        QVERIFY(label.sizeHint().width() > 1000);
        label.resize(200, 20);
        QVERIFY(label.isElided());
        label.setText(QStringLiteral("short"));
        QVERIFY(!label.isElided());
        const int least = label.minimumSizeHint().width();
        label.setContentsMargins(8, 0, 8, 0);
        QVERIFY(label.minimumSizeHint().width() > least);
    }

    void showsDotsAndTellsTheRest() {
        ElidedLabel label;
        label.setText(QStringLiteral("i") + kLong);
        label.resize(label.fontMetrics().horizontalAdvance(QStringLiteral("i…")) + 1, 20);
        label.show();
        QLabel dots;
        dots.setText(QStringLiteral("i…"));
        dots.resize(label.size());
        QCOMPARE(label.grab().toImage(), dots.grab().toImage());
        QHelpEvent asks(QEvent::ToolTip, QPoint(2, 2), label.mapToGlobal(QPoint(2, 2)));
        QApplication::sendEvent(&label, &asks);
        QVERIFY(QToolTip::text().contains(kLong));
    }

    void theStatusLineGivesWay() {
        StatusLine line;
        line.show();
        line.setSource(kLong);
        line.setCost(kLong);
        line.setMemory(kLong, {});
        line.setKept(kLong);
        line.setJob(StatusLine::Job::Counting, kLong);
        QVERIFY2(line.minimumSizeHint().width() < 700,
                 qPrintable(QString::number(line.minimumSizeHint().width())));
    }
};

QTEST_MAIN(TestElidedLabel)
#include "test_elided_label.moc"
