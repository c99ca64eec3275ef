// SPDX-License-Identifier: GPL-3.0-or-later
// What bitmapist and bitmapist4 mark and answer, against our answers from the same server: every
// cell of their cohort tables, every operation. The packages lie in a Python environment that
// tests/run.sh makes; COHORTIST_PEERS may name another one's python.
#include <QTest>

#include <QFile>
#include <QProcess>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/session/session.h"
#include "tests/support/redis_process.h"
#include "tests/support/server_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

using Json = nlohmann::json;

QString python() {
    const QString given = qEnvironmentVariable("COHORTIST_PEERS");
    return given.isEmpty() ? QStringLiteral(COHORTIST_SOURCE_DIR "/build/peers/bin/python") : given;
}

Granularity granularityOf(const std::string& name) {
    return name == "day"     ? Granularity::Day
           : name == "week"  ? Granularity::Week
           : name == "month" ? Granularity::Month
                             : Granularity::Year;
}

// What differs, or nothing.
std::string differenceOf(Session& session, const Json& table) {
    const Granularity by = granularityOf(table["by"]);
    const auto cohort = parseQuery(table["cohort"].get<std::string>());
    const auto returned = parseQuery(table["return"].get<std::string>());
    if (!cohort || !returned) {
        return "the query does not parse";
    }
    RetentionQuestion question;
    question.cohort = *cohort;
    question.returned = *returned;
    question.by = by;
    question.rows = 1;
    std::size_t cells = 0;
    for (const Json& row : table["rows"]) { // a row at a time: theirs need not follow each other
        const auto day = parsePeriod(row[0].get<std::string>());
        question.start = periodAt(by, startOf(*day));
        question.columns = static_cast<int>(row[2].size()) - 1;
        if (row[2].empty()) {
            continue;
        }
        const auto answer = session.retention(question, {}, {});
        if (!answer) {
            return answer.error().english();
        }
        const RetentionRow& ours = answer->table.rows.at(0);
        if (ours.size.value_or(0) != row[1].get<std::uint64_t>()) {
            return row.dump() + ": size " + std::to_string(ours.size.value_or(0));
        }
        for (std::size_t i = 0; i < row[2].size(); ++i, ++cells) {
            const RetentionCell& cell = ours.cells.at(i);
            const bool isNumber = cell.state == RetentionCell::State::Value ||
                                  cell.state == RetentionCell::State::Partial;
            // Their blank and their zero mean nobody, for whatever reason; ours tells reasons.
            const std::uint64_t count = isNumber ? cell.count : 0;
            const std::uint64_t theirs = row[2][i].is_null() ? 0 : row[2][i].get<std::uint64_t>();
            if (count != theirs) {
                return row.dump() + ": cell " + std::to_string(i) + " is " + std::to_string(count);
            }
        }
    }
    return {};
}

} // namespace

class TestPeers : public QObject {
    Q_OBJECT

    // Compares so many datasets; the number of things compared.
    static void compare(const char* package, const ServerProcess& server, int datasets) {
        QProcess peer;
        peer.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        peer.start(python(),
                   {QStringLiteral(COHORTIST_SOURCE_DIR "/tests/support/bitmapist_peer.py"),
                    QString::fromLatin1(package), QString::number(server.port())});
        QVERIFY(peer.waitForStarted());
        int tables = 0;
        int counts = 0;
        for (int seed = 1; seed <= datasets; ++seed) {
            peer.write(QByteArray::number(seed) + "\n");
            std::vector<Json> lines;
            while (lines.empty() || !lines.back().contains("end")) {
                QVERIFY2(peer.canReadLine() || peer.waitForReadyRead(60'000), package);
                while (peer.canReadLine()) {
                    lines.push_back(Json::parse(peer.readLine().toStdString()));
                }
            }
            const std::string prefix = lines.front()["prefix"];
            const auto store = openAt(server.address());
            QVERIFY2(store.has_value(), troubleOf(store).c_str());
            QCOMPARE((*store)->info().prefix, prefix);
            Session session(*store);
            for (const Json& line : lines) {
                const auto where = [&](const std::string& what) {
                    return fmt::format("{}, seed {}: {}\n{}", package, seed, line.dump(), what);
                };
                if (line.contains("rows")) {
                    const std::string difference = differenceOf(session, line);
                    QVERIFY2(difference.empty(), where(difference).c_str());
                    ++tables;
                } else if (line.contains("count")) {
                    const auto query = parseQuery(line["query"].get<std::string>());
                    QVERIFY2(query.has_value(), where("").c_str());
                    const auto ours = session.count(*query, {}, {});
                    QVERIFY2(ours.has_value(), where(ours ? "" : ours.error().english()).c_str());
                    QVERIFY2(ours->count == line["count"].get<std::uint64_t>(),
                             where(std::to_string(ours->count)).c_str());
                    ++counts;
                }
            }
        }
        peer.closeWriteChannel();
        QVERIFY(peer.waitForFinished());
        QVERIFY(tables >= datasets * 4 && counts >= datasets * 54);
    }

    static void addPackages() {
        QTest::addColumn<QByteArray>("package");
        QTest::newRow("bitmapist") << QByteArray("bitmapist");
        QTest::newRow("bitmapist4") << QByteArray("bitmapist4");
    }
    // More datasets than CI has time for: COHORTIST_ROUNDS=200.
    static int rounds(int otherwise) {
        const int given = qEnvironmentVariableIntValue("COHORTIST_ROUNDS");
        return given > 0 ? given : otherwise;
    }

private slots:
    void initTestCase() {
        const bool isThere = QFile::exists(python()) && !programPath("redis-server").isEmpty();
        if (!isThere && !requiresPeers()) {
            QSKIP("there is no redis-server, or no Python with bitmapist: tests/run.sh makes one");
        }
        QVERIFY2(QFile::exists(python()), qPrintable(python()));
    }

    void answersAsOnRedis_data() { addPackages(); }
    void answersAsOnRedis() {
        QFETCH(QByteArray, package);
        const auto server = startRedis();
        QVERIFY(server != nullptr);
        compare(package.constData(), *server, rounds(100));
    }

    void answersAsOnBitmapistServer_data() { addPackages(); }
    void answersAsOnBitmapistServer() {
        QFETCH(QByteArray, package);
        const QString program = programPath("bitmapist-server", "BITMAPIST_SERVER");
        if (program.isEmpty()) {
            QSKIP("there is no bitmapist-server: set BITMAPIST_SERVER");
        }
        const ServerProcess server(program, {"-addr", "127.0.0.1:%1", "-db", "%2/bitmapist.db"});
        QVERIFY(server.isRunning());
        compare(package.constData(), server, rounds(20));
    }
};

QTEST_GUILESS_MAIN(TestPeers)
#include "test_peers.moc"
