// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <random>

#include "tests/support/naive_csv.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

std::vector<std::vector<std::string>> fieldsOf(const std::string& bytes, char delimiter = ',') {
    std::vector<std::vector<std::string>> fields;
    for (const CsvRow& row : rowsOf(bytes, delimiter)) {
        fields.push_back(row.fields);
    }
    return fields;
}

std::string randomBytes(std::mt19937_64& random) {
    static const std::string kAlphabet = "aaab,,\"\"\n\r;";
    std::string bytes;
    for (std::uint64_t i = 0, size = random() % 60; i < size; ++i) {
        bytes += kAlphabet[random() % kAlphabet.size()];
    }
    return bytes;
}

} // namespace

class TestCsvReader : public QObject {
    Q_OBJECT
private slots:
    void readsFields() {
        using Fields = std::vector<std::vector<std::string>>;
        QCOMPARE(fieldsOf("a,b\n1,2\n"), (Fields{{"a", "b"}, {"1", "2"}}));
        QCOMPARE(fieldsOf("a,b\r\n1,2"), (Fields{{"a", "b"}, {"1", "2"}}));
        QCOMPARE(fieldsOf("a\tb\r1\t2\r", '\t'), (Fields{{"a", "b"}, {"1", "2"}}));
        QCOMPARE(fieldsOf(",\n,,"), (Fields{{"", ""}, {"", "", ""}}));
        QCOMPARE(fieldsOf("\n\r\n\ra\n\n"), (Fields{{"a"}}));
        QCOMPARE(fieldsOf("\"a,\"\"b\"\"\n\",c"), (Fields{{"a,\"b\"\n", "c"}}));
        QCOMPARE(fieldsOf("5\" disk,\"\"\n"), (Fields{{"5\" disk", ""}}));
        QCOMPARE(fieldsOf(""), Fields{});
        QCOMPARE(fieldsOf(std::string("a\0b,\xFF\xFE\n", 7)),
                 (Fields{{std::string("a\0b", 3), "\xFF\xFE"}}));
    }

    void tellsFaultsWithTheirPlace() {
        const auto unclosed = rowsOf("a,b\nc,\"d\ne\n");
        QCOMPARE(unclosed.size(), 2U);
        QVERIFY(unclosed[1].fault == LineFaultKind::UnclosedQuote);
        QCOMPARE(unclosed[1].faultLine, 2U);
        QCOMPARE(unclosed[1].faultColumn, 2U);
        const auto after = rowsOf("\"x\ny\"z,b\nc");
        QCOMPARE(after.size(), 2U);
        QVERIFY(after[0].fault == LineFaultKind::TextAfterQuote);
        QCOMPARE(after[0].faultLine, 2U);
        QCOMPARE(after[0].lines, 2U);
        QCOMPARE(after[1].line, 3U);
    }

    void equalsAByteAtATime() {
        std::mt19937_64 random(5);
        for (int run = 0; run < 20'000; ++run) {
            const std::string bytes = randomBytes(random);
            QVERIFY2(rowsOf(bytes) == naiveRows(bytes, ','),
                     QByteArray::fromStdString(bytes).toPercentEncoding().constData());
        }
    }

    // Wherever a log is cut for a block, both parts hold the whole's records.
    void cutsBetweenRecords() {
        std::mt19937_64 random(6);
        for (int run = 0; run < 3000; ++run) {
            const std::string bytes = randomBytes(random);
            const auto whole = fieldsOf(bytes);
            for (std::size_t size = 0; size <= bytes.size(); ++size) {
                const RecordExtent extent = extentOfRecords(std::string_view(bytes).substr(0, size),
                                                            ',', size < bytes.size());
                auto parts = fieldsOf(bytes.substr(0, extent.end));
                const auto rest = fieldsOf(bytes.substr(extent.end));
                parts.insert(parts.end(), rest.begin(), rest.end());
                QVERIFY2(parts == whole,
                         QByteArray::fromStdString(bytes).toPercentEncoding().constData());
            }
        }
    }

    void cutsAfterTheLastRecord() {
        const auto end = [](const char* bytes, bool hasMore = true) {
            return extentOfRecords(bytes, ',', hasMore).end;
        };
        QCOMPARE(end("a\nb\nc"), 4U);
        QCOMPARE(end("a\r\nb\r"), 3U); // perhaps half of a CRLF
        QCOMPARE(end("a\r\nb\r", false), 5U);
        QCOMPARE(end("a\n\"b\n"), 2U);
        QCOMPARE(end("\"a\n\"\n\"b\n"), 5U);
        QCOMPARE(end("x\"\nb"), 3U);
        QCOMPARE(extentOfRecords("a\nb,\"c\n", ',', true).openQuote, std::optional<std::size_t>(4));
        QVERIFY(!extentOfRecords("a\nb,\"c\"\n", ',', true).openQuote);
    }
};

QTEST_APPLESS_MAIN(TestCsvReader)
#include "test_csv_reader.moc"
