// SPDX-License-Identifier: GPL-3.0-or-later
// One worker's share of a walk: runs the program on a chunk and adds what comes out to sums of its
// own. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/engine/chunk_value.h"
#include "core/engine/program.h"

namespace cohortist {

class ChunkWalker {
public:
    ChunkWalker(const Question& question, const Program& program);

    // Sets' chunks go to builders, in step with Question::sets.
    void walk(std::uint16_t chunk, std::span<const Bitmap> inputs,
              std::span<BitmapBuilder> builders);
    void addTo(Answer& answer) const;

private:
    void compute(const Step& step, std::uint16_t chunk, std::span<const Bitmap> inputs);
    void serve(const Step& step, std::uint16_t chunk, std::span<BitmapBuilder> builders);

    const Question& m_question;
    const Program& m_program;
    std::vector<ChunkValue> m_registers;
    std::vector<const ChunkValue*> m_operands; // of the step at hand
    std::vector<std::uint64_t> m_slices;
    Answer m_sums;
};

} // namespace cohortist
