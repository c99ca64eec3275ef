// SPDX-License-Identifier: GPL-3.0-or-later
// One worker's sums of what the sinks count, chunk by chunk. Used by one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/engine/bit_slices.h"
#include "core/engine/chunk_value.h"
#include "core/engine/program.h"

namespace cohortist {

class ChunkSums {
public:
    explicit ChunkSums(const Question& question);

    void addCount(const Step& step, std::uint32_t count);
    // values: by step, null where nobody is in it.
    void addBlock(const Block& block, std::span<const ChunkValue* const> values);
    void addHistogram(const Histogram& histogram, std::span<const ChunkValue* const> sets,
                      BitSlices& slices);
    void addChunk() { ++m_sums.chunksWalked; }
    void addTo(Answer& answer) const;

private:
    // A row's cells in a block that are met as bitsets.
    struct BitsetRow {
        const std::uint64_t* own = nullptr;
        kernels::WordRange range;
        std::array<const std::uint64_t*, Block::kColumns> columns{};
        std::array<std::uint32_t, Block::kColumns> cells{};
        std::size_t met = 0;
        [[nodiscard]] bool isLike(const BitsetRow& other) const;
    };
    BitsetRow meetAlone(const Block& block, const Block::Row& row,
                        std::span<const ChunkValue* const> values);
    void addRow(const BitsetRow& row);
    void addRows(const BitsetRow& first, const BitsetRow& second);
    void add(const BitsetRow& row, std::span<const std::uint32_t> counts);

    Answer m_sums;
};

} // namespace cohortist
