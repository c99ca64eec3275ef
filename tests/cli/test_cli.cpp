// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>
#include <utility>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

#include "tests/support/cli_process.h"

using namespace cohortist::test;

namespace {

QJsonDocument json(const Outcome& outcome) {
    return QJsonDocument::fromJson(outcome.out);
}

QStringList keysOf(const QJsonValue& value) {
    QStringList keys = value.toObject().keys();
    keys.sort();
    return keys;
}

} // namespace

class TestCli : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    QString m_demo;

    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    Outcome onDemo(QStringList arguments) {
        arguments.insert(1, m_demo);
        return run(arguments);
    }

private slots:
    void initTestCase() {
        m_demo = path("demo.cohorts");
        const Outcome made =
            run({"demo", "-o", m_demo, "--users", "3000", "--days", "60", "--seed", "5"});
        QVERIFY2(made.exit == 0, made.err.constData());
        QCOMPARE(made.out, QByteArray());
    }

    void sameArgumentsGiveTheSameBytes() {
        const QString again = path("again.cohorts");
        QCOMPARE(run({"demo", "-o", again, "--users", "3000", "--days", "60", "--seed", "5"}).exit,
                 0);
        QFile a(m_demo);
        QFile b(again);
        QVERIFY(a.open(QIODevice::ReadOnly) && b.open(QIODevice::ReadOnly));
        QVERIFY(a.readAll() == b.readAll());
        QVERIFY(!(a.permissions() & (QFile::ReadGroup | QFile::ReadOther)));
    }

    // The progress line gives way to what is printed.
    void leavesNothingOnATerminalBesideItsWords() {
        const QString copy = path("copied on a terminal.cohorts");
        for (const auto& [outcome, words] :
             {std::pair(runOnTerminal({"count", m_demo, "signup@last 7 days"}),
                        onDemo({"count", "signup@last 7 days"}).out),
              std::pair(runOnTerminal({"snapshot", m_demo, "-o", copy}), QByteArray("Wrote ")),
              std::pair(runOnTerminal({"count", m_demo, "nosuch"}),
                        QByteArray("cohortist-cli: cannot"))}) {
            const qsizetype at = outcome.out.lastIndexOf(words.trimmed());
            QVERIFY2(at >= 0, outcome.out.constData());
            const QByteArray before = outcome.out.left(at);
            QVERIFY2(before.isEmpty() || before.endsWith("\r\x1b[K"), outcome.out.constData());
        }
    }

    void countsAndListsTheSameUsers() {
        const QString query = QStringLiteral("signup@last 7 days & ~premium");
        const Outcome count = onDemo({"count", query});
        QCOMPARE(count.exit, 0);
        const Outcome users = onDemo({"users", query});
        QVERIFY(users.out.startsWith("user_id\n"));
        QCOMPARE(onDemo({"users", query, "-o", "-"}).out, users.out);
        QCOMPARE(users.out.count('\n') - 1, count.out.trimmed().toInt());
        QVERIFY(count.out.trimmed().toInt() > 0);

        const auto object = json(onDemo({"count", query, "--json"})).object();
        QCOMPARE(keysOf(object), QStringList({"as_of", "count", "population", "query"}));
        QCOMPARE(object["count"].toInt(), count.out.trimmed().toInt());
        QCOMPARE(object["population"].toString(), QStringLiteral("everyone()"));
    }

    void writesUsersToAFile() {
        const QString file = path("users.csv");
        const Outcome told = onDemo({"users", "premium", "-o", file, "--limit", "5"});
        QCOMPARE(told.exit, 0);
        QVERIFY2(told.err.contains("5 users"), told.err.constData());
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QCOMPARE(written.readAll().count('\n'), 6);
        const auto object = json(onDemo({"users", "premium", "--limit", "5", "--json"})).object();
        QCOMPARE(keysOf(object), QStringList({"as_of", "count", "query", "users"}));
        QCOMPARE(object["users"].toArray().size(), 5);
        QVERIFY(object["count"].toInt() > 5);
        QCOMPARE(keysOf(object["users"].toArray()[0]), QStringList({"id", "text"}));
    }

    void refusesNumbersThatAreNone() {
        for (const QStringList& arguments :
             {QStringList{"users", "premium", "--limit", "-1"},
              QStringList{"users", "premium", "--limit", "2.5"},
              QStringList{"retention", "--cohort", "signup@period", "--return", "active@period",
                          "--by", "day", "--brackets", "0,1"}}) {
            const Outcome outcome = onDemo(arguments);
            QVERIFY2(outcome.exit == 2, qPrintable(arguments.join(' ')));
            QCOMPARE(outcome.out, QByteArray());
        }
        for (const char* seed : {"-1", "99999999999999999999", "x"}) {
            QCOMPARE(run({"demo", "-o", path("seed.cohorts"), "--seed", seed}).exit, 2);
        }
    }

    void tellsWrongUsageInOneForm() {
        const auto line = [](const QStringList& arguments) {
            const Outcome outcome = run(arguments);
            return outcome.exit == 2 && outcome.err.count('\n') == 1 ? outcome.err : QByteArray();
        };
        QCOMPARE(line({"bogus"}),
                 QByteArray(
                     "cohortist-cli: cannot run anything: there is no command bogus. "
                     "Commands are cache, check, count, demo, events, explain, import, retention, "
                     "snapshot, users, version.\n"));
        QVERIFY(line({}).contains("no command is named. "));
        QVERIFY(line({"count"}).startsWith("cohortist-cli: cannot run count: "));
        QVERIFY(line({"count", "a", "b", "--x"}).contains("--x. Its options: "));
        QVERIFY(line({"retention", "a", "--cohort", "b", "--return", "c", "--by", "era"})
                    .startsWith("cohortist-cli: cannot run retention: --by"));
    }

    void showsLongQueriesAroundThePlace() {
        const QString name(100'000, 'x');
        const Outcome outcome = onDemo({"count", "premium & " + name + " & signup"});
        QCOMPARE(outcome.exit, 1);
        QVERIFY2(outcome.err.size() < 1000, QByteArray::number(outcome.err.size()).constData());
        QVERIFY(outcome.err.contains("\n  premium & xxx"));
        const QByteArrayList lines = onDemo({"count", name + " & sigup |"}).err.split('\n');
        QVERIFY(lines.at(1).startsWith("  …xxx") && lines.at(1).endsWith("& sigup |"));
        const Outcome bidi = onDemo({"count", "a\u202Eb"});
        QVERIFY(!bidi.err.contains("\u202E") && bidi.err.contains("\"a\\xE2\\x80\\xAEb\""));
    }

    void endsSilentlyWhenNobodyReads() {
        QProcess process;
        process.setChildProcessModifier([] {
            int ends[2];
            if (pipe(ends) == 0) {
                close(ends[0]);
                dup2(ends[1], STDOUT_FILENO);
            }
        });
        process.start(QStringLiteral(COHORTIST_CLI), {"users", m_demo, "signup"});
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.readAllStandardError(), QByteArray());
        QCOMPARE(process.exitStatus(), QProcess::CrashExit); // by the signal, as cat
    }

    void leavesNothingWhenStopped() {
        for (const auto& [signal, exit] : {std::pair(SIGINT, 130), std::pair(SIGHUP, 129)}) {
            QTemporaryDir folder;
            const QDir files(folder.path());
            QProcess process;
            process.setChildProcessModifier([] { std::signal(SIGHUP, SIG_DFL); });
            process.start(QStringLiteral(COHORTIST_CLI), {"demo", "-o", folder.filePath("x"),
                                                          "--users", "2000000", "--days", "200"});
            const auto found = [&] { return files.entryList(QDir::Files | QDir::Hidden).size(); };
            QTRY_COMPARE_WITH_TIMEOUT(found(), 1, 60'000);
            QCOMPARE(kill(static_cast<pid_t>(process.processId()), signal), 0);
            QVERIFY(process.waitForFinished(60'000));
            QCOMPARE(process.exitCode(), exit);
            QCOMPARE(process.readAllStandardError(), QByteArray());
            QCOMPARE(found(), 0);
        }
    }

    void refusesAWrongPopulationAlways() {
        const Outcome outcome = onDemo({"count", "premium", "--population", "nope"});
        QCOMPARE(outcome.exit, 1);
        QVERIFY(outcome.err.contains("there is no event nope"));
        QVERIFY(outcome.err.endsWith("  nope\n  ^^^^\n"));
    }

    void copiesSeveralEvents() {
        const QString copy = path("some.cohorts");
        QCOMPARE(onDemo({"snapshot", "-o", copy, "--events", "signup", "--events", "os:*"}).exit,
                 0);
        const auto events = json(run({"events", copy, "--json"})).array();
        QCOMPARE(events.size(), 4);
    }

    void leavesTheOldFileWhenWritingFails() {
        QCOMPARE(onDemo({"users", "premium", "-o", m_demo}).exit, 1); // the snapshot itself
        const Outcome outcome = onDemo({"users", "premium", "-o", path("no/such/folder.csv")});
        QCOMPARE(outcome.exit, 1);
        QVERIFY(outcome.err.startsWith("cohortist-cli: cannot write "));
    }

    void explainsEveryNode() {
        const auto object =
            json(onDemo({"explain", "signup@week & (premium | os:ios@day-1)", "--json"})).object();
        QCOMPARE(keysOf(object),
                 QStringList({"children", "count", "derived_from", "keys", "text"}));
        QCOMPARE(object["children"].toArray().size(), 2);
        const auto leaf = object["children"].toArray()[0].toObject();
        QCOMPARE(keysOf(leaf["keys"].toArray()[0]), QStringList({"key", "state"}));
        QVERIFY(
            leaf["keys"].toArray()[0].toObject()["key"].toString().startsWith("trackist_signup_W"));
        const Outcome text = onDemo({"explain", "signup@week"});
        QCOMPARE(text.exit, 0);
        QVERIFY(text.out.contains("signup@week"));
    }

    void listsEvents() {
        const Outcome csv = onDemo({"events"});
        QVERIFY(csv.out.startsWith("name,kinds,first,last,keys\n"));
        QVERIFY(csv.out.contains("agerange#3040,unique,,,1\n"));
        const auto list = json(onDemo({"events", "--match", "os:", "--json"})).array();
        QVERIFY(list.size() >= 2);
        QCOMPARE(keysOf(list[0]), QStringList({"first", "keys", "kinds", "last", "name"}));
    }

    void tellsRetention() {
        const QStringList question = {"retention", "--cohort",      "signup@period",
                                      "--return",  "active@period", "--by",
                                      "day",       "--rows",        "10"};
        const Outcome csv = onDemo(question + QStringList{"--cols", "4"});
        QVERIFY2(csv.exit == 0, csv.err.constData());
        QVERIFY(csv.out.startsWith("period,size,0,1,2,3,4\n"));
        QCOMPARE(csv.out.count('\n'), 12);
        QVERIFY(csv.out.contains("\nmean,,"));
        QVERIFY(onDemo(question + QStringList{"--long"})
                    .out.startsWith("period,size,k,state,count,rate,low,high\n"));
        const auto brackets = onDemo(question + QStringList{"--kind", "bracket"});
        QVERIFY(brackets.out.startsWith("period,size,0,1-3,4-7\n"));

        const auto object = json(onDemo(question + QStringList{"--json"})).object();
        QCOMPARE(keysOf(object), QStringList({"mean", "question", "rows"}));
        QCOMPARE(keysOf(object["mean"]), QStringList({"rows_used", "simple", "weighted"}));
        QCOMPARE(object["question"].toObject()["mean"].toString(), QStringLiteral("weighted"));
        QVERIFY(!object["question"].toObject()["counts"].toBool(true));
        const auto other =
            json(onDemo(question + QStringList{"--json", "--counts", "--mean", "simple"}))
                .object()["question"]
                .toObject();
        QCOMPARE(other["mean"].toString(), QStringLiteral("simple"));
        QVERIFY(other["counts"].toBool());
        const auto row = object["rows"].toArray()[0].toObject();
        QCOMPARE(keysOf(row), QStringList({"cells", "period", "size"}));
        QCOMPARE(keysOf(row["cells"].toArray()[0]),
                 QStringList({"count", "high", "low", "note", "rate", "state"}));
        QCOMPARE(row["cells"].toArray().size(), 13);
    }

    void copiesAPartAndChecksIt() {
        const QString part = path("part.cohorts");
        const Outcome copied = onDemo({"snapshot", "-o", part, "--events", "os:*", "--from",
                                       "2026-11-16", "--to", "2026-11-22"});
        QVERIFY2(copied.exit == 0, copied.err.constData());
        const auto object = json(run({"check", part, "--json"})).object();
        QCOMPARE(keysOf(object), QStringList({"blobs", "damaged", "file", "ok"}));
        QVERIFY(object["ok"].toBool());
        const auto count = [](const QString& file) {
            return run({"count", file, "os:ios@2026-11-16..2026-11-22"}).out;
        };
        QCOMPARE(count(part), count(m_demo));
        QCOMPARE(run({"count", part, "signup"}).exit, 1);
    }

    void pointsAtWhatIsWrong() {
        const Outcome unknown = onDemo({"count", "premium & sigup"});
        QCOMPARE(unknown.exit, 1);
        QVERIFY(unknown.err.startsWith("cohortist-cli: "));
        QVERIFY(unknown.err.contains("signup"));
        QVERIFY(unknown.err.endsWith("  premium & sigup\n            ^^^^^\n"));
        QCOMPARE(onDemo({"count", "premium &"}).exit, 1);
        const Outcome noPeriod =
            onDemo({"retention", "--cohort", "signup", "--return", "active@period", "--by", "day"});
        QCOMPARE(noPeriod.exit, 1);
        QVERIFY(noPeriod.err.contains("@period"));
        QVERIFY(noPeriod.err.endsWith("  signup\n  ^^^^^^\n"));
        QVERIFY(onDemo({"retention", "--cohort", "premium & signup@day", "--return",
                        "active@period", "--by", "day"})
                    .err.endsWith("  premium & signup@day\n  ^^^^^^^^^^^^^^^^^^^^\n"));
    }

    void tellsWrongUsageFromFaults() {
        QCOMPARE(run({}).exit, 2);
        QCOMPARE(run({"count"}).exit, 2);
        QCOMPARE(run({"count", m_demo, "premium", "--no-such"}).exit, 2);
        QCOMPARE(onDemo({"count", "premium", "--as-of", "yesterday"}).exit, 2);
        QCOMPARE(run({"--help"}).exit, 0);
        QCOMPARE(run({"retention", "--help"}).exit, 0);
        const Outcome missing = run({"count", path("none.cohorts"), "premium"});
        QCOMPARE(missing.exit, 1);
        QVERIFY(missing.err.contains("none.cohorts"));
        QCOMPARE(missing.err.count('\n'), 1);
    }

    void looksUpSavedCohorts() {
        QFile file(path("cohorts.json"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"paying": "premium", "loop": "$loop", "broken": "a &", "none": 7})");
        file.close();
        QCOMPARE(onDemo({"count", "$paying", "--cohorts", file.fileName()}).out,
                 onDemo({"count", "premium"}).out);
        const Outcome loop = onDemo({"count", "$loop", "--cohorts", file.fileName()});
        QCOMPARE(loop.exit, 1);
        QVERIFY(loop.err.contains("loop"));
        const Outcome broken = onDemo({"count", "$broken", "--cohorts", file.fileName()});
        QCOMPARE(broken.exit, 1);
        QVERIFY(broken.err.contains("the saved cohort broken is no query: an event is expected"));
        QVERIFY(broken.err.endsWith("  $broken\n  ^^^^^^^\n"));
        QVERIFY(onDemo({"count", "$none", "--cohorts", file.fileName()})
                    .err.contains("none is no query: it is no text"));
        QVERIFY(onDemo({"count", "premium", "--cohorts", "/dev/zero"})
                    .err.contains("longer than 16 MiB"));
    }

    void tellsVersions() {
        QVERIFY(run({"version"}).out.startsWith("cohortist "));
        QVERIFY(json(run({"version", "--json"})).object().contains("croaring"));
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "test_cli.moc"
