// SPDX-License-Identifier: GPL-3.0-or-later
// One worker's share of a BlockPool: blocks of a chunk's size that values take and give back many
// times in a walk. What was given back last is taken first, as it lies in the nearest cache. Used
// by one thread at a time; the pool outlives it.
#pragma once

#include <vector>

#include "core/base/block_pool.h"
#include "core/sets/chunk.h"

namespace cohortist {

static_assert(BlockPool::kBlockBytes == kChunkBytes);

class ChunkBlocks {
public:
    using Block = BlockPool::Owned;

    explicit ChunkBlocks(BlockPool& pool)
        : m_pool(pool) {}
    ~ChunkBlocks();
    ChunkBlocks(const ChunkBlocks&) = delete;
    ChunkBlocks& operator=(const ChunkBlocks&) = delete;

    [[nodiscard]] Block take(); // its content is whatever was there
    [[nodiscard]] Block takeZeroed();
    void giveBack(Block block) { m_used.push_back(std::move(block)); }
    void giveBackZeroed(Block block) { m_zeroed.push_back(std::move(block)); }

private:
    BlockPool& m_pool;
    std::vector<Block> m_used;
    std::vector<Block> m_zeroed;
};

} // namespace cohortist
