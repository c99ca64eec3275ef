// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>
#include <QTimer>

#include <cstdio>
#include <memory>

#include "ui/common/messages.h"
#include "ui/common/theme.h"
#include "ui/main_window/main_window.h"
#include "ui/retention/retention_page.h"

namespace {

using namespace cohortist;

int complain(const QString& text) {
    static_cast<void>(std::fputs(("cohortist: " + text + "\n").toLocal8Bit().constData(), stderr));
    return 2;
}

// 1280x800
QSize parseSize(const QString& text) {
    const QStringList parts = text.split(QLatin1Char('x'));
    const QSize size = parts.size() == 2 ? QSize(parts[0].toInt(), parts[1].toInt()) : QSize();
    const bool isSane = size.width() >= 100 && size.height() >= 100 && size.width() <= 16'000 &&
                        size.height() <= 16'000;
    return isSane ? size : QSize();
}

// Renders the window once its first answer, or why there is none, is shown; then leaves.
void leaveWithPicture(MainWindow& window, const QString& path, bool hasSource) {
    const auto hasFailed = std::make_shared<bool>(false);
    const auto shoot = [&window, path, hasFailed] {
        QTimer::singleShot(300, &window, [&window, path, hasFailed] {
            const bool isSaved = window.grab().save(path);
            if (!isSaved) {
                complain(QCoreApplication::translate("main", "cannot write %1").arg(path));
            }
            QCoreApplication::exit(isSaved && !*hasFailed ? 0 : 1);
        });
    };
    QObject::connect(&window, &MainWindow::openFailed, &window, [hasFailed](const Error& error) {
        *hasFailed = true;
        complain(whole(error));
    });
    if (hasSource) {
        QObject::connect(&window, &MainWindow::settled, &window, shoot, Qt::SingleShotConnection);
    } else {
        shoot();
    }
}

} // namespace

int main(int argc, char** argv) {
    const bool hasDisplay = !qEnvironmentVariableIsEmpty("DISPLAY") ||
                            !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") ||
                            !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
    if (!hasDisplay) {
        qputenv("QT_QPA_PLATFORM", "offscreen"); // pictures, help and version need none
    }
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("Cohortist"));
    QCoreApplication::setOrganizationName(QStringLiteral("Cohortist"));
    QCoreApplication::setApplicationVersion(QStringLiteral(COHORTIST_VERSION));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QCoreApplication::translate("main", "Explore cohorts of users."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption theme(QStringLiteral("theme"),
                                   QCoreApplication::translate("main", "system, light or dark"),
                                   QStringLiteral("name"));
    const QCommandLineOption screenshot(
        QStringLiteral("screenshot"),
        QCoreApplication::translate("main", "Render the window to this PNG and leave"),
        QStringLiteral("file"));
    const QCommandLineOption size(
        QStringLiteral("size"),
        QCoreApplication::translate("main", "Size of the window, such as 1280x800"),
        QStringLiteral("WxH"));
    parser.addOptions({theme, screenshot, size});
    parser.addPositionalArgument(
        QStringLiteral("source"),
        QCoreApplication::translate("main", "File or server to open, such as demo.cohorts or "
                                            "redis://localhost"),
        QStringLiteral("[source]"));
    parser.process(application);

    const bool isPicture = parser.isSet(screenshot);
    QString themeName = parser.value(theme);
    if (themeName.isEmpty() && !isPicture) {
        themeName = QSettings().value(QStringLiteral("theme")).toString();
    }
    const auto choice =
        themeName.isEmpty() ? std::optional(ThemeChoice::System) : themeNamed(themeName);
    if (!choice) {
        return complain(QCoreApplication::translate("main", "there is no theme %1").arg(themeName));
    }
    const QStringList sources = parser.positionalArguments();
    if (sources.size() > 1) {
        return complain(QCoreApplication::translate("main", "name one source at most"));
    }
    Theme applied(*choice);
    MainWindow window(applied, !isPicture);
    if (parser.isSet(size)) {
        const QSize wanted = parseSize(parser.value(size));
        if (wanted.isEmpty()) {
            return complain(QCoreApplication::translate("main", "a size looks like 1280x800"));
        }
        window.resize(wanted);
    }
    if (!hasDisplay && !isPicture) {
        return complain(QCoreApplication::translate(
            "main", "there is no display to open a window on. Set DISPLAY, or draw the window to "
                    "a file with --screenshot FILE; in the terminal there is cohortist-cli."));
    }
    if (isPicture) {
        leaveWithPicture(window, parser.value(screenshot), !sources.isEmpty());
    }
    window.show();
    if (!sources.isEmpty()) {
        window.open(sources.constFirst());
    } else if (!isPicture) {
        window.openLast();
    }
    return QApplication::exec();
}
