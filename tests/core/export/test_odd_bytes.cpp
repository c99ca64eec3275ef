// SPDX-License-Identifier: GPL-3.0-or-later
// Text ids of any bytes in CSV, and texts of any bytes on a terminal.
#include <QTest>

#include "core/export/users_csv.h"
#include "core/query/expr.h"
#include "core/store/memory/memory_store.h"

using namespace cohortist;

class TestOddBytes : public QObject {
    Q_OBJECT
private slots:
    void csvIsUtf8() {
        MemoryOptions options;
        options.textIds = {{1, "\xFF"}, {2, "x"}};
        MemoryStore store(std::vector<MemoryKey>{{"a", Kind::Unique, 0, Bitmap{1, 2}}}, options);
        std::string csv;
        const auto sink = [&](std::string_view bytes) {
            csv += bytes;
            return Result<void>();
        };
        QVERIFY(writeUsersCsv(Bitmap{1, 2}, store, {}, sink, {}).has_value());
        QCOMPARE(csv, std::string("user_id,user\n1,\"\"\"\\xFF\"\"\"\n2,x\n"));
    }

    void linesShowWhatCannotBeSeen() {
        QCOMPARE(printLine("a\tb\nc"), std::string("a b c"));
        QCOMPARE(printLine("a\xFF\x1B[2J"), std::string("a\\xFF\\x1B[2J"));
        QCOMPARE(printLine("\xE2\x80\xAE\xC2\x9B\xC3\xA9"),
                 std::string("\\xE2\\x80\\xAE\\xC2\\x9B\xC3\xA9"));
    }
};

QTEST_APPLESS_MAIN(TestOddBytes)
#include "test_odd_bytes.moc"
