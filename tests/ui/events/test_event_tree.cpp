// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of events, and the panel that searches it.
#include <QAbstractItemModelTester>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QTextDocument>
#include <QTreeView>

#include "core/query/expr.h"
#include "core/store/memory/memory_store.h"
#include "ui/events/event_tree.h"
#include "ui/events/events_panel.h"

using namespace cohortist;

namespace {

std::shared_ptr<const EventCatalog> catalogOf(const std::vector<std::string>& names,
                                              Kind kind = Kind::Day) {
    std::vector<MemoryKey> keys;
    keys.reserve(names.size());
    for (const std::string& name : names) {
        keys.push_back({name, kind, kind == Kind::Unique ? 0 : 20'000, Bitmap{1}});
    }
    return MemoryStore(keys).catalog();
}

// "a", "  b": a line an item, indented by its depth.
QStringList linesOf(const QAbstractItemModel& model, const QModelIndex& parent = {}) {
    QStringList lines;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        lines.append((parent.isValid() ? QStringLiteral("  ") : QString()) +
                     index.data().toString());
        lines += linesOf(model, index);
    }
    return lines;
}

QStringList treeOf(const std::vector<std::string>& names) {
    QStandardItemModel model;
    const auto catalog = catalogOf(names);
    fillEventTree(model, *catalog, catalog->search(""));
    return linesOf(model);
}

} // namespace

class TestEventTree : public QObject {
    Q_OBJECT
private slots:
    void groupsByWhatStandsBeforeTheColon() {
        QCOMPARE(treeOf({"task:add", "login", "task:done", "song:play"}),
                 (QStringList{"login", "song:play", "task", "  add", "  done"}));
        QCOMPARE(treeOf({"a:b:c", "a:b:d"}), (QStringList{"a", "  b:c", "  b:d"}));
    }

    void keepsNamesThatAreAlmostGroups() {
        QCOMPARE(treeOf({":a", ":b"}), (QStringList{":a", ":b"}));
        QCOMPARE(treeOf({"a:", "a:x"}), (QStringList{"a", "  \"\"", "  x"}));
        QCOMPARE(treeOf({"a", "a:x", "a:y"}), (QStringList{"a", "a", "  x", "  y"}));
        QCOMPARE(treeOf({}), QStringList());
    }

    void keepsTheBytesOfOddNames_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("spaces") << QByteArray("two words");
        QTest::newRow("quotes") << QByteArray("say \"hi\"\\");
        QTest::newRow("no UTF-8") << QByteArray("\xff\xfe\x80");
        QTest::newRow("a zero byte") << QByteArray("a\0b", 3);
        QTest::newRow("lines") << QByteArray("a\nb\tc");
        QTest::newRow("markup") << QByteArray("<b>bold</b>&amp;");
        QTest::newRow("no name") << QByteArray("");
        QTest::newRow("300 characters") << QByteArray(300, 'x');
        QTest::newRow("other scripts") << QByteArray("\xe6\xb3\xa8\xe5\x86\x8c \xd7\xa9");
    }
    void keepsTheBytesOfOddNames() {
        QFETCH(QByteArray, name);
        QStandardItemModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto catalog = catalogOf({name.toStdString()});
        fillEventTree(model, *catalog, catalog->search(""));
        QCOMPARE(model.rowCount(), 1);
        const QModelIndex index = model.index(0, 0);
        QCOMPARE(index.data(kEventNameRole).toByteArray(), name);
        QCOMPARE(index.data().toString(), QString::fromStdString(printName(name.toStdString())));
        for (const QChar c : index.data().toString()) {
            QVERIFY2(c.isPrint(), "a control character is shown");
        }
        QVERIFY(!index.data(Qt::ToolTipRole).toString().isEmpty());
    }

    // A tool tip that begins like HTML would be shown as such.
    void tipsShowMarkupAsItIs() {
        QStandardItemModel model;
        const auto catalog = catalogOf({"<b>bold</b>"});
        fillEventTree(model, *catalog, catalog->search(""));
        const QString tip = model.index(0, 0).data(Qt::ToolTipRole).toString();
        QVERIFY2(!Qt::mightBeRichText(tip) || tip.contains(QStringLiteral("&lt;b&gt;")),
                 qPrintable(tip));
    }

    void tellsFlagsFromDatedEvents() {
        QStandardItemModel model;
        const auto flags = catalogOf({"paying"}, Kind::Unique);
        fillEventTree(model, *flags, flags->search(""));
        QCOMPARE(model.index(0, 1).data().toString(), QStringLiteral("flag"));
        const auto dated = catalogOf({"login"});
        fillEventTree(model, *dated, dated->search(""));
        QVERIFY(model.index(0, 1).data().toString() != QStringLiteral("flag"));
        QVERIFY(model.index(0, 0)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QString::fromStdString(toText(Period{Granularity::Day, 20'000}))));
    }

    void panelFindsAsOneTypes() {
        EventsPanel panel;
        panel.setCatalog(catalogOf({"login", "logout", "signup", "task:add", "task:done"}));
        QCOMPARE(linesOf(panel.events()).size(), 6);
        QTest::keyClicks(&panel.searchField(), QStringLiteral("LOG"));
        QCOMPARE(linesOf(panel.events()), (QStringList{"login", "logout"}));
        panel.searchField().setText(QStringLiteral("nothing like it"));
        QVERIFY(linesOf(panel.events()).isEmpty());
        panel.searchField().clear();
        QCOMPARE(linesOf(panel.events()).size(), 6);
        panel.setCatalog(nullptr);
        QVERIFY(linesOf(panel.events()).isEmpty());
    }

    void panelGivesTheChosenEvent() {
        EventsPanel panel;
        panel.setCatalog(catalogOf({"a", "task:add", "task:done"}));
        QSignalSpy chosen(&panel, &EventsPanel::chosen);
        auto* tree = panel.findChild<QTreeView*>();
        const QModelIndex group = tree->model()->index(1, 0);
        emit tree->activated(group); // a group is nothing to choose
        QCOMPARE(chosen.size(), 0);
        emit tree->activated(tree->model()->index(1, 0, group));
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].toByteArray(), QByteArray("task:done"));
        emit tree->activated(tree->model()->index(0, 1)); // in the second column too
        QCOMPARE(chosen[1][0].toByteArray(), QByteArray("a"));
    }

    void panelDoesNotOfferFlags() {
        EventsPanel panel;
        panel.setCatalog(catalogOf({"paying"}, Kind::Unique));
        QSignalSpy chosen(&panel, &EventsPanel::chosen);
        auto* tree = panel.findChild<QTreeView*>();
        emit tree->activated(tree->model()->index(0, 0));
        QCOMPARE(chosen.size(), 0);
    }

    void panelHoldsVeryManyEvents() {
        std::vector<std::string> names;
        names.reserve(20'000);
        for (int i = 0; i < 20'000; ++i) {
            names.push_back("group" + std::to_string(i / 100) + ":event" + std::to_string(i));
        }
        EventsPanel panel;
        panel.setCatalog(catalogOf(names));
        QCOMPARE(panel.events().rowCount(), 200);
        QCOMPARE(linesOf(panel.events()).size(), 20'200);
        panel.searchField().setText(QStringLiteral("event19999"));
        QCOMPARE(linesOf(panel.events()), QStringList{"group199:event19999"});
    }

    void namesKeepTheirRoom() {
        EventsPanel panel;
        panel.setCatalog(catalogOf({"checkout_completed", "checkout_abandoned"}));
        panel.show();
        auto& tree = *panel.findChild<QTreeView*>();
        panel.resize(400, 300);
        QVERIFY(!tree.isColumnHidden(1));
        panel.resize(panel.minimumWidth(), 300);
        QVERIFY(tree.isColumnHidden(1));
        QVERIFY(tree.columnWidth(0) >= 20 * panel.fontMetrics().averageCharWidth());
        panel.resize(400, 300);
        QVERIFY(!tree.isColumnHidden(1));
    }
};

QTEST_MAIN(TestEventTree)
#include "test_event_tree.moc"
