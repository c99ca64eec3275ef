// SPDX-License-Identifier: GPL-3.0-or-later
// The commands on bitmapist-server's own database files, as that server wrote them (tests/data).
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "tests/support/cli_process.h"

using namespace cohortist::test;

namespace {

QString file(const QString& name) {
    return QStringLiteral(COHORTIST_TEST_DATA "/bitmapist_server/") + name;
}

} // namespace

class TestServerFiles : public QObject {
    Q_OBJECT
private slots:
    void answers() {
        const QString product = file("product.db");
        const Outcome events = run({"events", product});
        QVERIFY2(events.exit == 0, events.err.constData());
        QVERIFY2(events.out.contains("active,"), events.out);
        QCOMPARE(run({"count", product, "active@2024-12"}).out, QByteArray("807\n"));
        QCOMPARE(run({"count", product, "active@2024-12-10"}).out, QByteArray("27\n"));
        QCOMPARE(run({"count", product, "active@2024-12-10T20"}).out, QByteArray("8\n"));
        QCOMPARE(run({"count", product + "?prefix=%74rackist_", "active@2024-12"}).out,
                 QByteArray("807\n"));
        const Outcome broken = run({"count", product + "?prefix=%7", "active@2024-12"});
        QVERIFY2(broken.exit == 2 && broken.err.contains("%25"), broken.err.constData());
        const Outcome users = run({"users", product, "active@2024-12-10T20"});
        QVERIFY2(users.out.startsWith("user_id\n5\n") && users.out.endsWith("\n53\n"), users.out);
        const Outcome table =
            run({"retention", product, "--cohort", "signup@period", "--return", "active@period",
                 "--by", "week", "--rows", "3", "--cols", "2", "--counts"});
        QVERIFY2(table.exit == 0 && table.out.startsWith("period,size,0,1,2\n"), table.err);
        const Outcome tree = run({"explain", product, "active@2024-12-10", "--json"});
        QVERIFY2(tree.out.contains("trackist_active_2024-12-10"), tree.out);
    }

    void checksAndCopies() {
        QTemporaryDir folder;
        const QString copy = folder.filePath("copy.cohorts");
        const Outcome checked = run({"check", file("product.db"), "--json"});
        QCOMPARE(checked.exit, 0);
        const auto json = QJsonDocument::fromJson(checked.out).object();
        QVERIFY(json["ok"].toBool() && json["damaged"].toArray().isEmpty());
        const Outcome copied = run({"snapshot", file("product.db"), "-o", copy});
        QVERIFY2(copied.exit == 0, copied.err.constData());
        QCOMPARE(run({"count", copy, "active@2024-12"}).out, QByteArray("807\n"));
        QCOMPARE(run({"events", copy}).out, run({"events", file("product.db")}).out);
    }

    void saysWhatIsWrong() {
        const auto requireError = [](const QStringList& arguments, const char* part) {
            const Outcome outcome = run(arguments);
            QCOMPARE(outcome.exit, 1);
            QVERIFY2(outcome.err.contains(part), outcome.err.constData());
            QVERIFY(outcome.err.startsWith("cohortist-cli: "));
            QCOMPARE(outcome.err.count('\n'), 1);
        };
        requireError({"events", file("empty.db")}, "holds no keys");
        requireError({"events", file("product.db") + "?prefix=other_"}, "no key begins with");
        QTemporaryDir folder;
        const QString broken = folder.filePath("broken.db");
        QVERIFY(QFile::copy(file("product.db"), broken));
        QVERIFY(QFile::setPermissions(broken, QFile::ReadOwner | QFile::WriteOwner));
        // As the running server holds it.
        const int descriptor = ::open(broken.toUtf8().constData(), O_RDWR | O_CLOEXEC);
        QVERIFY(flock(descriptor, LOCK_EX | LOCK_NB) == 0);
        requireError({"events", broken}, "-bak");
        ::close(descriptor);
        QCOMPARE(run({"events", broken}).exit, 0);
        QVERIFY(QFile::resize(broken, QFile(broken).size() / 2));
        requireError({"events", broken}, "broken.db");
        requireError({"check", broken}, "broken.db");
    }
};

QTEST_GUILESS_MAIN(TestServerFiles)
#include "test_server_files.moc"
