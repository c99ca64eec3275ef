// SPDX-License-Identifier: GPL-3.0-or-later
// A window on a source in memory, for tests.
#pragma once

#include <QAction>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "tests/ui/main_window/sources.h"
#include "ui/common/banner.h"
#include "ui/main_window/main_window.h"
#include "ui/retention/question_bar.h"
#include "ui/retention/retention_page.h"

namespace cohortist::test {

// A window whose first answer is there.
struct OpenedWindow {
    explicit OpenedWindow(const std::shared_ptr<BitmapStore>& store = smallProduct())
        : settled(&window, &MainWindow::settled)
        , page(window.retentionPage())
        , cohort(page.bar().cohort())
        , returned(page.bar().returned()) {
        window.show();
        window.openSession(sessionOn(store), QStringLiteral("small.cohorts"));
    }
    [[nodiscard]] bool answers() { // at least once more
        const auto before = settled.size();
        return QTest::qWaitFor([&] { return settled.size() > before; }, 30'000) && !page.isBusy();
    }
    [[nodiscard]] QString bannerText() const {
        const auto* banner = page.findChild<Banner*>();
        return banner->isHidden() ? QString() : banner->text();
    }
    [[nodiscard]] QString figure(int row, int column) const {
        return page.model().index(row, column).data().toString();
    }
    Theme theme{ThemeChoice::Light};
    MainWindow window{theme, false};
    QSignalSpy settled;
    RetentionPage& page;
    QueryEdit& cohort;
    QueryEdit& returned;
};

// One of its own size that has the keyboard.
struct ActiveWindow : OpenedWindow {
    ActiveWindow() {
        window.resize(1280, 800);
        window.activateWindow();
        isReady = QTest::qWaitForWindowActive(&window) &&
                  QTest::qWaitFor([this] { return !settled.isEmpty(); }, 30'000);
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
    bool isReady = false;
};

} // namespace cohortist::test
