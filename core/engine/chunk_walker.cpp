// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/chunk_walker.h"

#include <algorithm>

namespace cohortist {

namespace {

// The inputs' lists of chunks lie apart: they are asked for so many ahead of the one that is read.
constexpr std::size_t kReadAhead = 8;

} // namespace

ChunkWalker::ChunkWalker(const Question& question, const Program& program, BlockPool& pool)
    : m_program(program)
    , m_blocks(pool)
    , m_cursors(program.inputs.size())
    , m_isFilled(program.steps.size())
    , m_uses(program.steps.size())
    , m_views(program.inputs.size())
    , m_values(program.steps.size())
    , m_isDue(program.blocks.size())
    , m_sums(question) {
    m_registers.reserve(program.registers);
    for (std::uint32_t i = 0; i < program.registers; ++i) {
        m_registers.emplace_back(m_blocks);
    }
}

void ChunkWalker::begin(std::span<const Bitmap> inputs) {
    for (std::size_t i = 0; i < m_cursors.size(); ++i) {
        const std::size_t keys = m_program.keys.size();
        const auto views = (i < keys ? inputs[i] : m_program.constants[i - keys]).chunks();
        m_cursors[i] = {views.data(), views.data() + views.size()};
    }
}

bool ChunkWalker::walk(std::span<const std::uint16_t> chunks, std::span<BitmapBuilder> builders,
                       const JobContext& job) {
    for (const std::uint16_t chunk : chunks) {
        look(chunk);
        mark();
        const bool isDone = !job.isCancelled() && runSteps(chunk, builders, job);
        leave();
        if (!isDone) {
            return false;
        }
        m_sums.addChunk();
    }
    return true;
}

const ChunkView* ChunkWalker::Cursor::take(std::uint16_t chunk) {
    if (next == end || next->number > chunk) {
        return nullptr;
    }
    if (next->number < chunk) {
        // No further than so many views, and just there where none is left out on the way.
        const auto furthest = std::min<std::ptrdiff_t>(chunk - next->number, end - next - 1);
        if (next[furthest].number <= chunk) {
            next += furthest;
        } else {
            next = std::lower_bound(
                next, next + furthest, chunk,
                [](const ChunkView& view, std::uint16_t number) { return view.number < number; });
        }
    }
    return next->number == chunk ? next++ : nullptr;
}

void ChunkWalker::look(std::uint16_t chunk) {
    for (std::size_t i = 0; i < m_cursors.size(); ++i) {
        __builtin_prefetch(m_cursors[std::min(i + kReadAhead, m_cursors.size() - 1)].next);
        if (const ChunkView* view = m_cursors[i].take(chunk)) {
            const std::uint32_t step = m_program.inputs[i];
            m_filled.push_back(step);
            m_isFilled[step] = 1;
            m_views[i] = *view;
        }
    }
    for (const std::uint32_t step : m_program.operations) {
        if (canHaveIds(m_program.steps[step])) {
            m_filled.push_back(step);
            m_isFilled[step] = 1;
        }
    }
    if (!std::is_sorted(m_filled.begin(), m_filled.end())) {
        std::sort(m_filled.begin(), m_filled.end());
    }
}

// While what the values look at is still there.
void ChunkWalker::leave() {
    for (const std::uint32_t step : m_filled) {
        m_registers[m_program.steps[step].target].clear();
        m_isFilled[step] = 0;
        m_uses[step] = 0;
        m_values[step] = nullptr;
    }
    m_filled.clear();
    for (const std::uint32_t block : m_dueBlocks) {
        m_isDue[block] = 0;
    }
}

bool ChunkWalker::canHaveIds(const Step& step) const {
    const auto filled = [&] {
        return std::count_if(step.operands.begin(), step.operands.end(),
                             [&](std::uint32_t operand) { return m_isFilled[operand] != 0; });
    };
    switch (step.node->op) {
    case SetNode::Op::And:
        return filled() == std::ssize(step.operands);
    case SetNode::Op::Or:
    case SetNode::Op::Xor:
        return filled() > 0;
    case SetNode::Op::Minus:
        return m_isFilled[step.operands.front()] != 0;
    case SetNode::Op::Between:
        return filled() >= std::ptrdiff_t{step.node->least};
    default:
        return false;
    }
}

// An input's count stands in its view, and its chunk is copied from there: neither needs a value.
void ChunkWalker::mark() {
    const auto need = [this](std::uint32_t step) { m_uses[step] += m_isFilled[step]; };
    m_dueBlocks.clear();
    for (const std::uint32_t step : m_filled) {
        markBlocks(m_program.steps[step]);
    }
    std::sort(m_dueBlocks.begin(), m_dueBlocks.end());
    for (const Histogram& histogram : m_program.histograms) {
        std::for_each(histogram.steps.begin(), histogram.steps.end(), need);
    }
    for (std::size_t i = m_filled.size(); i-- > 0;) {
        const std::uint32_t number = m_filled[i];
        const Step& step = m_program.steps[number];
        if (!step.isInput() && step.hasSinks()) {
            ++m_uses[number];
        }
        if (m_uses[number] > 0) {
            std::for_each(step.operands.begin(), step.operands.end(), need);
        }
    }
}

void ChunkWalker::markBlocks(const Step& step) {
    for (const Step::Place& place : step.places) {
        const Block& block = m_program.blocks[place.block];
        const Block::Row& row = block.rows[place.row];
        for (std::size_t k = 0; k < block.columns.size(); ++k) {
            if (row.cells[k] == kNone || m_isFilled[block.columns[k]] == 0) {
                continue;
            }
            ++m_uses[row.step];
            ++m_uses[block.columns[k]];
            if (m_isDue[place.block] == 0) {
                m_isDue[place.block] = 1;
                m_dueBlocks.push_back(place.block);
            }
        }
    }
}

bool ChunkWalker::runSteps(std::uint16_t chunk, std::span<BitmapBuilder> builders,
                           const JobContext& job) {
    m_nextBlock = 0;
    m_nextHistogram = 0;
    for (const std::uint32_t number : m_filled) {
        if (m_uses[number] > 0) {
            if (job.isCancelled()) {
                return false;
            }
            serveBefore(number);
            compute(number);
        }
        serve(number, chunk, builders);
    }
    serveBefore(kNone);
    return true;
}

std::span<const ChunkValue*> ChunkWalker::valuesOf(std::span<const std::uint32_t> steps) {
    m_operands.clear();
    for (const std::uint32_t step : steps) {
        if (m_values[step] != nullptr) {
            m_operands.push_back(m_values[step]);
        }
    }
    return m_operands;
}

void ChunkWalker::compute(std::uint32_t number) {
    const Step& step = m_program.steps[number];
    ChunkValue& target = m_registers[step.target];
    if (step.isInput()) {
        target.load(m_views[step.input], m_uses[number]);
        m_values[number] = &target;
        return;
    }
    target.clear();
    if (canHaveIds(step)) { // by now it is known of the operands
        const auto operands = valuesOf(step.operands);
        switch (step.node->op) {
        case SetNode::Op::And:
            target.intersect(operands);
            break;
        case SetNode::Op::Or:
            target.unite(operands);
            break;
        case SetNode::Op::Xor:
            target.exclude(operands);
            break;
        case SetNode::Op::Minus:
            target.subtract(operands);
            break;
        default:
            target.setBitset(m_slices.count(operands).between(step.node->least, step.node->most,
                                                              target.bitset()));
        }
    }
    m_isFilled[number] = target.isEmpty() ? 0 : 1;
    m_values[number] = target.isEmpty() ? nullptr : &target;
}

void ChunkWalker::serve(std::uint32_t number, std::uint16_t chunk,
                        std::span<BitmapBuilder> builders) {
    const Step& step = m_program.steps[number];
    if (!step.hasSinks() || m_isFilled[number] == 0) {
        return;
    }
    const ChunkView* view = step.isInput() ? &m_views[step.input] : nullptr;
    m_sums.addCount(step, view != nullptr ? view->cardinality : m_values[number]->count());
    for (const std::uint32_t position : step.sets) {
        if (view != nullptr) {
            builders[position].addView(*view);
        } else if (m_values[number]->isArray()) {
            builders[position].addArray(chunk, m_values[number]->array());
        } else {
            builders[position].addBitset(chunk, {m_values[number]->bits(), kChunkWords});
        }
    }
}

// A block's or histogram's last step may be one that nobody computes here, so they are served
// before the next one takes a register from them.
void ChunkWalker::serveBefore(std::uint32_t number) {
    const auto& blocks = m_program.blocks;
    for (; m_nextBlock < m_dueBlocks.size() && blocks[m_dueBlocks[m_nextBlock]].lastStep() < number;
         ++m_nextBlock) {
        m_sums.addBlock(blocks[m_dueBlocks[m_nextBlock]], m_values);
    }
    const auto& histograms = m_program.histograms;
    for (; m_nextHistogram < histograms.size() && histograms[m_nextHistogram].lastStep < number;
         ++m_nextHistogram) {
        const Histogram& histogram = histograms[m_nextHistogram];
        m_sums.addHistogram(histogram, valuesOf(histogram.steps), m_slices);
    }
}

} // namespace cohortist
