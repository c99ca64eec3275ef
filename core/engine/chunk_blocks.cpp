// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/chunk_blocks.h"

#include <utility>

namespace cohortist {

namespace {

ChunkBlocks::Block takeLast(std::vector<ChunkBlocks::Block>& blocks) {
    ChunkBlocks::Block block = std::move(blocks.back());
    blocks.pop_back();
    return block;
}

} // namespace

ChunkBlocks::~ChunkBlocks() {
    m_pool.giveBack(std::move(m_zeroed));
    m_pool.giveBack(std::move(m_used));
}

ChunkBlocks::Block ChunkBlocks::take() {
    return m_used.empty() ? m_pool.take() : takeLast(m_used);
}

ChunkBlocks::Block ChunkBlocks::takeZeroed() {
    if (!m_zeroed.empty()) {
        return takeLast(m_zeroed);
    }
    Block block = take();
    block->bytes.fill(std::byte{0});
    return block;
}

} // namespace cohortist
