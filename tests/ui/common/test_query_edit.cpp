// SPDX-License-Identifier: GPL-3.0-or-later
// Typing a query: what is completed, where a fault is underlined, and the words behind both.
#include <QAbstractItemView>
#include <QCompleter>
#include <QTest>

#include "core/store/memory/memory_store.h"
#include "ui/common/colors.h"
#include "ui/common/query_edit.h"
#include "ui/common/query_words.h"

using namespace cohortist;

namespace {

std::shared_ptr<const EventCatalog> catalog() {
    std::vector<MemoryKey> keys;
    for (const char* name : {"active", "login", "logout", "two words", "say \"hi\"", "task:add"}) {
        keys.push_back({name, Kind::Day, 20'000, Bitmap{1}});
    }
    keys.push_back({"premium", Kind::Unique, 0, Bitmap{1}});
    return MemoryStore(keys).catalog();
}

Error fault(std::size_t offset, std::size_t length) {
    return {ErrorCode::Query,
            message("core", "cannot read the query"),
            message("core", "it is wrong"),
            {},
            TextSpan{offset, length},
            {}};
}

// The first and last x that has the error's colour under the text; (-1, -1) without an underline.
std::pair<int, int> underlined(QueryEdit& edit) {
    const QImage image = edit.grab().toImage();
    const QColor wave = Colors::of(edit.palette()).error;
    std::pair<int, int> found{-1, -1};
    for (int x = 0; x < image.width(); ++x) {
        for (int y = image.height() / 2; y < image.height() - 2; ++y) {
            const QColor pixel = image.pixelColor(x, y);
            if (std::abs(pixel.red() - wave.red()) + std::abs(pixel.green() - wave.green()) +
                    std::abs(pixel.blue() - wave.blue()) <
                90) {
                found = {found.first < 0 ? x : found.first, x};
            }
        }
    }
    return found;
}

bool isNear(int a, int b) {
    return std::abs(a - b) <= 4;
}

} // namespace

class TestQueryEdit : public QObject {
    Q_OBJECT
private:
    static QStringList offers(const QueryEdit& edit) {
        const auto* completer = edit.findChild<QCompleter*>();
        QStringList texts;
        if (completer->popup()->isVisible()) {
            const auto* model = completer->completionModel();
            for (int row = 0; row < model->rowCount(); ++row) {
                texts.append(model->index(row, 0).data().toString());
            }
        }
        return texts;
    }

private slots:
    void completesNames_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("offered"); // the first
        QTest::addColumn<QString>("completed");
        const auto row = [](const char* typed, const char* offered, const char* completed) {
            QTest::newRow(typed) << QString::fromUtf8(typed) << QString::fromUtf8(offered)
                                 << QString::fromUtf8(completed);
        };
        row("act", "active", "active");
        row("LOGO", "logout", "logout");
        row("active & ~logo", "logout", "active & ~logout");
        row("(two", "\"two words\"", "(\"two words\"");
        row("\"two w", "\"two words\"", "\"two words\"");
        row("say", "\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\"");
        row("add", "task:add", "task:add");
        row("active@per", "period", "active@period");
        row("active@last", "last 7 days", "active@last 7 days");
        row("zzz", "", "zzz");
    }
    void completesNames() {
        QFETCH(QString, typed);
        QFETCH(QString, offered);
        QFETCH(QString, completed);
        QueryEdit edit;
        edit.setCatalog(catalog());
        edit.show();
        edit.setFocus();
        QVERIFY(QTest::qWaitForWindowExposed(&edit));
        QTest::keyClicks(&edit, typed);
        QCOMPARE(offers(edit).value(0), offered);
        auto* popup = edit.findChild<QCompleter*>()->popup();
        QTest::keyClick(popup->isVisible() ? static_cast<QWidget*>(popup) : &edit, Qt::Key_Return);
        QCOMPARE(edit.text(), completed);
        if (!offered.isEmpty()) {
            QCOMPARE(edit.cursorPosition(), static_cast<int>(completed.size()));
            QVERIFY(parseQuery(completed.toStdString()).has_value() ||
                    completed.startsWith(QLatin1Char('(')));
        }
        QVERIFY(offers(edit).isEmpty());
    }

    void completesInTheMiddle() {
        QueryEdit edit;
        edit.setCatalog(catalog());
        edit.show();
        edit.setText(QStringLiteral("login & lo | premium"));
        edit.setCursorPosition(10);
        QTest::keyClicks(&edit, QStringLiteral("go"));
        QCOMPARE(offers(edit), QStringList{"logout"});
        QTest::keyClick(edit.findChild<QCompleter*>()->popup(), Qt::Key_Tab);
        QCOMPARE(edit.text(), QStringLiteral("login & logout | premium"));
        QCOMPARE(edit.cursorPosition(), 14);
    }

    void escapeLeavesTheTyped() {
        QueryEdit edit;
        edit.setCatalog(catalog());
        edit.show();
        QTest::keyClicks(&edit, QStringLiteral("lo"));
        QVERIFY(offers(edit).size() >= 2);
        QTest::keyClick(edit.findChild<QCompleter*>()->popup(), Qt::Key_Escape);
        QVERIFY(offers(edit).isEmpty());
        QCOMPARE(edit.text(), QStringLiteral("lo"));
        QTest::keyClick(&edit, Qt::Key_Down); // and asks for them again
        QVERIFY(offers(edit).size() >= 2);
    }

    void offersNothingWithoutASource() {
        QueryEdit edit;
        edit.show();
        QTest::keyClicks(&edit, QStringLiteral("lo"));
        QTest::keyClick(&edit, Qt::Key_Down);
        QVERIFY(offers(edit).isEmpty());
        QCOMPARE(edit.text(), QStringLiteral("lo"));
    }

    void underlinesTheFaultAtItsPlace() {
        QueryEdit edit;
        edit.resize(400, 30);
        edit.setText(QStringLiteral("active & nonsense | login"));
        QCOMPARE(underlined(edit), std::pair(-1, -1));
        edit.setFault(fault(9, 8));
        QCOMPARE(edit.faultyText(), QStringLiteral("nonsense"));
        const auto widthOf = [&edit](const char* text) {
            return edit.fontMetrics().horizontalAdvance(QString::fromLatin1(text));
        };
        const auto [left, right] = underlined(edit);
        QVERIFY(isNear(right - left, widthOf("nonsense")));
        edit.setFault(fault(0, 6)); // where the text begins
        const int origin = underlined(edit).first;
        QVERIFY(origin >= 0 && isNear(left - origin, widthOf("active & ")));
        edit.setFault(fault(9, 8));
        QVERIFY(edit.toolTip().contains(QStringLiteral("it is wrong")));
        QCOMPARE(edit.accessibleDescription(), edit.toolTip());
        edit.setText(QStringLiteral("active"));
        QVERIFY(!edit.hasFault());
        QVERIFY(edit.toolTip().isEmpty());
        QCOMPARE(underlined(edit), std::pair(-1, -1));
    }

    void placesFaultsInOtherScripts() {
        QueryEdit edit;
        edit.setText(QString::fromUtf8("\xe6\xb3\xa8\xe5\x86\x8c & x"));
        edit.setFault(fault(9, 1)); // two characters of three bytes, " & "
        QCOMPARE(edit.faultyText(), QStringLiteral("x"));
        Error whole = fault(0, 0);
        whole.place.reset();
        edit.setFault(whole);
        QCOMPARE(edit.faultyText(), edit.text());
    }

    void showsAFaultAtTheEnd() {
        QueryEdit edit;
        edit.resize(400, 30);
        edit.setText(QStringLiteral("active &"));
        const auto parsed = parseQuery("active &");
        edit.setFault(parsed.error());
        QVERIFY(edit.hasFault());
        QVERIFY(underlined(edit).first > edit.fontMetrics().horizontalAdvance(edit.text()) / 2);
    }

    void growsWithItsText() {
        QueryEdit edit;
        const int narrow = edit.sizeHint().width();
        edit.setText(QStringLiteral("active@period & login@period-1"));
        const int wide = edit.sizeHint().width();
        QVERIFY(wide > narrow);
        edit.setText(QString(3000, QLatin1Char('x')));
        QVERIFY(edit.sizeHint().width() >= wide && edit.sizeHint().width() < 1000);
    }

    void findsTheWordAtTheCursor() {
        const auto word = [](const char* text, qsizetype cursor) {
            return wordAt(QString::fromUtf8(text), cursor);
        };
        QCOMPARE(word("ab & cd", 6).offset, qsizetype{5});
        QCOMPARE(word("ab & cd", 6).length, qsizetype{2});
        QCOMPARE(word("ab & cd", 6).text, QStringLiteral("c"));
        QCOMPARE(word("", 0).length, qsizetype{0});
        QVERIFY(word("a@pe", 4).isWhen);
        QVERIFY(!word("a@pe & b", 8).isWhen);
        const QueryWord quoted = word("x & \"two wo\" | y", 11);
        QVERIFY(quoted.isQuoted);
        QCOMPARE(quoted.offset, qsizetype{4});
        QCOMPARE(quoted.length, qsizetype{8});
        QCOMPARE(quoted.text, QStringLiteral("two wo"));
        QVERIFY(!word("\"a\\\"b\" & c", 10).isQuoted); // an escaped quote ends nothing
        QVERIFY(!word("\"a\" b", 5).isQuoted);
        for (qsizetype cursor = 0; cursor <= 6; ++cursor) { // never outside the text
            const QueryWord any = word("\"a@ b\\", cursor);
            QVERIFY(any.offset >= 0 && any.offset + any.length <= 6 && any.offset <= cursor);
        }
    }

    void addsThePeriodWhereOneIsMissing_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("mended");
        QTest::newRow("bare") << "active"
                              << "active@period";
        QTest::newRow("dated already") << "active@day"
                                       << "active@day";
        QTest::newRow("a flag has none") << "active & premium"
                                         << "active@period & premium";
        QTest::newRow("not in the source") << "other"
                                           << "other@period";
        QTest::newRow("inside") << "login & ~(active | logout@week)"
                                << "login@period & ~(active@period | logout@week)";
    }
    void addsThePeriodWhereOneIsMissing() {
        QFETCH(QString, query);
        QFETCH(QString, mended);
        const Expr expr = *parseQuery(query.toStdString());
        QCOMPARE(QString::fromStdString(printQuery(withPeriod(expr, *catalog()))), mended);
    }

    void speaksWithoutThePeriod() {
        QCOMPARE(spokenQuery(*parseQuery("active@period & login@period-1"), 100),
                 QStringLiteral("active & login@period-1"));
        const QString cut = spokenQuery(*parseQuery("\"" + std::string(300, 'x') + "\""), 20);
        QCOMPARE(cut.size(), qsizetype{20});
        QVERIFY(cut.contains(QStringLiteral("…")));
    }
};

QTEST_MAIN(TestQueryEdit)
#include "test_query_edit.moc"
