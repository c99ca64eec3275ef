// SPDX-License-Identifier: GPL-3.0-or-later
// The union of the keys that stand for everyone, in a store that keeps no such set of its own; or
// the first of them that cannot be read. For one thread at a time.
#pragma once

#include <string>
#include <vector>

#include "core/query/expr.h"
#include "core/store/bitmap_store.h"

namespace cohortist {

class EveryoneUnion {
public:
    // key: as bitmapist names it.
    void add(const std::string& key, KeyRead read) {
        if (read.state == KeyState::Read) {
            m_sets.push_back(std::move(read.bitmap));
            if (m_sets.size() == kUnited) {
                m_sets = {Bitmap::unite(m_sets)};
            }
        } else if (m_failure.why.empty()) {
            m_failure.state = read.state == KeyState::NoData ? KeyState::Damaged : read.state;
            m_failure.why = printName(key) + ": " + read.why;
        }
    }
    [[nodiscard]] KeyRead finish() {
        return m_failure.why.empty() ? KeyRead{KeyState::Read, Bitmap::unite(m_sets), {}}
                                     : std::move(m_failure);
    }

private:
    // United at once: few keep little in memory, many cost little time.
    static constexpr std::size_t kUnited = 32;
    std::vector<Bitmap> m_sets;
    KeyRead m_failure;
};

} // namespace cohortist
