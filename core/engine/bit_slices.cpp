// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/bit_slices.h"

#include <algorithm>

namespace cohortist {

kernels::SlicedCounter BitSlices::count(std::span<const ChunkValue* const> sets) {
    const std::size_t slices = kernels::SlicedCounter::slicesFor(sets.size());
    m_slices.resize(std::max(m_slices.size(), slices));
    kernels::SlicedCounter counter(m_slices.front().data(), slices);
    m_bitsets.clear();
    for (const ChunkValue* set : sets) {
        if (set->isShort()) {
            counter.add(set->array());
        } else {
            m_bitsets.push_back(set->bits());
        }
    }
    counter.add(m_bitsets);
    return counter;
}

} // namespace cohortist
