// SPDX-License-Identifier: GPL-3.0-or-later
// What a question is compiled to, as far as the answers cannot tell: how many columns share a
// block, how many values are held at once, and how little is made once the job is cancelled.
#include <QTest>

#include <set>
#include <thread>

#include "core/engine/block_builder.h"
#include "tests/support/held_reads.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

std::vector<NodeId> keysOf(SetPlan& plan, EventId event, std::int32_t count) {
    std::vector<NodeId> keys;
    keys.reserve(static_cast<std::size_t>(count));
    for (std::int32_t period = 0; period < count; ++period) {
        keys.push_back(plan.key({event, Kind::Day, period}));
    }
    return keys;
}

Question tableOf(std::int32_t rows, std::int32_t columns) {
    Question question;
    const std::vector<NodeId> cohorts = keysOf(question.plan, 0, rows);
    const std::vector<NodeId> days = keysOf(question.plan, 1, columns);
    for (const NodeId cohort : cohorts) {
        for (const NodeId day : days) {
            question.intersections.push_back({cohort, day});
        }
    }
    return question;
}

} // namespace

class TestProgram : public QObject {
    Q_OBJECT
private slots:
    void fillsItsBlocks() {
        const Question question = tableOf(31, 10);
        const Program program = compile(question);
        QCOMPARE(program.blocks.size(), std::size_t{3});
        std::set<std::uint32_t> positions;
        for (const Block& block : program.blocks) {
            QCOMPARE(block.rows.size(), std::size_t{31});
            QCOMPARE(block.columns.size(), std::size_t{&block == &program.blocks.back() ? 2U : 4U});
            for (const Block::Row& row : block.rows) {
                for (std::size_t k = 0; k < block.columns.size(); ++k) {
                    QVERIFY(positions.insert(row.cells[k]).second);
                }
            }
        }
        QCOMPARE(positions.size(), question.intersections.size());
        QCOMPARE(*positions.rbegin() + 1, question.intersections.size());
    }

    // Columns that were met are not held any longer: only the rows and a block's columns are.
    void holdsOneBlockOfColumns() {
        const Question question = tableOf(31, 400);
        QCOMPARE(compile(question).registers, std::uint32_t{31 + Block::kColumns});
    }

    // A union that grows by a day from cell to cell needs the one before and the day alone.
    void holdsAChainOnce() {
        Question question;
        NodeId sum = question.plan.key({0, Kind::Day, 0});
        for (std::int32_t day = 1; day < 400; ++day) {
            sum = question.plan.disjunction({sum, question.plan.key({0, Kind::Day, day})});
            question.counts.push_back(sum);
        }
        const Program program = compile(question);
        QCOMPARE(program.steps.size(), std::size_t{2 * 400 - 1});
        QCOMPARE(program.registers, 3U);
    }

    // What nobody asks for takes no step.
    void leavesOutWhatIsNotAsked() {
        Question question;
        const std::vector<NodeId> days = keysOf(question.plan, 0, 10);
        static_cast<void>(question.plan.conjunction(days));
        question.histograms = {{days[2], days[5]}};
        const Program program = compile(question);
        QCOMPARE(program.steps.size(), std::size_t{2});
        QCOMPARE(program.registers, 2U);
    }

    // Held while it looks through a table's million cells for the sets that they need: no set gets
    // a step after the stop, and no cell a block.
    void leavesALargeTable() {
        const Question question = tableOf(1000, 1000);
        ChunkView half; // what is held lies in whole pages of it
        half.form = ChunkView::Form::Bitset;
        half.data = reinterpret_cast<const std::uint8_t*>(&question.intersections[500'000]);
        HeldReads reads({&half, 1});
        std::stop_source stop;
        bool isHeld = false;
        Program program;
        {
            const std::jthread stopper([&] {
                isHeld = reads.waitFor(1);
                stop.request_stop();
                reads.letGo();
            });
            program = compile(question, JobContext(stop.get_token()));
        }
        QVERIFY(isHeld);
        QCOMPARE(program.steps.size(), std::size_t{0});
        QCOMPARE(program.blocks.size(), std::size_t{0});
    }

    // The cells are sorted when it is stopped: nobody begins a column.
    void beginsNoColumnOnceStopped() {
        Program program;
        program.steps.resize(4);
        const std::vector<BlockBuilder::Cell> cells = {{2, 0, 0}, {2, 1, 1}, {3, 0, 2}, {3, 1, 3}};
        std::stop_source stop;
        const JobContext job(stop.get_token());
        BlockBuilder(program).build(cells, job);
        QCOMPARE(program.blocks.size(), std::size_t{1});
        stop.request_stop();
        BlockBuilder(program).build(cells, job);
        QCOMPARE(program.blocks.size(), std::size_t{1});
    }
};

QTEST_APPLESS_MAIN(TestProgram)
#include "test_program.moc"
