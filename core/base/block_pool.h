// SPDX-License-Identifier: GPL-3.0-or-later
// Memory for the chunks that walks work on, in blocks of one size that are used again by the next
// walk: fresh memory costs a page fault for every half of a block, which is more than many a walk
// takes. Thread-safe. Keeps up to kMostKept blocks that nobody uses.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace cohortist {

class BlockPool {
public:
    static constexpr std::size_t kBlockBytes = 8192;
    static constexpr std::size_t kMostKept = 4096; // 32 MiB

    struct alignas(64) Block { // begins where a cache line does
        std::array<std::byte, kBlockBytes> bytes;
    };
    using Owned = std::unique_ptr<Block>;

    [[nodiscard]] Owned take(); // its content is whatever was there
    void giveBack(std::vector<Owned> blocks);
    [[nodiscard]] std::size_t kept() const;

private:
    mutable std::mutex m_mutex;
    std::vector<Owned> m_free; // the one used last is the one in the cache
};

} // namespace cohortist
