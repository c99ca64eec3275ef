// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/table_fixture.h"

#include <QFile>

#include "core/session/session.h"

namespace cohortist::test {

namespace {

[[noreturn]] void giveUp(const QString& path, const QString& why) {
    qFatal("%s: %s", qPrintable(path), qPrintable(why));
}

std::vector<QStringList> blocksOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        giveUp(path, file.errorString());
    }
    std::vector<QStringList> blocks;
    bool isInBlock = false;
    for (const QString& line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'))) {
        if (line.startsWith(QLatin1Char('#'))) {
            continue;
        }
        if (line.trimmed().isEmpty()) {
            isInBlock = false;
            continue;
        }
        if (!isInBlock) {
            blocks.emplace_back();
            isInBlock = true;
        }
        blocks.back().append(line);
    }
    if (blocks.size() < 2) {
        giveUp(path, QStringLiteral("it has no question"));
    }
    return blocks;
}

std::shared_ptr<MemoryStore> storeOf(const QString& path, const QStringList& lines) {
    std::vector<MemoryKey> keys;
    std::vector<std::size_t> damaged;
    MemoryOptions options;
    for (const QString& line : lines) {
        const QStringList words = line.simplified().split(QLatin1Char(' '));
        if (words.size() != 3) {
            giveUp(path, line);
        }
        if (words[0] == QLatin1String("as")) {
            options.asOf = parseAsOf(words[2].toStdString());
            continue;
        }
        const auto period = parsePeriod(words[1].toStdString());
        const auto kind = period ? kindOf(period->granularity) : std::nullopt;
        if (!kind) {
            giveUp(path, line);
        }
        if (words[2] == QLatin1String("damaged")) {
            damaged.push_back(keys.size());
        }
        keys.push_back({words[0].toStdString(), *kind, period->index, setFromText(words[2])});
    }
    auto store = std::make_shared<MemoryStore>(keys, options);
    for (const std::size_t index : damaged) {
        const MemoryKey& key = keys[index];
        store->failKey({*store->catalog()->find(key.event), key.kind, key.period},
                       KeyState::Damaged, "its checksum is wrong");
    }
    return store;
}

// "ask signup@period / active@period by day rows 4 columns 3", and more words of the question.
RetentionQuestion questionOf(const QString& path, const QString& line) {
    using Kind = RetentionQuestion::Kind;
    RetentionQuestion question;
    question.brackets.clear();
    const qsizetype slash = line.indexOf(QLatin1String(" / "));
    const qsizetype by = line.indexOf(QLatin1String(" by "));
    const auto cohort = parseQuery(line.mid(4, slash - 4).toStdString());
    const auto returned = parseQuery(line.mid(slash + 3, by - slash - 3).toStdString());
    if (!line.startsWith(QLatin1String("ask ")) || !cohort || !returned) {
        giveUp(path, line);
    }
    question.cohort = *cohort;
    question.returned = *returned;
    const QStringList words = line.mid(by + 1).simplified().split(QLatin1Char(' '));
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString& word = words[i];
        if (word == QLatin1String("by")) {
            question.by = *granularityNamed(words[++i].toStdString());
        } else if (word == QLatin1String("rows")) {
            question.rows = words[++i].toInt();
        } else if (word == QLatin1String("columns")) {
            question.columns = words[++i].toInt();
        } else if (word == QLatin1String("start")) {
            question.start = parsePeriod(words[++i].toStdString());
        } else if (word == QLatin1String("after")) {
            question.kind = Kind::After;
        } else if (word == QLatin1String("streak")) {
            question.kind = Kind::Streak;
        } else if (word == QLatin1String("brackets")) {
            question.kind = Kind::Bracket;
            for (const QString& bracket : words[++i].split(QLatin1Char(','))) {
                const QStringList ends = bracket.split(QLatin1Char('-'));
                question.brackets.push_back({ends.first().toInt(), ends.last().toInt()});
            }
        } else if (word == QLatin1String("churn")) {
            question.isChurn = true;
        } else if (word == QLatin1String("first-time")) {
            question.isFirstTime = true;
        } else if (word == QLatin1String("previous")) {
            question.base = RetentionQuestion::Base::Previous;
        } else {
            giveUp(path, word);
        }
    }
    return question;
}

} // namespace

Bitmap setFromText(const QString& text) {
    std::vector<Bitmap> parts;
    for (const QString& part : text.split(QLatin1Char(','))) {
        const QStringList ends = part.split(QLatin1Char('-'));
        bool isNumber = false;
        const std::uint32_t first = ends.first().toUInt(&isNumber);
        if (isNumber) {
            parts.push_back(Bitmap::fromRange(first, std::uint64_t{ends.last().toUInt()} + 1));
        }
    }
    return Bitmap::unite(parts);
}

TableFixture readTableFixture(const QString& path) {
    const auto blocks = blocksOf(path);
    TableFixture fixture{
        storeOf(path, blocks[0]), questionOf(path, blocks[1].join(QLatin1Char(' '))), {}};
    for (std::size_t i = 2; i < blocks.size(); ++i) {
        fixture.expected.push_back({blocks[i].front(), blocks[i].mid(1)});
    }
    return fixture;
}

RetentionResult tableOf(const TableFixture& fixture) {
    Session session(fixture.store);
    auto answer = session.retention(fixture.question, {}, {});
    if (!answer) {
        qFatal("%s", answer.error().english().c_str());
    }
    return std::move(answer->table);
}

std::shared_ptr<RetentionResult> halvesTable(int rows, int columns) {
    auto table = std::make_shared<RetentionResult>();
    table->question.rows = rows;
    table->question.columns = columns - 1;
    for (int row = 0; row < rows; ++row) {
        RetentionRow whole;
        whole.period = {Granularity::Day, 20'000 + row};
        whole.size = 100;
        whole.cells.resize(static_cast<std::size_t>(columns));
        for (RetentionCell& cell : whole.cells) {
            cell.state = RetentionCell::State::Value;
            cell.count = 50;
            cell.base = 100;
            cell.rate = 0.5;
        }
        table->rows.push_back(std::move(whole));
    }
    table->weightedMean.assign(static_cast<std::size_t>(columns), 0.5);
    table->simpleMean = table->weightedMean;
    table->rowsUsed.assign(static_cast<std::size_t>(columns), rows);
    return table;
}

} // namespace cohortist::test
