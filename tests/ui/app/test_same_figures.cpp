// SPDX-License-Identifier: GPL-3.0-or-later
// The window and the command line give the same table, byte by byte.
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "core/import/demo_data.h"
#include "ui/main_window/main_window.h"
#include "ui/retention/retention_page.h"

using namespace cohortist;

class TestSameFigures : public QObject {
    Q_OBJECT
private:
    static QByteArray fromCommandLine(const QString& source, const QStringList& more) {
        QProcess process;
        process.start(QStringLiteral(COHORTIST_CLI),
                      QStringList{"retention", source, "--cohort", "signup@period", "--return",
                                  "active@period", "--by", "day", "--rows", "31", "--cols", "12"} +
                          more);
        return process.waitForFinished(60'000) ? process.readAllStandardOutput() : QByteArray();
    }

private slots:
    void csvIsTheCommandLines() {
        // Figures in the window follow the system; a file does not.
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("demo.cohorts"));
        DemoOptions options;
        options.users = 3000;
        options.days = 60;
        QVERIFY(writeDemo(options, path.toStdString(), {}).has_value());
        Theme theme(ThemeChoice::Light);
        MainWindow window(theme, false);
        QSignalSpy settled(&window, &MainWindow::settled);
        window.open(path);
        QTRY_VERIFY(!settled.isEmpty());
        const RetentionPage& page = window.retentionPage();
        const QByteArray percent = fromCommandLine(path, {});
        QVERIFY(percent.startsWith("period,size,0,1,2"));
        QCOMPARE(QByteArray::fromStdString(page.csv()), percent);
        for (auto* button : page.findChildren<QPushButton*>()) {
            if (button->text() == QLatin1String("Users") ||
                button->text() == QLatin1String("Simple")) {
                button->click();
            }
        }
        QCOMPARE(QByteArray::fromStdString(page.csv()),
                 fromCommandLine(path, {"--counts", "--mean", "simple"}));
    }
};

QTEST_MAIN(TestSameFigures)
#include "test_same_figures.moc"
