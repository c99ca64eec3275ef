// SPDX-License-Identifier: GPL-3.0-or-later
// One worker's share of a walk: runs the program on chunk after chunk. Before anything is computed
// it is seen which steps can have ids in the chunk, and which of those a sink asks for; the others
// cost nothing. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/job_context.h"
#include "core/engine/bit_slices.h"
#include "core/engine/chunk_sums.h"
#include "core/engine/chunk_value.h"
#include "core/engine/program.h"

namespace cohortist {

class ChunkWalker {
public:
    ChunkWalker(const Question& question, const Program& program, BlockPool& pool);

    // What the next calls of walk() look at; it outlives them.
    void begin(std::span<const Bitmap> inputs);
    // chunks: ascending, from one call to the next too. Sets' chunks go to builders, in step with
    // Question::sets. False when the job was cancelled, which is asked before each step; the sums
    // are spoilt then.
    [[nodiscard]] bool walk(std::span<const std::uint16_t> chunks,
                            std::span<BitmapBuilder> builders, const JobContext& job);
    void addTo(Answer& answer) const { m_sums.addTo(answer); }

private:
    void look(std::uint16_t chunk);
    void mark();
    void markBlocks(const Step& step);
    void leave();
    bool runSteps(std::uint16_t chunk, std::span<BitmapBuilder> builders, const JobContext& job);
    [[nodiscard]] bool canHaveIds(const Step& step) const;
    void compute(std::uint32_t number);
    void serve(std::uint32_t number, std::uint16_t chunk, std::span<BitmapBuilder> builders);
    void serveBefore(std::uint32_t number);
    [[nodiscard]] std::span<const ChunkValue*> valuesOf(std::span<const std::uint32_t> steps);

    const Program& m_program;
    ChunkBlocks m_blocks;
    std::vector<ChunkValue> m_registers;
    struct Cursor { // the views of one input that lie ahead
        const ChunkView* next = nullptr;
        const ChunkView* end = nullptr;
        [[nodiscard]] const ChunkView* take(std::uint16_t chunk); // null: it has none
    };
    std::vector<Cursor> m_cursors; // by input
    // For the chunk at hand:
    std::vector<std::uint32_t> m_filled;       // steps that may have ids, ascending
    std::vector<std::uint8_t> m_isFilled;      // the same by step
    std::vector<std::uint32_t> m_uses;         // by step: so often is its value asked for
    std::vector<ChunkView> m_views;            // by input: a filled one's
    std::vector<const ChunkValue*> m_values;   // by step: once computed, unless nobody is in it
    std::vector<std::uint32_t> m_dueBlocks;    // ascending
    std::vector<std::uint8_t> m_isDue;         // by block
    std::size_t m_nextBlock = 0;               // in m_dueBlocks
    std::size_t m_nextHistogram = 0;           // in the program's
    std::vector<const ChunkValue*> m_operands; // of the step at hand
    BitSlices m_slices;
    ChunkSums m_sums;
};

} // namespace cohortist
