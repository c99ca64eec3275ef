// SPDX-License-Identifier: GPL-3.0-or-later
// The format's page suffices to read a snapshot: a reader in Python, written from it alone, must
// tell of every key what the store tells.
#include <QProcess>
#include <QTest>

#include "core/store/snapshot/snapshot_store.h"
#include "tests/support/random_stores.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

QString lineOf(const QByteArray& name, std::string_view kind, std::int32_t period,
               const Bitmap& set) {
    const auto id = [](std::optional<std::uint32_t> end) {
        return end ? QString::number(*end) : QStringLiteral("-");
    };
    return QStringList{name.isEmpty() ? QStringLiteral("-") : QString::fromLatin1(name.toHex()),
                       QString::fromUtf8(kind.data(), static_cast<qsizetype>(kind.size())),
                       QString::number(period),
                       QString::number(set.count()),
                       id(set.min()),
                       id(set.max())}
        .join(' ');
}

QStringList linesOf(BitmapStore& store) {
    const auto catalog = store.catalog();
    const std::vector<BitmapKey> keys = keysOf(*catalog);
    std::vector<Bitmap> sets(keys.size());
    const auto read = store.read(
        keys, {},
        [&](std::size_t index, KeyRead outcome) { sets[index] = std::move(outcome.bitmap); }, {});
    if (!read) {
        return {textOf(read.error())};
    }
    QStringList lines;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        lines += keys[i].isEveryone()
                     ? lineOf({}, "everyone", 0, sets[i])
                     : lineOf(QByteArray::fromStdString(catalog->entry(keys[i].event).name),
                              nameOf(keys[i].kind), keys[i].period, sets[i]);
    }
    return lines;
}

} // namespace

class TestSnapshotFormat : public QObject {
    Q_OBJECT
private slots:
    void isReadFromItsPageAlone() {
        const auto folder = fastFolder();
        const std::string path = folder->filePath("a b.cohorts").toStdString();
        std::mt19937_64 random(11);
        Contents everyShape; // every form of container, whole and in pieces
        for (const Bitmap& set : poolOfSets()) {
            everyShape.keys.push_back(
                {"e", Kind::Day, static_cast<std::int32_t>(everyShape.keys.size()) * 3 / 2, set});
        }
        for (int round = 0; round < 12; ++round) {
            const Contents contents = round == 0 ? everyShape : randomContents(random);
            const auto written = writeSnapshot(contents, path);
            QVERIFY2(written, written ? "" : qPrintable(textOf(written.error())));
            const auto store = openSnapshot(path, {});
            QVERIFY(store);

            QProcess python;
            python.start("python3", {COHORTIST_SOURCE_DIR "/tests/support/read_snapshot.py",
                                     QString::fromStdString(path)});
            QVERIFY2(python.waitForFinished(), qPrintable(python.errorString()));
            const QByteArray errors = python.readAllStandardError();
            QVERIFY2(python.exitStatus() == QProcess::NormalExit && python.exitCode() == 0,
                     errors.constData());
            const QString output = QString::fromLatin1(python.readAllStandardOutput());
            QCOMPARE(output.split('\n', Qt::SkipEmptyParts), linesOf(**store));
        }
    }
};

QTEST_GUILESS_MAIN(TestSnapshotFormat)
#include "test_snapshot_format.moc"
