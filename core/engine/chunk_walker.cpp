// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/chunk_walker.h"

#include <algorithm>

#include "core/sets/kernels.h"

namespace cohortist {

namespace {

using kernels::SlicedCounter;

SlicedCounter countSets(std::span<const ChunkValue* const> sets,
                        std::vector<std::uint64_t>& memory) {
    const std::size_t slices = SlicedCounter::slicesFor(sets.size());
    memory.resize(std::max(memory.size(), slices * kChunkWords));
    SlicedCounter counter(memory.data(), slices);
    for (const ChunkValue* set : sets) {
        if (set->isArray()) {
            counter.add(set->array());
        } else {
            counter.add(set->words());
        }
    }
    return counter;
}

std::size_t filled(std::span<const ChunkValue* const> sets) {
    return static_cast<std::size_t>(std::count_if(
        sets.begin(), sets.end(), [](const ChunkValue* set) { return !set->isEmpty(); }));
}

void addVector(std::vector<std::uint64_t>& to, const std::vector<std::uint64_t>& from) {
    for (std::size_t i = 0; i < from.size(); ++i) {
        to[i] += from[i];
    }
}

} // namespace

ChunkWalker::ChunkWalker(const Question& question, const Program& program)
    : m_question(question)
    , m_program(program)
    , m_registers(program.registers) {
    m_sums.counts.resize(question.counts.size());
    m_sums.intersections.resize(question.intersections.size());
    for (const auto& sets : question.histograms) {
        m_sums.histograms.emplace_back(sets.size() + 1);
    }
}

void ChunkWalker::walk(std::uint16_t chunk, std::span<const Bitmap> inputs,
                       std::span<BitmapBuilder> builders) {
    for (const Step& step : m_program.steps) {
        compute(step, chunk, inputs);
        serve(step, chunk, builders);
    }
    ++m_sums.chunksWalked;
}

void ChunkWalker::compute(const Step& step, std::uint16_t chunk, std::span<const Bitmap> inputs) {
    const SetNode& node = m_question.plan.node(step.node);
    ChunkValue& target = m_registers[step.target];
    m_operands.clear();
    for (const std::uint32_t operand : step.operands) {
        m_operands.push_back(&m_registers[operand]);
    }
    switch (node.op) {
    case SetNode::Op::Empty:
        target.clear();
        return;
    case SetNode::Op::Key:
        target.load(inputs[step.input].chunk(chunk));
        return;
    case SetNode::Op::Constant:
        target.load(m_program.constants[step.input - m_program.keys.size()].chunk(chunk));
        return;
    case SetNode::Op::And:
        target.intersect(m_operands);
        return;
    case SetNode::Op::Or:
        target.unite(m_operands);
        return;
    case SetNode::Op::Xor:
        target.exclude(m_operands);
        return;
    case SetNode::Op::Minus:
        target.subtract(m_operands);
        return;
    case SetNode::Op::Between:
        break;
    }
    if (filled(m_operands) < node.least) {
        target.clear();
        return;
    }
    const SlicedCounter counter = countSets(m_operands, m_slices);
    target.setBitset(counter.between(node.least, node.most, target.bitset()));
}

void ChunkWalker::serve(const Step& step, std::uint16_t chunk, std::span<BitmapBuilder> builders) {
    const ChunkValue& value = m_registers[step.target];
    for (const std::uint32_t position : step.counts) {
        m_sums.counts[position] += value.count();
    }
    for (const std::uint32_t position : step.sets) {
        if (value.isArray()) {
            builders[position].addArray(chunk, value.array());
        } else {
            builders[position].addBitset(chunk, {value.words(), kChunkWords});
        }
    }
    for (const auto& pair : step.intersections) {
        m_sums.intersections[pair.position] +=
            countIntersection(m_registers[pair.a], m_registers[pair.b]);
    }
    for (const auto& bins : step.histograms) {
        m_operands.clear();
        for (const std::uint32_t set : bins.registers) {
            m_operands.push_back(&m_registers[set]);
        }
        countSets(m_operands, m_slices).addHistogram(m_sums.histograms[bins.position]);
    }
}

void ChunkWalker::addTo(Answer& answer) const {
    addVector(answer.counts, m_sums.counts);
    addVector(answer.intersections, m_sums.intersections);
    for (std::size_t i = 0; i < m_sums.histograms.size(); ++i) {
        addVector(answer.histograms[i], m_sums.histograms[i]);
    }
    answer.chunksWalked += m_sums.chunksWalked;
}

} // namespace cohortist
