// SPDX-License-Identifier: GPL-3.0-or-later
// Random questions: what the walk answers must be what std::set gives, however many workers take
// part and in however small ranges the sets are read.
#include <QTest>

#include <array>

#include "core/engine/walk.h"
#include "tests/support/random_program.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

#ifdef __SANITIZE_THREAD__
constexpr int kRounds = 100; // std::set is very slow there, and threads meet often enough
#else
constexpr int kRounds = 1000;
#endif

std::vector<Bitmap> inputsOf(const Walk& walk, const std::map<BitmapKey, Bitmap>& bitmaps,
                             ChunkRange range) {
    std::vector<Bitmap> inputs;
    for (const BitmapKey& key : walk.keys()) {
        inputs.push_back(bitmaps.at(key).slice(range));
    }
    return inputs;
}

// Cut at the given chunks; the whole space where there are no cuts.
std::string answerDiffers(const RandomProgram& program, const std::map<BitmapKey, Bitmap>& bitmaps,
                          const Answer& expected, WorkerPool& pool,
                          std::vector<std::uint32_t> cuts) {
    cuts.push_back(kChunkCount);
    Walk walk(program.question);
    std::uint32_t first = 0;
    for (const std::uint32_t last : cuts) {
        const ChunkRange range{first, last};
        if (!walk.run(inputsOf(walk, bitmaps, range), range, pool, {})) {
            return "the walk failed";
        }
        first = last;
    }
    return difference(walk.finish(), expected);
}

std::set<BitmapKey> neededKeys(const Question& question) {
    std::vector<NodeId> open = question.counts;
    open.insert(open.end(), question.sets.begin(), question.sets.end());
    for (const auto& pair : question.intersections) {
        open.insert(open.end(), {pair.a, pair.b});
    }
    for (const auto& nodes : question.histograms) {
        open.insert(open.end(), nodes.begin(), nodes.end());
    }
    std::set<BitmapKey> keys;
    while (!open.empty()) {
        const SetNode& node = question.plan.node(open.back());
        open.pop_back();
        open.insert(open.end(), node.operands.begin(), node.operands.end());
        if (node.op == SetNode::Op::Key) {
            keys.insert(node.key);
        }
    }
    return keys;
}

} // namespace

class TestWalk : public QObject {
    Q_OBJECT
private slots:
    void answersLikeSets() {
        std::mt19937_64 random(21);
        WorkerPool one(1);
        WorkerPool two(2);
        WorkerPool eight(8);
        for (int round = 0; round < kRounds; ++round) {
            const RandomProgram program = randomProgram(random);
            QVERIFY2(program.contradiction.empty(), program.contradiction.c_str());
            const auto bitmaps = program.bitmaps(random);
            const Answer expected = program.answer();
            const auto differs = [&](WorkerPool& pool, std::vector<std::uint32_t> cuts) {
                return QStringLiteral("round %1: %2")
                    .arg(round)
                    .arg(QString::fromStdString(
                        answerDiffers(program, bitmaps, expected, pool, std::move(cuts))));
            };
            const QString none = QStringLiteral("round %1: ").arg(round);
            QCOMPARE(differs(one, {}), none);
            QCOMPARE(differs(two, {}), none);
            QCOMPARE(differs(eight, {}), none);
            // Every chunk that the sets use in a range of its own, then at random places.
            QCOMPARE(differs(one, {1, 2, 3, 4, 9, 10, 255, 256, 65535}), none);
            std::set<std::uint32_t> cuts;
            for (int i = 0; i < 4; ++i) {
                cuts.insert(static_cast<std::uint32_t>(below(random, i < 2 ? 12 : kChunkCount)));
            }
            QCOMPARE(differs(round % 2 == 0 ? two : eight, {cuts.begin(), cuts.end()}), none);
        }
    }

    // Blocks of several columns, rows in pairs, cells that are missing or asked for twice.
    void answersTablesLikeSets() {
        std::mt19937_64 random(25);
        WorkerPool one(1);
        WorkerPool two(2);
        for (int round = 0; round < kRounds / 10; ++round) {
            const RandomProgram program = randomTable(random);
            QVERIFY2(program.contradiction.empty(), program.contradiction.c_str());
            const auto bitmaps = program.bitmaps(random);
            const Answer expected = program.answer();
            const std::string none;
            QCOMPARE(answerDiffers(program, bitmaps, expected, one, {}), none);
            QCOMPARE(answerDiffers(program, bitmaps, expected, two, {2, 255}), none);
        }
    }

    void walksOnlyWhereItMust() {
        std::mt19937_64 random(26);
        WorkerPool pool(1);
        for (int round = 0; round < kRounds / 4; ++round) {
            const RandomProgram program =
                round % 5 == 0 ? randomTable(random) : randomProgram(random);
            Walk walk(program.question);
            const auto inputs = inputsOf(walk, program.bitmaps(random), {});
            QVERIFY(walk.run(inputs, {}, pool, {}).has_value());
            QCOMPARE(walk.finish().chunksWalked, program.chunksToWalk());
        }
    }

    void asksForTheNeededKeysOnly() {
        std::mt19937_64 random(22);
        for (int round = 0; round < kRounds / 4; ++round) {
            const RandomProgram program = randomProgram(random);
            const Walk walk(program.question);
            const std::set<BitmapKey> asked(walk.keys().begin(), walk.keys().end());
            QCOMPARE(asked.size(), walk.keys().size());
            QVERIFY(asked == neededKeys(program.question));
        }
    }

    // A chunk where nobody has ids costs nothing, and a key without data is an empty set.
    void walksOnlyWhatIsThere() {
        Question question;
        const NodeId a = question.plan.key({0, Kind::Day, 1});
        const NodeId b = question.plan.key({1, Kind::Day, 1});
        question.counts = {a, b, question.plan.disjunction({a, b})};
        WorkerPool pool(1);
        Walk walk(question);
        const std::vector<Bitmap> inputs = {Bitmap{1, 5U << 16U, UINT32_MAX}, Bitmap()};
        QVERIFY(walk.run(inputs, {}, pool, {}).has_value());
        const Answer answer = walk.finish();
        QCOMPARE(answer.counts, (std::vector<std::uint64_t>{3, 0, 3}));
        QCOMPARE(answer.chunksWalked, std::uint64_t{3});
    }

    // Only where a sink may find ids, whatever else has some there; gaps and range ends are met.
    void walksOnlyWhereIdsAreWanted_data() {
        QTest::addColumn<int>("wanted");
        QTest::addColumn<ChunkRange>("range");
        QTest::addColumn<std::uint64_t>("chunks");
        const ChunkRange all;
        QTest::newRow("a table's cell") << 0 << all << std::uint64_t{3};
        QTest::newRow("and") << 1 << all << std::uint64_t{3};
        QTest::newRow("minus") << 2 << all << std::uint64_t{4};
        QTest::newRow("or") << 3 << all << std::uint64_t{203};
        QTest::newRow("histogram") << 4 << all << std::uint64_t{203};
        QTest::newRow("a set") << 5 << all << std::uint64_t{4};
        QTest::newRow("and, in a range") << 1 << ChunkRange{8, 70} << std::uint64_t{1};
        QTest::newRow("or, in a range") << 3 << ChunkRange{8, 70} << std::uint64_t{61};
        QTest::newRow("nobody") << 6 << all << std::uint64_t{0};
    }
    void walksOnlyWhereIdsAreWanted() {
        QFETCH(int, wanted);
        QFETCH(ChunkRange, range);
        Question question;
        const NodeId few = question.plan.key({0, Kind::Day, 1});
        const NodeId many = question.plan.key({1, Kind::Day, 1});
        const NodeId none = question.plan.key({2, Kind::Day, 1});
        const std::vector<NodeId> both = {few, many};
        switch (wanted) {
        case 0:
            question.intersections = {{few, many}, {none, many}};
            break;
        case 1:
            question.counts = {question.plan.conjunction(both)};
            break;
        case 2:
            question.counts = {question.plan.difference(few, {many})};
            break;
        case 3:
            question.counts = {question.plan.disjunction(both)};
            break;
        case 4:
            question.histograms = {both};
            break;
        case 5:
            question.sets = {few};
            question.intersections = {{many, none}, {few, many}};
            break;
        default:
            question.counts = {question.plan.conjunction({none, many})};
        }
        const Bitmap fewIds{7U << 16U, (10U << 16U) + 5, 70U << 16U, 300U << 16U};
        std::vector<Bitmap> manyIds; // in the chunks 8 to 209 but for 9, and in 7
        manyIds.push_back(Bitmap::fromRange(7U << 16U, 9U << 16U));
        manyIds.push_back(Bitmap::fromRange(10U << 16U, 210U << 16U));
        const std::map<BitmapKey, Bitmap> bitmaps = {{{0, Kind::Day, 1}, fewIds},
                                                     {{1, Kind::Day, 1}, Bitmap::unite(manyIds)},
                                                     {{2, Kind::Day, 1}, Bitmap()}};
        for (const unsigned workers : {1U, 8U}) {
            WorkerPool pool(workers);
            Walk walk(question);
            QVERIFY(walk.run(inputsOf(walk, bitmaps, {}), range, pool, {}).has_value());
            QTEST(walk.finish().chunksWalked, "chunks");
        }
    }

    // A walk works in memory that the next one takes again, and keeps none of it.
    void givesItsMemoryBack() {
        std::mt19937_64 random(24);
        const RandomProgram program = randomProgram(random);
        const auto bitmaps = program.bitmaps(random);
        WorkerPool pool(1);
        std::set<std::size_t> kept;
        for (int round = 0; round < 3; ++round) {
            QCOMPARE(answerDiffers(program, bitmaps, program.answer(), pool, {}), std::string());
            kept.insert(pool.blocks().kept());
        }
        QCOMPARE(kept.size(), std::size_t{1});
        QVERIFY(*kept.begin() > 0);
    }

    // One block is enough for a union, however many chunks it has.
    void worksInOneBlock() {
        Question question;
        const std::vector<NodeId> days = {question.plan.key({0, Kind::Day, 1}),
                                          question.plan.key({0, Kind::Day, 2})};
        question.counts = {question.plan.disjunction(days)};
        std::array<std::uint64_t, kChunkWords> words;
        words.fill(0x5555'5555'5555'5555U);
        BitmapBuilder builder;
        for (std::uint16_t chunk = 0; chunk < 10; ++chunk) {
            builder.addBitset(chunk, words);
        }
        const std::vector<Bitmap> inputs(2, builder.finish());
        WorkerPool pool(1);
        Walk walk(question);
        QVERIFY(walk.run(inputs, {}, pool, {}).has_value());
        QCOMPARE(walk.finish().counts.front(), std::uint64_t{10} * kChunkBits / 2);
        QCOMPARE(pool.blocks().kept(), std::size_t{1});
    }

    void countsTheWholeIdSpace() {
        Question question;
        const NodeId all = question.plan.key({0, Kind::Day, 1});
        const NodeId some = question.plan.constant(Bitmap{0, 65536, UINT32_MAX});
        question.counts = {all, question.plan.difference(all, {some})};
        question.intersections = {{all, some}, {all, all}};
        question.histograms = {{some, question.plan.conjunction({all, some})}};
        WorkerPool pool(8);
        Walk walk(question);
        constexpr std::uint64_t kAll = std::uint64_t{1} << 32U;
        QVERIFY(walk.run(std::vector{Bitmap::fromRange(0, kAll)}, {}, pool, {}).has_value());
        const Answer answer = walk.finish();
        QCOMPARE(answer.counts, (std::vector<std::uint64_t>{kAll, kAll - 3}));
        QCOMPARE(answer.intersections, (std::vector<std::uint64_t>{3, kAll}));
        QCOMPARE(answer.histograms.front(), (std::vector<std::uint64_t>{0, 0, 3}));
    }

    // More sets than a byte or two can count: the slices grow with their number.
    void countsInHundredsOfSets() {
        std::mt19937_64 random(23);
        Question question;
        std::vector<std::uint64_t> times(200);
        std::vector<Bitmap> inputs;
        std::vector<NodeId> nodes;
        for (std::int32_t period = 0; period < 300; ++period) {
            nodes.push_back(question.plan.key({0, Kind::Day, period}));
            Users users;
            for (std::uint32_t id = 0; id < times.size(); ++id) {
                if (below(random, times.size()) <= id) {
                    users.insert(id);
                    ++times[id];
                }
            }
            inputs.push_back(inRandomForm(random, users));
        }
        question.histograms = {nodes};
        for (std::uint32_t least = 1; least <= nodes.size(); ++least) {
            question.counts.push_back(
                question.plan.between(least, static_cast<std::uint32_t>(nodes.size()), nodes));
        }
        Walk walk(question);
        QCOMPARE(walk.keys().size(), nodes.size());
        WorkerPool pool(2);
        QVERIFY(walk.run(inputs, {}, pool, {}).has_value());
        const Answer answer = walk.finish();
        for (std::size_t n = 1; n <= nodes.size(); ++n) {
            const auto exactly = std::count(times.begin(), times.end(), n);
            const auto orMore = std::count_if(times.begin(), times.end(),
                                              [&](std::uint64_t count) { return count >= n; });
            QCOMPARE(answer.histograms[0][n], static_cast<std::uint64_t>(exactly));
            QCOMPARE(answer.counts[n - 1], static_cast<std::uint64_t>(orMore));
        }
    }
};

QTEST_APPLESS_MAIN(TestWalk)
#include "test_walk.moc"
