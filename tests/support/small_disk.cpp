// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/small_disk.h"

#include <filesystem>
#include <fstream>

#include <QDir>
#include <QProcess>
#include <QTest>

#include <sys/mount.h>
#include <unistd.h>

#include "tests/support/random_stores.h"

namespace cohortist::test {

namespace {

const std::string kOld = "the old file";

bool runs(const QString& program, const QStringList& arguments) {
    return QProcess::execute(program, arguments) == 0;
}

bool mountExt4(const QString& image, const QString& at, std::size_t bytes) {
    return QFile(image).open(QIODevice::WriteOnly) &&
           QFile::resize(image, static_cast<qint64>(bytes)) &&
           runs(QStringLiteral("/sbin/mkfs.ext4"),
                {QStringLiteral("-q"), QStringLiteral("-F"), QStringLiteral("-m"),
                 QStringLiteral("0"), QStringLiteral("-O"), QStringLiteral("^has_journal"),
                 image}) &&
           runs(QStringLiteral("mount"),
                {QStringLiteral("-o"), QStringLiteral("loop"), image, at}) &&
           QDir(at).rmdir(QStringLiteral("lost+found"));
}

} // namespace

std::unique_ptr<SmallDisk> SmallDisk::mount(Kind kind, const QString& folder, std::size_t bytes) {
    const QString at = QDir(folder).filePath(QStringLiteral("small"));
    if (geteuid() != 0 || !QDir().mkpath(at)) {
        return nullptr;
    }
    const std::string path = at.toStdString();
    const bool isMounted =
        kind == Kind::Memory
            ? ::mount("tmpfs", path.c_str(), "tmpfs", 0,
                      ("size=" + std::to_string(bytes)).c_str()) == 0
            : mountExt4(QDir(folder).filePath(QStringLiteral("small.img")), at, bytes);
    return isMounted ? std::unique_ptr<SmallDisk>(new SmallDisk(path, bytes)) : nullptr;
}

SmallDisk::~SmallDisk() {
    ::umount2(m_path.c_str(), MNT_DETACH);
}

void addDiskRows() {
    QTest::addColumn<int>("kind");
    QTest::newRow("in memory") << static_cast<int>(SmallDisk::Kind::Memory);
    QTest::newRow("ext4") << static_cast<int>(SmallDisk::Kind::Ext4);
}

FullDiskOutcome
writeWithMoreAndMoreRoom(const SmallDisk& disk, std::size_t step,
                         const std::function<Result<void>(const std::string& path)>& write,
                         const std::function<bool(const std::string& path)>& isWhole) {
    FullDiskOutcome outcome;
    const std::string output = disk.path() + "/output";
    const std::string filler = disk.path() + "/filler";
    for (std::size_t filled = disk.bytes(); filled > 0; filled -= std::min(filled, step)) {
        std::filesystem::remove(output);
        std::filesystem::remove(filler);
        writeBytes(output, kOld);
        std::ofstream(filler, std::ios::binary) << std::string(filled, 'x'); // as much as goes in
        const Result<void> written = write(output);
        if (written) {
            ++outcome.successes;
            outcome.trouble += isWhole(output) ? QStringList() : QStringList("a damaged file");
        } else {
            ++outcome.failures;
            const Error& error = written.error();
            outcome.trouble += error.code == ErrorCode::CannotWrite
                                   ? QStringList()
                                   : QStringList(QString::fromStdString(error.english()));
            outcome.trouble +=
                bytesOfFile(output) == kOld ? QStringList() : QStringList("the old file is gone");
        }
        const auto names =
            QDir(QString::fromStdString(disk.path())).entryList(QDir::Files | QDir::Hidden);
        outcome.trouble += names == QStringList{"filler", "output"} ? QStringList() : names;
    }
    return outcome;
}

} // namespace cohortist::test
