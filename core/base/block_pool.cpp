// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/block_pool.h"

#include <algorithm>
#include <iterator>

namespace cohortist {

BlockPool::Owned BlockPool::take() {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_free.empty()) {
            Owned block = std::move(m_free.back());
            m_free.pop_back();
            return block;
        }
    }
    return std::make_unique_for_overwrite<Block>();
}

void BlockPool::giveBack(std::vector<Owned> blocks) {
    const std::lock_guard lock(m_mutex);
    const std::size_t kept = std::min(blocks.size(), kMostKept - m_free.size());
    const auto end = blocks.begin() + static_cast<std::ptrdiff_t>(kept);
    m_free.insert(m_free.end(), std::make_move_iterator(blocks.begin()),
                  std::make_move_iterator(end));
}

std::size_t BlockPool::kept() const {
    const std::lock_guard lock(m_mutex);
    return m_free.size();
}

} // namespace cohortist
