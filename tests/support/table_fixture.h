// SPDX-License-Identifier: GPL-3.0-or-later
// A retention question, the source that it is asked of, and what is to be seen, from one readable
// text (tests/data/ui/*.txt): blocks of lines apart by empty lines. The first is the source, a line
// a key ("signup 2026-05-01 1-100,105", "- " for nobody, "damaged"), and "as of 2026-05-05T11". The
// second is the question. Each further block is a heading and the lines expected under it. Lines
// that begin with # are for the reader.
#pragma once

#include <memory>
#include <vector>

#include <QString>
#include <QStringList>

#include "core/analysis/retention.h"
#include "core/store/memory/memory_store.h"

namespace cohortist::test {

struct TableFixture {
    struct Block {
        QString heading; // "show percent weighted", "say 1 2"
        QStringList lines;
    };
    std::shared_ptr<MemoryStore> store;
    RetentionQuestion question;
    std::vector<Block> expected;
};

[[nodiscard]] TableFixture readTableFixture(const QString& path); // a broken one ends the test
[[nodiscard]] Bitmap setFromText(const QString& text);            // "1-100,105"
[[nodiscard]] RetentionResult tableOf(const TableFixture& fixture);
// Without a source: every row has 100 users, and half of them came back each time.
[[nodiscard]] std::shared_ptr<RetentionResult> halvesTable(int rows, int columns);

} // namespace cohortist::test
