// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "core/export/csv.h"

using namespace cohortist;

class TestCsv : public QObject {
    Q_OBJECT
private slots:
    void quotesWhatNeedsIt_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("guarded");
        const auto row = [](const char* name, const char* text, const char* field,
                            const char* guarded) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(field) << QByteArray(guarded);
        };
        row("plain", "signup", "signup", "signup");
        row("empty", "", "", "");
        row("comma", "a,b", "\"a,b\"", "\"a,b\"");
        row("quote", "a\"b", "\"a\"\"b\"", "\"a\"\"b\"");
        row("line", "a\nb", "\"a\nb\"", "\"a\nb\"");
        row("formula", "=1+1", "=1+1", "'=1+1");
        row("formula with comma", "@x,y", "\"@x,y\"", "\"'@x,y\"");
        row("minus", "-2", "-2", "'-2");
        row("tab", "\tx", "\tx", "'\tx");
        row("inner sign", "a=b", "a=b", "a=b");
    }
    void quotesWhatNeedsIt() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, guarded);
        QCOMPARE(QByteArray::fromStdString(csvField(text.toStdString())), field);
        QCOMPARE(QByteArray::fromStdString(csvGuardedField(text.toStdString())), guarded);
    }

    void writesPercentWithOneDecimal() {
        QCOMPARE(percentText(0.2591), std::string("25.9"));
        QCOMPARE(percentText(0), std::string("0.0"));
        QCOMPARE(percentText(-0.0001), std::string("0.0"));
        QCOMPARE(percentText(1), std::string("100.0"));
        QCOMPARE(percentText(1.5), std::string("150.0"));
    }

    void joinsLines() { QCOMPARE(csvLine({"a", "", "c"}), std::string("a,,c\n")); }
};

QTEST_APPLESS_MAIN(TestCsv)
#include "test_csv.moc"
