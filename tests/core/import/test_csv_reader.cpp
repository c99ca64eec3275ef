// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <random>

#include "core/import/csv_reader.h"

using namespace cohortist;

namespace {

struct Row {
    std::vector<std::string> fields;
    std::uint64_t line = 0;
    std::uint64_t lines = 0;
    std::optional<LineFaultKind> fault;
    std::uint64_t faultLine = 0;
    std::uint32_t faultColumn = 0;
    bool operator==(const Row&) const = default;
};

std::vector<Row> rowsOf(std::string bytes, char delimiter = ',') {
    CsvReader reader(bytes, delimiter);
    CsvRecord record;
    std::vector<Row> rows;
    while (reader.next(record)) {
        Row row{{record.fields.begin(), record.fields.end()}, record.line, record.lines, {}};
        if (record.fault) {
            row.fault = record.fault->kind;
            row.faultLine = record.fault->line;
            row.faultColumn = record.fault->column;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<std::vector<std::string>> fieldsOf(const std::string& bytes, char delimiter = ',') {
    std::vector<std::vector<std::string>> fields;
    for (const Row& row : rowsOf(bytes, delimiter)) {
        fields.push_back(row.fields);
    }
    return fields;
}

// A byte at a time, from the grammar.
std::vector<Row> naiveRows(const std::string& bytes) {
    std::vector<Row> rows;
    std::uint64_t line = 1;
    std::size_t at = 0;
    const auto isEnd = [&] { return at == bytes.size(); };
    const auto isLineEnd = [&] { return !isEnd() && (bytes[at] == '\n' || bytes[at] == '\r'); };
    const auto takeLineEnd = [&] {
        at += bytes.compare(at, 2, "\r\n") == 0 ? 2U : 1U;
        ++line;
    };
    while (true) {
        while (isLineEnd()) {
            takeLineEnd();
        }
        if (isEnd()) {
            return rows;
        }
        Row row{{""}, line, 0, {}};
        bool isUnclosed = false;
        const auto faulty = [&](LineFaultKind kind, std::uint64_t where) {
            if (!row.fault) {
                row.fault = kind;
                row.faultLine = where;
                row.faultColumn = static_cast<std::uint32_t>(row.fields.size());
            }
        };
        const auto takeField = [&] {
            if (isEnd() || bytes[at] != '"') {
                while (!isEnd() && !isLineEnd() && bytes[at] != ',') {
                    row.fields.back() += bytes[at++];
                }
                return;
            }
            const std::uint64_t opened = line;
            ++at;
            while (true) {
                if (isEnd()) {
                    faulty(LineFaultKind::UnclosedQuote, opened);
                    isUnclosed = true;
                    return;
                }
                if (bytes.compare(at, 2, "\"\"") == 0) {
                    row.fields.back() += '"';
                    at += 2;
                } else if (bytes[at] == '"') {
                    break;
                } else {
                    const bool isWhole = bytes[at] == '\n' ||
                                         (bytes[at] == '\r' && bytes.compare(at, 2, "\r\n") != 0);
                    line += isWhole ? 1 : 0;
                    row.fields.back() += bytes[at++];
                }
            }
            ++at;
            while (!isEnd() && !isLineEnd() && bytes[at] != ',') {
                faulty(LineFaultKind::TextAfterQuote, line);
                ++at;
            }
        };
        takeField();
        while (!isEnd() && bytes[at] == ',') {
            ++at;
            row.fields.emplace_back();
            takeField();
        }
        if (!isEnd()) {
            takeLineEnd();
        } else if (!isUnclosed || (bytes.back() != '\n' && bytes.back() != '\r')) {
            ++line;
        }
        row.lines = line - row.line;
        rows.push_back(row);
    }
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
            QVERIFY2(rowsOf(bytes) == naiveRows(bytes),
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
