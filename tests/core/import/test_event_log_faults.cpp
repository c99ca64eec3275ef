// SPDX-License-Identifier: GPL-3.0-or-later
// Bad input: each fault is told with its place and what to do, or left out and counted.
#include <QTest>

#include <chrono>
#include <filesystem>
#include <thread>

#include <sys/stat.h>

#include "core/import/event_log.h"
#include "core/import/log_preview.h"
#include "core/store/snapshot/snapshot_check.h"
#include "tests/support/import_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

class TestEventLogFaults : public QObject, private ImportFixture {
    Q_OBJECT
private slots:
    void init() { prepare(); }

    void linesAtFault_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("place");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<int>("kind");
        const auto row = [](const char* name, const std::string& line, const char* place,
                            const char* reason, LineFaultKind kind) {
            QTest::newRow(name) << QByteArray::fromStdString(kHeader + kGood + line) +
                                       "2,a,2020-01-02\n"
                                << QByteArray(place) << QByteArray(reason)
                                << static_cast<int>(kind);
        };
        using enum LineFaultKind;
        row("negative", "-1,a,2020-01-01\n", "line 3, column 1", "\"-1\" is no plain integer",
            NotInteger);
        row("text", "x,a,2020-01-01\n", "line 3, column 1", "run again with --ids text",
            NotInteger);
        row("leading zero", "007,a,2020-01-01\n", "line 3, column 1", "no plain integer",
            NotInteger);
        row("too large", "4294967296,a,2020-01-01\n", "line 3, column 1", "over 4294967295",
            IdTooLarge);
        row("far too large", "99999999999999999999999,a,2020-01-01\n", "line 3, column 1",
            "over 4294967295", IdTooLarge);
        row("no id", ",a,2020-01-01\n", "line 3, column 1", "the user id is empty", EmptyId);
        row("no event", "1,,2020-01-01\n", "line 3, column 2", "event name is empty", EmptyEvent);
        row("no time", "1,a,\n", "line 3, column 3", "is no time", NoTime);
        row("bad time", "1,a,2020-13-01\n", "line 3, column 3", "\"2020-13-01\" is no time",
            NoTime);
        row("few columns", "1,a\n", "line 3, column 3", "ends or goes on there", ColumnCount);
        row("many columns", "1,a,2020-01-01,x\n", "line 3, column 4", "ends or goes on there",
            ColumnCount);
        row("NUL", std::string("1,a\0b,2020-01-01\n", 17), "line 3, column 2", "NUL byte", NulByte);
        row("text after quote", "1,\"a\"b,2020-01-01\n", "line 3, column 2",
            "text follows a closing quote", TextAfterQuote);
        row("unclosed quote", "1,\"a,2020-01-01\n", "line 3, column 2",
            "the quote that opens there is never closed", UnclosedQuote);
        row("unclosed further on", "1,\"x\ny\n\",\"2020-01-01\n", "line 5, column 3",
            "the quote that opens there is never closed", UnclosedQuote);
        row("long line", std::string((4U << 20) + 1, 'x') + "\n", "line 3, column 1",
            "longer than 4 MiB", LineTooLong);
        row("long event", "1," + std::string(65537, 'x') + ",2020-01-01\n", "line 3, column 2",
            "longer than 64 KiB", EventTooLong);
        row("odd bytes", "1,a,\x01\xFF\n", "line 3, column 3", "\"\\x01\xFF\" is no time", NoTime);
    }
    void linesAtFault() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, place);
        QFETCH(QByteArray, reason);
        QFETCH(int, kind);
        writeBytes(m_log, bytes.toStdString());
        const Error error = expectFailure(ErrorCode::WrongFormat);
        QVERIFY2(error.english().find(m_log) != std::string::npos, qPrintable(textOf(error)));
        QVERIFY2(error.english().find(place.toStdString()) != std::string::npos,
                 qPrintable(textOf(error)));
        QVERIFY2(error.english().find(reason.toStdString()) != std::string::npos,
                 qPrintable(textOf(error)));
        m_options.isSkipping = true;
        const auto summary = import();
        QVERIFY2(summary, summary ? "" : qPrintable(textOf(summary.error())));
        QCOMPARE(summary->skipped.size(), 1U);
        const SkippedLines& skipped = summary->skipped.front();
        QCOMPARE(static_cast<int>(skipped.kind), kind);
        QCOMPARE("line " + std::to_string(skipped.first.line) + ", column " +
                     std::to_string(skipped.first.column),
                 place.toStdString());
        // The lines around it are there: users 1 and 2, on two days.
        QCOMPARE(summary->users, 2U);
        QCOMPARE(toText(summary->lastDay), std::string("2020-01-02"));
        QCOMPARE(summary->lines, 2 + summary->skippedLines);
    }

    void textIdsAtFault() {
        m_options.hasTextIds = true;
        writeBytes(m_log, kHeader + kGood + ",a,2020-01-01\n");
        QVERIFY(expectFailure(ErrorCode::WrongFormat).english().find("is empty") !=
                std::string::npos);
        writeBytes(m_log, kHeader + std::string(65536, 'u') + ",a,2020-01-01\n");
        QVERIFY(import());
        writeBytes(m_output, m_oldBytes);
        writeBytes(m_log, kHeader + std::string(65537, 'u') + ",a,2020-01-01\n");
        QVERIFY(expectFailure(ErrorCode::WrongFormat).english().find("longer than 64 KiB") !=
                std::string::npos);
    }

    // The first of each kind, wherever the blocks end, and line numbers across them.
    void skippedLinesOfALongLog() {
        std::string text = manyLines(200'000);
        text += "x,login,2020-01-01\n" + kGood + "y,login,2020-01-01\n1,a,never\n";
        text += manyLines(200'000).substr(kHeader.size());
        text += "z,login,2020-01-01\n";
        QVERIFY(text.size() > 6U << 20);
        writeBytes(m_log, text);
        QVERIFY(expectFailure(ErrorCode::WrongFormat).english().find("line 200002, column 1") !=
                std::string::npos);
        m_options.isSkipping = true;
        const auto summary = import();
        QVERIFY(summary);
        QCOMPARE(summary->lines, 400'005U);
        QCOMPARE(summary->skippedLines, 4U);
        QCOMPARE(summary->skipped.size(), 2U);
        QCOMPARE(summary->skipped[0].count, 3U);
        QCOMPARE(summary->skipped[0].first.line, 200'002U);
        QCOMPARE(summary->skipped[0].first.text, std::string("x"));
        QCOMPARE(summary->skipped[1].first.line, 200'005U);
    }

    void linesOfAMebibyte() {
        const std::string large(1U << 20, 'x');
        writeBytes(m_log, "user,event,time,note\n1,a,2020-01-01," + large + "\n2,a,2020-01-02,\"" +
                              large + "\n" + large + "\"\n3,a,2020-01-03,\n");
        const auto summary = import();
        QVERIFY2(summary, summary ? "" : qPrintable(textOf(summary.error())));
        QCOMPARE(summary->users, 3U);
    }

    void aQuoteOpenForMegabytes() {
        m_options.isSkipping = true;
        writeBytes(m_log, kHeader + "1,\"a,2020-01-01\n" + manyLines(400'000).substr(16));
        const auto summary = import();
        QVERIFY(summary);
        QCOMPARE(summary->lines, 400'001U);
        QCOMPARE(summary->skippedLines, 1U);
    }

    void encodings() {
        writeBytes(m_log, "\xEF\xBB\xBF" + kHeader + "1,\xC3\xA9,2020-01-01\n1,\xE9,2020-01-01\n");
        const auto summary = import();
        QVERIFY(summary);
        QCOMPARE(summary->events, 2U); // names are bytes
        writeBytes(m_output, m_oldBytes);
        for (const std::string& start :
             {std::string("\xFF\xFEu\0s\0", 6), std::string("\xFE\xFF\0u\0s", 6),
              std::string("u\0s\0", 4), std::string("\0u\0s", 4)}) {
            writeBytes(m_log, start);
            const Error error = expectFailure(ErrorCode::WrongFormat);
            QVERIFY2(error.english().find("UTF-16") != std::string::npos &&
                         error.english().find("iconv") != std::string::npos,
                     qPrintable(textOf(error)));
        }
    }

    void fourBytesACharacter() {
        for (const std::string& start :
             {std::string("\xFF\xFE\0\0u\0\0\0", 8), std::string("\0\0\xFE\xFF\0\0\0u", 8),
              std::string("u\0\0\0s\0\0\0", 8), std::string("\0\0\0u\0\0\0s", 8)}) {
            writeBytes(m_log, start);
            const Error error = expectFailure(ErrorCode::WrongFormat);
            QVERIFY2(error.english().find("iconv -f UTF-32") != std::string::npos,
                     qPrintable(textOf(error)));
        }
    }

    void whatIsNoCsvAtAll() {
        const std::pair<std::string, const char*> cases[] = {
            {std::string("PK\x03\x04\x14\0", 6), "a ZIP archive or a spreadsheet's workbook"},
            {std::string("\xFD"
                         "7zXZ\0",
                         6),
             "packed with xz"},
            {"BZh91AY&SY", "packed with bzip2"},
            {"\x28\xB5\x2F\xFD$7", "packed with zstd"},
            {packed(packed(kHeader + kGood)), "packed with gzip twice"},
            {"PAR1\x15\x04", "a Parquet file"},
            {m_oldBytes, "a snapshot or another database"}};
        for (const auto& [bytes, reason] : cases) {
            writeBytes(m_log, bytes);
            const Error error = expectFailure(ErrorCode::WrongFormat);
            QVERIFY2(error.english().find(reason) != std::string::npos, qPrintable(textOf(error)));
            QVERIFY(!previewEventLog(m_log, {}));
        }
    }

    void logsWithoutEvents() {
        const std::pair<std::string, const char*> cases[] = {
            {"", "it is empty"},
            {packed(""), "it is empty"},
            {"\n\n\r\n", "it holds empty lines alone"},
            {"\xEF\xBB\xBF", "it holds empty lines alone"},
            {kHeader, "it holds no event, only a first line"},
            {"one column\nx\n", "divides it into columns"}};
        for (const auto& [text, reason] : cases) {
            writeBytes(m_log, text);
            const Error error = expectFailure(ErrorCode::WrongFormat);
            QVERIFY2(error.english().find(reason) != std::string::npos, qPrintable(textOf(error)));
        }
        m_options.isSkipping = true;
        writeBytes(m_log, kHeader + "x,a,2020-01-01\n");
        const Error error = expectFailure(ErrorCode::WrongFormat);
        QVERIFY(error.english().find("line 2, column 1") != std::string::npos);
    }

    void pathsThatCannotBeRead() {
        m_log = m_folder->filePath("none.csv").toStdString();
        QVERIFY(expectFailure(ErrorCode::NotFound).english().find(m_log) != std::string::npos);
        m_log = m_folder->path().toStdString();
        expectFailure(ErrorCode::WrongFormat);
        m_log = m_folder->filePath("locked.csv").toStdString();
        writeBytes(m_log, kHeader + kGood);
        QCOMPARE(chmod(m_log.c_str(), 0), 0);
        QVERIFY(asOrdinaryUser([&] {
            const auto summary = import();
            return !summary && summary.error().code == ErrorCode::AccessDenied;
        }));
        m_log.clear();
        expectFailure(ErrorCode::NotFound);
    }

    void brokenGzip() {
        const std::string whole = packed(manyLines(300'000));
        for (const std::size_t size : {std::size_t{3}, std::size_t{12}, whole.size() / 3,
                                       whole.size() / 2 + 2, whole.size() - 1}) {
            writeBytes(m_log, whole.substr(0, size));
            const Error error = expectFailure(ErrorCode::Damaged);
            QVERIFY2(error.english().find("gzip") != std::string::npos, qPrintable(textOf(error)));
        }
        std::string flipped = whole;
        flipped[whole.size() / 2 - 40] = static_cast<char>(~flipped[whole.size() / 2 - 40]);
        writeBytes(m_log, flipped);
        m_options.isSkipping = true; // no line's fault
        const Error error = expectFailure(ErrorCode::Damaged);
        QVERIFY2(error.english().find("up to line") != std::string::npos,
                 qPrintable(textOf(error)));
        writeBytes(m_log, whole + "garbage");
        expectFailure(ErrorCode::Damaged);
        writeBytes(m_log, whole + std::string(1000, '\0'));
        QVERIFY(import());
    }

    void columnsThatAreNotThere() {
        const auto expect = [&](const std::string& text, const char* reason) {
            writeBytes(m_log, text);
            const Error error = expectFailure(ErrorCode::WrongFormat);
            QVERIFY2(error.english().find(reason) != std::string::npos, qPrintable(textOf(error)));
        };
        expect("whose,event,time\n" + kGood, "no column is recognised as user");
        expect("user,sort,time\n" + kGood, "with --event, or one event");
        expect("user,event,then\n" + kGood, "\"user\", \"event\", \"then\"");
        expect(kGood, "line 1: it is no header (\"1\", \"a\", \"2020-01-01\")");
        m_options.userColumn = "4";
        expect(kHeader + kGood, "there is no column 4");
        m_options.userColumn = "0";
        expect(kHeader + kGood, "there is no column 0");
        m_options.userColumn = "User";
        expect(kHeader + kGood, "there is no column User");
        m_options.userColumn = "event";
        expect(kHeader + kGood, "one column cannot hold two things");
    }

    void theDelimiterIsTheOneThatAllLinesAgreeOn() {
        writeBytes(m_log, "user;event;time;a note, or two, or three, or more\n"
                          "1;a;2020-01-01;\n2;a;2020-01-01;x\n");
        const auto summary = import();
        QVERIFY2(summary, summary ? "" : qPrintable(textOf(summary.error())));
        QCOMPARE(summary->users, 2U);
        writeBytes(m_log, "user|event|time\n1|a,b|2020-01-01\n");
        QVERIFY(import());
    }

    void wrongOptions() {
        writeBytes(m_log, kHeader + kGood);
        const auto expect = [&](auto change) {
            m_options = {};
            change(m_options);
            expectFailure(ErrorCode::Usage);
        };
        expect([](auto& o) { o.delimiter = '"'; });
        expect([](auto& o) { o.delimiter = '\n'; });
        expect([](auto& o) { o.eventName = ""; });
        expect([](auto& o) {
            o.eventName = "a";
            o.eventColumn = "2";
        });
        expect([](auto& o) { o.timeZone = "Nowhere"; });
        expect([](auto& o) { o.timeFormat = "%H"; });
        expect([](auto& o) { // the older file has integer ids
            o.isAppending = true;
            o.hasTextIds = true;
        });
    }

    void tellsHowFarItIs() {
        const std::string text = manyLines(600'000);
        writeBytes(m_log, text);
        std::vector<Progress> told;
        const JobContext job({}, [&](Progress progress) { told.push_back(progress); });
        QVERIFY(importEventLog(m_log, m_options, m_output, job));
        QVERIFY(told.size() > 1);
        for (std::size_t i = 0; i < told.size(); ++i) {
            QCOMPARE(told[i].total, text.size());
            QVERIFY(i == 0 || told[i].done >= told[i - 1].done);
        }
        QCOMPARE(told.back().done, text.size());
    }

    void previewsALog() {
        writeBytes(m_log, "when;whose;action\n1577836800;5;a\n1577923200;x;b\n");
        m_options.userColumn = "whose";
        m_options.timeColumn = "1";
        auto preview = previewEventLog(m_log, m_options);
        QVERIFY2(preview, preview ? "" : qPrintable(textOf(preview.error())));
        QCOMPARE(preview->delimiter, ';');
        QVERIFY(preview->hasHeader && !preview->hasIntegerIds);
        QCOMPARE(preview->header, (std::vector<std::string>{"when", "whose", "action"}));
        QVERIFY(preview->columns.user == 1U && preview->columns.event == 2U &&
                preview->columns.time == 0U);
        QVERIFY(preview->timeForm == TimeForm::UnixSeconds);
        QCOMPARE(preview->rows.size(), 2U);
        QVERIFY(preview->rows[0].id == 5U && !preview->rows[1].id);
        QCOMPARE(toIso(*preview->rows[1].time), std::string("2020-01-02T00:00:00Z"));
        QVERIFY(preview->problem);
        QVERIFY(preview->problem->english().find("line 3, column 2") != std::string::npos);
        m_options.hasTextIds = true;
        QVERIFY(!previewEventLog(m_log, m_options)->problem);
        m_options.userColumn.clear();
        preview = previewEventLog(m_log, m_options);
        QVERIFY(preview->problem && !preview->columns.user);
        writeBytes(m_log, manyLines(100'000));
        preview = previewEventLog(m_log, {});
        QCOMPARE(preview->rows.size(), kPreviewRows);
        QVERIFY(preview->hasIntegerIds && !preview->problem);
        QVERIFY(!previewEventLog(m_log + "x", {}));
        writeBytes(m_log, kHeader); // found by the fuzzer: nothing was said of a log without lines
        QVERIFY(previewEventLog(m_log, {})->problem);
    }
};

QTEST_APPLESS_MAIN(TestEventLogFaults)
#include "test_event_log_faults.moc"
