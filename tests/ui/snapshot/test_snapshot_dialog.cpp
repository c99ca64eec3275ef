// SPDX-License-Identifier: GPL-3.0-or-later
// The dialog that copies a server: what is chosen is what the file holds, and a copy that broke off
// goes on where it was.
#include <atomic>

#include <QCheckBox>
#include <QDateEdit>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "core/calendar/period.h"
#include "core/session/session.h"
#include "tests/support/fake_server.h"
#include "tests/ui/find_widgets.h"
#include "ui/snapshot/snapshot_dialog.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

constexpr int kDays = 700;

std::string keyOf(const std::string& event, int day) {
    return "trackist_" + event + "_" + toBitmapist({Granularity::Day, 18'000 + day});
}

// Closes every connection once so many values were given.
struct Server {
    std::atomic<int> gives = INT32_MAX;
    std::atomic<int> given = 0;
    FakeServer::Script redis;
    FakeServer server{
        [this](const Words& words, int connection) { return answer(words, connection); }};

    Server() {
        std::vector<std::pair<std::string, std::string>> data = {
            {"trackist_signup_2019-4", "\xff"},
            {"trackist_flag_u", "\x0f"},
            {"trackist_two*_2019-4-15", "\x80"},
            {"trackist_twofold_2019-4-15", "\x40"}};
        for (int day = 0; day < kDays; ++day) {
            data.emplace_back(keyOf("signup", day), "\x81");
        }
        redis = redisWith(data);
    }
    FakeReply answer(const Words& words, int connection) {
        if (words[0] == "BITCOUNT") {
            return std::string(":2\r\n");
        }
        if (words[0] == "GET" && given++ >= gives) {
            FakeReply broken;
            broken.closes = true;
            return broken;
        }
        return redis(words, connection);
    }
};

struct OpenDialog {
    explicit OpenDialog(Server& server)
        : address(*parseServerAddress(server.server.address()))
        , session(Session::openServer(address, {}).value())
        , path(folder.filePath(QStringLiteral("copy.cohorts")))
        , dialog(address, session, QStringLiteral("localhost"), path)
        , estimated(&dialog, &SnapshotDialog::estimated)
        , ended(&dialog, &SnapshotDialog::ended) {
        dialog.show();
    }
    bool estimates() {
        const auto before = estimated.size();
        return QTest::qWaitFor([&] { return estimated.size() > before; }, 20'000);
    }
    bool copies(const char* text) {
        auto* act = button(dialog, text);
        if (act == nullptr || !act->isEnabled()) {
            return false;
        }
        act->click();
        const auto before = ended.size();
        return QTest::qWaitFor([&] { return ended.size() > before; }, 30'000);
    }
    [[nodiscard]] std::shared_ptr<Session> copy() const {
        auto opened = Session::open(path.toStdString(), {});
        return opened ? std::shared_ptr<Session>(std::move(*opened)) : nullptr;
    }
    [[nodiscard]] std::uint64_t everyone() const {
        const auto counted = copy()->count(Expr::everyone(), {}, {});
        return counted ? counted->count : 0;
    }
    QTemporaryDir folder;
    ServerAddress address;
    std::shared_ptr<Session> session;
    QString path;
    SnapshotDialog dialog;
    QSignalSpy estimated;
    QSignalSpy ended;
};

} // namespace

class TestSnapshotDialog : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void init() {
        m_cache = std::make_unique<QTemporaryDir>();
        qputenv("XDG_CACHE_HOME", m_cache->path().toLocal8Bit());
    }

    void copiesAllThereIs() {
        Server server;
        OpenDialog it(server);
        QVERIFY(it.estimates());
        QVERIFY2(it.dialog.told().startsWith(QStringLiteral("4 events, 704 keys, about ")),
                 qPrintable(it.dialog.told()));
        QVERIFY(it.copies("Copy"));
        QVERIFY2(it.dialog.told().startsWith(QStringLiteral("Copied 4 events, 704 keys")),
                 qPrintable(it.dialog.told()));
        QVERIFY(it.copy() != nullptr);
        QCOMPARE(it.copy()->catalog()->keyCount(), std::uint64_t{704});
        QSignalSpy open(&it.dialog, &SnapshotDialog::openWanted);
        button(it.dialog, "Open the snapshot")->click();
        QCOMPARE(open.value(0).value(0).toString(), it.path);
        QVERIFY(!it.dialog.isVisible());
    }

    // A name may look like a pattern.
    void copiesTheEventsThatAreChosen() {
        Server server;
        OpenDialog it(server);
        QVERIFY(it.estimates());
        button(it.dialog, "None")->click();
        QVERIFY(it.estimates());
        QCOMPARE(it.dialog.told(), QStringLiteral("Choose at least one event."));
        QVERIFY(!button(it.dialog, "Copy")->isEnabled());
        named<QLineEdit>(it.dialog, "Find events")->setText(QStringLiteral("TWO*"));
        button(it.dialog, "All")->click();
        QVERIFY(it.estimates());
        QVERIFY2(it.dialog.told().startsWith(QStringLiteral("1 event, 1 key, about")),
                 qPrintable(it.dialog.told()));
        QVERIFY(it.copies("Copy"));
        const auto copy = it.copy();
        QVERIFY(copy != nullptr);
        QCOMPARE(copy->catalog()->size(), std::size_t{1});
        QCOMPARE(copy->catalog()->entry(0).name, std::string("two*"));
    }

    // Users whom a kind that is left out alone has seen are not of the copy.
    void copiesKindsAndDaysThatAreChosen() {
        Server server;
        OpenDialog it(server);
        QVERIFY(it.estimates());
        for (const char* kind : {"Months", "Flags"}) {
            static_cast<QCheckBox*>(button(it.dialog, kind))->setChecked(false);
        }
        static_cast<QCheckBox*>(button(it.dialog, "Only from"))->setChecked(true);
        const QDate first = QDate(1970, 1, 1).addDays(18'010);
        named<QDateEdit>(it.dialog, "First day")->setDate(first);
        named<QDateEdit>(it.dialog, "Last day")->setDate(first.addDays(9));
        QVERIFY(it.estimates());
        QVERIFY2(it.dialog.told().startsWith(QStringLiteral("1 event, 10 keys")),
                 qPrintable(it.dialog.told()));
        QVERIFY(it.copies("Copy"));
        const auto copy = it.copy();
        QVERIFY(copy != nullptr);
        QCOMPARE(copy->catalog()->keyCount(), std::uint64_t{10});
        QVERIFY(!copy->catalog()->entry(0).hasKind(Kind::Month));
        QCOMPARE(it.everyone(), std::uint64_t{2});
    }

    void goesOnAfterABreak() {
        Server server;
        OpenDialog it(server);
        QVERIFY(it.estimates());
        server.given = 0;
        server.gives = 300;
        QVERIFY(it.copies("Copy"));
        QVERIFY2(it.dialog.told().contains(QStringLiteral("“Go on” continues from there")),
                 qPrintable(it.dialog.told()));
        QVERIFY(!QFileInfo::exists(it.path));
        server.gives = INT32_MAX;
        { // as after a new start of the program
            OpenDialog later(server);
            QVERIFY(later.estimates());
            QVERIFY2(later.dialog.told().contains(QStringLiteral("was interrupted")),
                     qPrintable(later.dialog.told()));
            QVERIFY(button(later.dialog, "Go on") != nullptr);
        }
        server.given = 0;
        QVERIFY(it.copies("Go on"));
        QVERIFY2(it.dialog.told().startsWith(QStringLiteral("Copied")),
                 qPrintable(it.dialog.told()));
        QCOMPARE(it.copy()->catalog()->keyCount(), std::uint64_t{704});
        QVERIFY2(server.given < 600, std::to_string(server.given).c_str());
    }

    void escapeStopsAndThenLeaves() {
        Server server;
        OpenDialog it(server);
        QVERIFY(it.estimates());
        button(it.dialog, "Copy")->click();
        QVERIFY(it.dialog.isCopying());
        QTest::keyClick(&it.dialog, Qt::Key_Escape);
        QVERIFY(it.dialog.isVisible());
        QTRY_VERIFY(!it.dialog.isCopying());
        QTest::keyClick(&it.dialog, Qt::Key_Escape);
        QVERIFY(!it.dialog.isVisible());
    }

    void saysThatTheFileIsThere() {
        Server server;
        OpenDialog it(server);
        QVERIFY(it.estimates());
        QFile file(it.folder.filePath(QStringLiteral("old.cohorts")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        named<QLineEdit>(it.dialog, "File to make")->setText(file.fileName());
        QVERIFY(it.estimates());
        const auto labels = it.dialog.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
            return label->isVisible() &&
                   label->text() ==
                       QStringLiteral("The file is there already. It will be replaced.");
        }));
        named<QLineEdit>(it.dialog, "File to make")->clear();
        QVERIFY(it.estimates());
        QVERIFY(!button(it.dialog, "Copy")->isEnabled());
        QCOMPARE(it.dialog.told(), QStringLiteral("Name the file to make."));
    }

    // Enter in a field copies, also once the button has had the focus and was of no use meanwhile.
    void enterTriesAgainElsewhere() {
        Server server;
        OpenDialog it(server);
        auto* path = named<QLineEdit>(it.dialog, "File to make");
        QVERIFY(it.estimates());
        path->setText(it.folder.filePath(QStringLiteral("nowhere/copy.cohorts")));
        QVERIFY(it.estimates());
        QVERIFY(it.copies("Copy"));
        QVERIFY2(it.dialog.told().endsWith(QStringLiteral("Choose another file.")),
                 qPrintable(it.dialog.told()));
        it.dialog.activateWindow();
        button(it.dialog, "Copy")->setFocus();
        path->setFocus();
        path->setText(it.path);
        QVERIFY(it.estimates());
        QTest::keyClick(path, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(it.dialog.told().startsWith(QStringLiteral("Copied")), 30'000);
    }

private:
    std::unique_ptr<QTemporaryDir> m_cache;
};

QTEST_MAIN(TestSnapshotDialog)
#include "test_snapshot_dialog.moc"
