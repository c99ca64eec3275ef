// SPDX-License-Identifier: GPL-3.0-or-later
// A folder with a log to import and an older snapshot in the place of the output, for tests.
#pragma once

#include <memory>

#include <QDir>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include "core/import/event_log.h"
#include "tests/support/random_log.h"

namespace cohortist::test {

inline const std::string kHeader = "user,event,time\n";
inline const std::string kGood = "1,a,2020-01-01\n";

inline std::string manyLines(std::size_t count) {
    std::string text = kHeader;
    for (std::size_t i = 0; i < count; ++i) {
        text += std::to_string(i % 70'000) + ",login,2020-01-0" + std::to_string(i % 9 + 1) + '\n';
    }
    return text;
}

struct ImportFixture {
    void prepare() {
        m_folder = fastFolder();
        m_log = m_folder->filePath("log.csv").toStdString();
        m_output = m_folder->filePath("log.cohorts").toStdString();
        Contents old;
        old.keys = {{"old", Kind::Unique, 0, Bitmap{1}}};
        old.everyone = Bitmap{1};
        QVERIFY(writeSnapshot(old, m_output));
        m_oldBytes = bytesOfFile(m_output);
        m_options = {};
    }
    [[nodiscard]] Result<ImportSummary> import() const {
        return importEventLog(m_log, m_options, m_output, {});
    }
    [[nodiscard]] QStringList left() const {
        return QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden | QDir::System);
    }
    // It fails so, the old file stays, and nothing temporary is left.
    Error expectFailure(ErrorCode code) const {
        const auto summary = import();
        if (summary) {
            QTest::qFail("it was imported", __FILE__, __LINE__);
            return {};
        }
        if (summary.error().code != code || bytesOfFile(m_output) != m_oldBytes ||
            !left().filter(QRegularExpression(QStringLiteral("^\\."))).isEmpty()) {
            QTest::qFail(qPrintable(textOf(summary.error())), __FILE__, __LINE__);
        }
        return summary.error();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_log;
    std::string m_output;
    std::string m_oldBytes;
    ImportOptions m_options;
};

} // namespace cohortist::test
