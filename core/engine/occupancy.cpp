// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/occupancy.h"

#include <algorithm>
#include <bit>

namespace cohortist {

namespace {

using Views = std::span<const ChunkView>;
using Word = std::uint64_t;

constexpr std::uint32_t kWordBits = 64;

Views within(Views views, ChunkRange range) {
    const auto isBefore = [](const ChunkView& view, std::uint32_t number) {
        return view.number < number;
    };
    if (!views.empty() && views.front().number < range.first) {
        const auto first = std::lower_bound(views.begin(), views.end(), range.first, isBefore);
        views = views.subspan(static_cast<std::size_t>(first - views.begin()));
    }
    if (!views.empty() && views.back().number >= range.last) {
        const auto last = std::lower_bound(views.begin(), views.end(), range.last, isBefore);
        views = views.first(static_cast<std::size_t>(last - views.begin()));
    }
    return views;
}

// Sets of chunks, a bit each, from the first chunk on that any input has.
class Occupancy {
public:
    Occupancy(const Program& program, std::span<const Bitmap> inputs, ChunkRange range)
        : m_program(program) {
        std::uint32_t first = kChunkCount;
        std::uint32_t last = 0;
        m_inputs.reserve(program.inputs.size());
        for (std::size_t i = 0; i < program.inputs.size(); ++i) {
            const std::size_t keys = program.keys.size();
            const Bitmap& set = i < keys ? inputs[i] : program.constants[i - keys];
            const Views views = within(set.chunks(), range);
            m_inputs.push_back(views);
            if (!views.empty()) {
                first = std::min<std::uint32_t>(first, views.front().number);
                last = std::max<std::uint32_t>(last, views.back().number + 1U);
            }
        }
        m_first = std::min(first, last);
        m_chunks = last - m_first;
        m_words = (m_chunks + kWordBits - 1) / kWordBits;
        m_sets.resize(program.registers * m_words);
        m_wanted.resize(m_words);
    }

    void run(const JobContext& job) {
        std::size_t block = 0;
        std::size_t histogram = 0;
        for (std::uint32_t number = 0; number < m_program.steps.size() && !m_isAllWanted;
             ++number) {
            if (job.isCancelled()) {
                return;
            }
            const Step& step = m_program.steps[number];
            fill(step);
            if (step.hasSinks()) {
                want(setOf(number));
            }
            for (; isDue(m_program.histograms, histogram, number); ++histogram) {
                for (const std::uint32_t each : m_program.histograms[histogram].steps) {
                    want(setOf(each));
                }
            }
            for (; block < m_program.blocks.size() && !m_isAllWanted &&
                   m_program.blocks[block].lastStep() == number;
                 ++block) {
                wantCells(m_program.blocks[block]);
            }
        }
    }

    [[nodiscard]] std::vector<std::uint16_t> chunks() const {
        std::vector<std::uint16_t> chunks;
        chunks.reserve(m_chunks);
        for (std::size_t i = 0; i < m_words; ++i) {
            for (Word word = m_wanted[i]; word != 0; word &= word - 1) {
                chunks.push_back(static_cast<std::uint16_t>(
                    m_first + i * kWordBits + static_cast<std::uint32_t>(std::countr_zero(word))));
            }
        }
        return chunks;
    }

private:
    static bool isDue(const std::vector<Histogram>& histograms, std::size_t next,
                      std::uint32_t number) {
        return next < histograms.size() && histograms[next].lastStep == number;
    }

    std::span<Word> setIn(std::uint32_t target) {
        return std::span(m_sets).subspan(target * m_words, m_words);
    }
    std::span<Word> setOf(std::uint32_t step) { return setIn(m_program.steps[step].target); }

    void fill(const Step& step) {
        const std::span<Word> set = setIn(step.target);
        std::fill(set.begin(), set.end(), 0);
        if (step.isInput()) {
            fill(set, m_inputs[step.input]);
            return;
        }
        const auto first = [&] { return setOf(step.operands.front()); };
        switch (step.node->op) {
        case SetNode::Op::And:
            std::copy(first().begin(), first().end(), set.begin());
            for (const std::uint32_t operand : step.operands) {
                std::transform(set.begin(), set.end(), setOf(operand).begin(), set.begin(),
                               std::bit_and());
            }
            break;
        case SetNode::Op::Minus:
            std::copy(first().begin(), first().end(), set.begin());
            break;
        default: // of Between too much, where fewer than asked for have the chunk
            for (const std::uint32_t operand : step.operands) {
                std::transform(set.begin(), set.end(), setOf(operand).begin(), set.begin(),
                               std::bit_or());
            }
        }
    }

    void fill(std::span<Word> set, Views views) const {
        if (views.empty()) {
            return;
        }
        const std::uint32_t first = views.front().number - m_first;
        const std::uint32_t end = views.back().number - m_first + 1;
        if (end - first == views.size()) { // no gap, as in most sets of many users
            for (std::uint32_t at = first; at < end;) {
                const std::uint32_t next = std::min(end, (at / kWordBits + 1) * kWordBits);
                set[at / kWordBits] |= ~Word{0} >> (kWordBits - (next - at)) << (at % kWordBits);
                at = next;
            }
            return;
        }
        for (const ChunkView& view : views) {
            const std::uint32_t at = view.number - m_first;
            set[at / kWordBits] |= Word{1} << (at % kWordBits);
        }
    }

    void want(std::span<const Word> set) {
        std::transform(set.begin(), set.end(), m_wanted.begin(), m_wanted.begin(), std::bit_or());
        seeWhetherAll();
    }

    void wantCells(const Block& block) {
        for (const Block::Row& row : block.rows) {
            const std::span<const Word> own = setOf(row.step);
            for (std::size_t k = 0; k < block.columns.size(); ++k) {
                if (row.cells[k] == kNone) {
                    continue;
                }
                const std::span<const Word> column = setOf(block.columns[k]);
                for (std::size_t i = 0; i < m_words; ++i) {
                    m_wanted[i] |= own[i] & column[i];
                }
            }
        }
        seeWhetherAll();
    }

    void seeWhetherAll() {
        std::uint32_t wanted = 0;
        for (const Word word : m_wanted) {
            wanted += static_cast<std::uint32_t>(std::popcount(word));
        }
        m_isAllWanted = wanted == m_chunks;
    }

    const Program& m_program;
    std::vector<Views> m_inputs; // in the range
    std::uint32_t m_first = 0;
    std::uint32_t m_chunks = 0;
    std::size_t m_words = 0;
    std::vector<Word> m_sets; // by register, as in the walk itself
    std::vector<Word> m_wanted;
    bool m_isAllWanted = false;
};

} // namespace

std::vector<std::uint16_t> chunksToWalk(const Program& program, std::span<const Bitmap> inputs,
                                        ChunkRange range, const JobContext& job) {
    Occupancy occupancy(program, inputs, range);
    occupancy.run(job);
    return occupancy.chunks();
}

} // namespace cohortist
