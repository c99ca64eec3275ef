// SPDX-License-Identifier: GPL-3.0-or-later
// cohortist-cli import from outside: exit codes, messages, streams, signals and limits.
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include "tests/support/cli_process.h"

using namespace cohortist::test;

namespace {

Outcome inShell(const QString& command) {
    QProcess process;
    process.start("bash", {"-c", command});
    process.closeWriteChannel();
    return outcomeOf(process);
}

// What the libraries alone need, in KiB: with less the program does not even start.
int leastMemory() {
    int limit = 40'000;
    while (inShell(QString("ulimit -v %1; %2 version")
                       .arg(QString::number(limit), QStringLiteral(COHORTIST_CLI)))
               .exit != 0) {
        limit += 2'000;
    }
    return limit;
}

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("none");
}

} // namespace

class TestImport : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    QString m_log;
    QString m_output;

    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    void writeLog(const QByteArray& bytes) const {
        QFile file(m_log);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    }
    Outcome import(const QStringList& options = {}, const QByteArray& input = {}) const {
        return run(QStringList{"import", m_log, "-o", m_output} + options, input);
    }
    QByteArray count(const char* query) const {
        return run({"count", m_output, QString::fromLatin1(query)}).out.trimmed();
    }
    QStringList left() const {
        return QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden | QDir::System);
    }

private slots:
    void init() {
        m_log = path("log.csv");
        m_output = path("log.cohorts");
        QFile::remove(m_output);
        writeLog("user_id,event,time\n3,login,2020-01-25\n5,login,2020-01-26 23:30\n"
                 "3,search,2020-01-25\n");
    }

    void importsAndTellsASummary() {
        const Outcome made = import();
        QVERIFY2(made.exit == 0, made.err.constData());
        QCOMPARE(made.out, QByteArray());
        QVERIFY(made.err.endsWith("log.cohorts: 3 lines, 2 events, 2 users, 2020-01-25 to "
                                  "2020-01-26.\n"));
        QCOMPARE(count("login@2020-W04"), QByteArray("2"));
        QCOMPARE(count("login@2020-01-25"), QByteArray("1"));
        QCOMPARE(run({"count", m_output, "login@2020-01-26T23"}).exit, 1); // no hours
    }

    void tellsItAsJson() {
        writeLog("user_id,event,time\n3,login,2020-01-25\nx,login,2020-01-25\ny,a,b\n");
        const Outcome made = import({"--json", "--on-error", "skip"});
        QVERIFY2(made.exit == 0, made.err.constData());
        const QJsonObject json = QJsonDocument::fromJson(made.out).object();
        QCOMPARE(json.keys(), QStringList({"events", "file", "first", "last", "lines", "skipped",
                                           "skipped_lines", "users"}));
        QCOMPARE(json["lines"].toInt(), 3);
        QCOMPARE(json["skipped_lines"].toInt(), 2);
        QCOMPARE(json["users"].toInt(), 1);
        const QJsonObject skipped = json["skipped"].toArray()[0].toObject();
        QCOMPARE(skipped["reason"].toString(), QString("not_integer"));
        QCOMPARE(skipped["lines"].toInt(), 2);
        QCOMPARE(skipped["first"].toObject()["line"].toInt(), 3);
        QCOMPARE(skipped["first"].toObject()["column"].toInt(), 1);
        QCOMPARE(skipped["first"].toObject()["text"].toString(), QString("x"));
        const Outcome text = import({"--on-error", "skip"});
        QVERIFY(text.err.contains("Skipped 2 lines of 3:\n  2 with a user id that is no plain "
                                  "integer; the first is line 3, column 1: \"x\"\n"));
    }

    void takesEveryOption() {
        writeLog("x;anna;25.01.2020 23:30;\nx;ben;26.01.2020 02:00;\n");
        const QStringList options = {
            "--user",      "2",  "--event-name",  "log in",         "--time",      "3",
            "--header",    "no", "--time-format", "%d.%m.%Y %H:%M", "--time-zone", "Europe/Berlin",
            "--delimiter", ";",  "--ids",         "text",           "--hourly",    "--unique"};
        const Outcome made = import(options);
        QVERIFY2(made.exit == 0, made.err.constData());
        QCOMPARE(count("\"log in\"@2020-01-25T22"), QByteArray("1"));
        QCOMPARE(count("\"log in\"@2020-01-26T01"), QByteArray("1"));
        QCOMPARE(run({"users", m_output, "\"log in\""}).out,
                 QByteArray("user_id,user\n0,anna\n1,ben\n"));
        writeLog("x;carl;27.01.2020 02:00;\nx;ben;27.01.2020 02:00;\n");
        QCOMPARE(import(options + QStringList{"--append"}).exit, 0);
        QCOMPARE(run({"users", m_output, "\"log in\"@2020-01-27"}).out,
                 QByteArray("user_id,user\n1,ben\n2,carl\n"));
        QCOMPARE(run({"check", m_output}).exit, 0);
        writeLog("user\ttime\n1\t2020-01-01\n");
        QCOMPARE(import({"--event-name", "a", "--delimiter", "tab"}).exit, 0);
    }

    void readsStandardInput() {
        const QByteArray log = bytesOf(m_log);
        m_log = "-";
        QCOMPARE(import({}, log).exit, 0);
        QCOMPARE(count("login@2020-W04"), QByteArray("2"));
        const Outcome empty = import();
        QCOMPARE(empty.exit, 1);
        QVERIFY(empty.err.contains("cannot import standard input: it is empty"));
        // The output as the input, by way of the shell.
        m_log = path("log.csv");
        const QString same =
            QString("%1 import - -o %2 < %2").arg(QStringLiteral(COHORTIST_CLI), m_log);
        QCOMPARE(inShell(same).exit, 2);
        QCOMPARE(bytesOf(m_log), log);
    }

    void tellsWrongUsageFromFaults() {
        QCOMPARE(run({"import"}).exit, 2);
        QCOMPARE(run({"import", m_log}).exit, 2);
        QCOMPARE(import({"--ids", "words"}).exit, 2);
        QCOMPARE(import({"--on-error", "ask"}).exit, 2);
        QCOMPARE(import({"--delimiter", "::"}).exit, 2);
        QCOMPARE(import({"--time-zone", "Nowhere"}).exit, 2);
        QCOMPARE(import({"--time-format", "%H"}).exit, 2);
        QCOMPARE(import({"--event", "event", "--event-name", "a"}).exit, 2);
        QCOMPARE(run({"import", m_log, "-o", m_log}).exit, 2);
        QCOMPARE(run({"import", path("none.csv"), "-o", m_output}).exit, 1);
        QCOMPARE(run({"import", m_folder.path(), "-o", m_output}).exit, 1);
        QCOMPARE(run({"import", m_log, "-o", path("no/folder.cohorts")}).exit, 1);
        QCOMPARE(import({"--append"}).exit, 1); // to what is not there
        writeLog("user,event,time\nanna,a,2020-01-01\n");
        const Outcome text = import();
        QCOMPARE(text.exit, 1);
        QVERIFY(text.err.startsWith("cohortist-cli: cannot import "));
        QVERIFY(text.err.contains("line 2, column 1: the user id \"anna\" is no plain integer. "
                                  "If ids are texts, run again with --ids text"));
        QCOMPARE(text.err.count('\n'), 1);
        QVERIFY(!QFile::exists(m_output));
        const Outcome help = run({"import", "--help"});
        QCOMPARE(help.exit, 0);
        QVERIFY(help.out.contains("--time-format: %Y"));
    }

    // While it waits for more input.
    void stopsOnAnInterrupt() {
        QCOMPARE(import().exit, 0);
        const QByteArray old = bytesOf(m_output);
        QProcess process;
        process.start(QStringLiteral(COHORTIST_CLI), {"import", "-", "-o", m_output});
        process.write("user,event,time\n1,a,2020-01-01\n");
        QVERIFY(process.waitForStarted() && process.waitForBytesWritten());
        QVERIFY(!process.waitForFinished(3000)); // ample for a sanitized program to start up
        QCOMPARE(kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
        const Outcome stopped = outcomeOf(process);
        QCOMPARE(stopped.exit, 130);
        QCOMPARE(stopped.err, QByteArray());
        QVERIFY(bytesOf(m_output) == old);
        QCOMPARE(left(), QStringList({"log.cohorts", "log.csv"}));
    }

    void survivesAMemoryLimit() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("sanitizers reserve more memory than any limit allows");
#endif
        QCOMPARE(import().exit, 0);
        const QByteArray old = bytesOf(m_output);
        QByteArray log = "user,event,time\n";
        for (int i = 0; i < 300'000; ++i) {
            log += "a user whose name is rather long, so that memory fills up " +
                   QByteArray::number(i) + ",a,2020-01-01\n";
        }
        writeLog(log);
        int failures = 0;
        for (int limit = leastMemory(); limit < 220'000; limit += 20'000) {
            const Outcome outcome = inShell(
                QString("ulimit -v %1; %2 import %3 -o %4 --ids text")
                    .arg(QString::number(limit), QStringLiteral(COHORTIST_CLI), m_log, m_output));
            QCOMPARE(left(), QStringList({"log.cohorts", "log.csv"}));
            if (outcome.exit == 0) {
                break;
            }
            QVERIFY(bytesOf(m_output) == old);
            QCOMPARE(outcome.exit, 1);
            if (outcome.err.contains("not enough memory")) {
                ++failures;
            }
        }
        QVERIFY(failures > 0);
    }

    void usersSurviveAMemoryLimit() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("sanitizers reserve more memory than any limit allows");
#endif
        QCOMPARE(import().exit, 0);
        int failures = 0;
        for (int limit = leastMemory(); limit < 220'000; limit += 4'000) {
            const Outcome outcome =
                inShell(QString("ulimit -v %1; %2 users %3 login -o %4")
                            .arg(QString::number(limit), QStringLiteral(COHORTIST_CLI), m_output,
                                 path("users.csv")));
            if (outcome.exit == 0) {
                break;
            }
            QVERIFY(!QFile::exists(path("users.csv")));
            QCOMPARE(outcome.exit, 1);
            if (outcome.err.startsWith("cohortist-cli: ")) { // not a library that is set up
                QVERIFY2(outcome.err.contains("there is not enough memory"),
                         outcome.err.constData());
                ++failures;
            }
        }
        QVERIFY(failures > 0);
        QVERIFY(QFile::remove(path("users.csv")));
    }

    void tellsTheRateToATerminal() {
        QByteArray log = "user,event,time\n";
        for (int i = 0; i < 20'000; ++i) {
            log += QByteArray::number(i) + ",a,2020-01-01\n";
        }
        writeLog(log);
        const Outcome outcome = inShell(QString("script -qec '%1 import %2 -o %3' /dev/null")
                                            .arg(QStringLiteral(COHORTIST_CLI), m_log, m_output));
        QCOMPARE(outcome.exit, 0);
        QVERIFY2(outcome.out.contains("100 %  ") && outcome.out.contains(" MB/s"),
                 outcome.out.constData());
        QVERIFY(!import().err.contains('%')); // not in a pipe
    }
};

QTEST_GUILESS_MAIN(TestImport)
#include "test_import.moc"
