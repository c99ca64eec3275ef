// SPDX-License-Identifier: GPL-3.0-or-later
// The program as it is started: its options, and that it never hangs or fails without a word.
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "core/import/demo_data.h"
#include "ui/common/colors.h"

using namespace cohortist;

namespace {

struct Outcome {
    int exit = -1; // -1: it crashed or did not end
    QString out;
    QString err;
};

} // namespace

class TestOptions : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    QString m_demo;

    [[nodiscard]] QString path(const char* name) const {
        return m_folder.filePath(QString::fromUtf8(name));
    }
    [[nodiscard]] Outcome run(const QStringList& arguments) const {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("HOME"), m_folder.path());
        environment.insert(QStringLiteral("XDG_CONFIG_HOME"), m_folder.path());
        environment.remove(QStringLiteral("DISPLAY"));
        environment.remove(QStringLiteral("WAYLAND_DISPLAY"));
        environment.remove(QStringLiteral("QT_QPA_PLATFORM")); // it finds its own way
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(COHORTIST_GUI), arguments);
        if (!process.waitForFinished(60'000)) {
            return {};
        }
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                QString::fromUtf8(process.readAllStandardOutput()),
                QString::fromUtf8(process.readAllStandardError())};
    }

private slots:
    void initTestCase() {
        m_demo = path("demo.cohorts");
        DemoOptions options;
        options.users = 2000;
        options.days = 60;
        QVERIFY(writeDemo(options, m_demo.toStdString(), {}).has_value());
    }

    void tellsOfItself() {
        const Outcome version = run({"--version"});
        QCOMPARE(version.exit, 0);
        QVERIFY(version.out.startsWith(QStringLiteral("Cohortist ")));
        const Outcome help = run({"--help"});
        QCOMPARE(help.exit, 0);
        for (const char* option : {"--theme", "--screenshot", "--size", "source"}) {
            QVERIFY2(help.out.contains(QLatin1String(option)), option);
        }
    }

    void complainsOfWhatItDoesNotKnow_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("complaint");
        const auto row = [](const QStringList& arguments, const char* complaint) {
            QTest::newRow(qPrintable(arguments.join(QLatin1Char(' '))))
                << arguments << QString::fromLatin1(complaint);
        };
        row({"--colour", "red"}, "colour");
        row({"--theme", "purple"}, "purple");
        row({"a.cohorts", "b.cohorts"}, "one source");
        for (const char* size : {"800", "800x", "x600", "800x600x1", "ax b", "-800x600", "1x1",
                                 "800 600", "99999x99999", "800.5x600"}) {
            row({"--size", QString::fromLatin1(size)}, "size");
        }
    }
    void complainsOfWhatItDoesNotKnow() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, complaint);
        const Outcome outcome = run(arguments);
        QVERIFY2(outcome.exit > 0, qPrintable(outcome.err));
        QVERIFY2(outcome.err.contains(complaint), qPrintable(outcome.err));
    }

    void takesAPicture_data() {
        QTest::addColumn<QString>("theme");
        QTest::newRow("light") << "light";
        QTest::newRow("dark") << "dark";
    }
    void takesAPicture() {
        QFETCH(QString, theme);
        const bool isDark = theme == QLatin1String("dark");
        const QString withSource = path("with.png");
        const QString without = path("without.png");
        const QStringList common = {"--theme", theme, "--size", "800x600", "--screenshot"};
        const Outcome first = run(common + QStringList{withSource, m_demo});
        QVERIFY2(first.exit == 0, qPrintable(first.err));
        const Outcome second = run(common + QStringList{without});
        QVERIFY2(second.exit == 0, qPrintable(second.err));
        const QImage table(withSource);
        const QImage start(without);
        for (const QImage& image : {table, start}) {
            QCOMPARE(image.size(), QSize(800, 600));
            const Colors& colors = isDark ? Colors::dark() : Colors::light();
            int ground = 0;
            for (int x = 0; x < 800; x += 8) {
                for (int y = 0; y < 600; y += 8) {
                    ground += image.pixelColor(x, y) == colors.panel ? 1 : 0;
                }
            }
            QVERIFY2(ground > 1000, qPrintable(QString::number(ground)));
        }
        QVERIFY(table != start);
    }

    void complainsOfWhatItCannotShow() {
        const Outcome missing = run({"--screenshot", path("x.png"), path("none.cohorts")});
        QCOMPARE(missing.exit, 1);
        QVERIFY(missing.err.contains(QStringLiteral("none.cohorts")));
        QVERIFY(QFile::exists(path("x.png"))); // the window, with what it says
    }

    void complainsWhenItCannotWriteThePicture() {
        const Outcome outcome = run({"--screenshot", path("no/such/folder.png"), m_demo});
        QCOMPARE(outcome.exit, 1);
        QVERIFY2(outcome.err.contains(QStringLiteral("folder.png")), qPrintable(outcome.err));
    }
};

QTEST_GUILESS_MAIN(TestOptions)
#include "test_options.moc"
