// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/random_sets.h"

#include <algorithm>
#include <set>

namespace cohortist::test {

namespace {

// Low halves of one chunk's ids.
std::vector<std::uint32_t> randomChunk(std::mt19937_64& random) {
    std::vector<std::uint32_t> values;
    const auto keepIf = [&](auto keep) {
        for (std::uint32_t i = 0; i < kChunkBits; ++i) {
            if (keep(i)) {
                values.push_back(i);
            }
        }
    };
    constexpr std::uint32_t kEdges[] = {1, 2, 4095, 4096, 4097, 65534, 65535, 65536};
    switch (below(random, 6)) {
    case 0: // a few
        for (std::uint64_t i = 0, n = below(random, 20) + 1; i < n; ++i) {
            values.push_back(static_cast<std::uint32_t>(below(random, kChunkBits)));
        }
        break;
    case 1: { // exactly as many as an edge has
        const std::uint32_t wanted = kEdges[below(random, std::size(kEdges))];
        std::uint32_t left = wanted;
        keepIf([&](std::uint32_t i) {
            const bool keep = below(random, kChunkBits - i) < left;
            left -= keep ? 1 : 0;
            return keep;
        });
        break;
    }
    case 2: { // runs
        std::uint32_t at = 0;
        while (at < kChunkBits) {
            at += static_cast<std::uint32_t>(below(random, 3000));
            const auto end =
                std::min(kChunkBits, at + 1 + static_cast<std::uint32_t>(below(random, 3000)));
            for (; at < end; ++at) {
                values.push_back(at);
            }
        }
        break;
    }
    case 3: // dense
        keepIf([&](std::uint32_t) { return below(random, 4) != 0; });
        break;
    case 4: // its ends
        values = {0, kChunkBits - 1};
        break;
    default: // sparse
        keepIf([&](std::uint32_t) { return below(random, 50) == 0; });
        break;
    }
    return values;
}

} // namespace

std::uint64_t below(std::mt19937_64& random, std::uint64_t bound) {
    return random() % bound;
}

std::vector<std::uint32_t> randomIds(std::mt19937_64& random, std::uint32_t maxId) {
    std::vector<std::uint32_t> ids;
    std::set<std::uint32_t> chunks;
    for (std::uint64_t i = 0, n = below(random, 4); i < n; ++i) {
        chunks.insert(static_cast<std::uint32_t>(below(random, (maxId >> 16U) + 1)));
    }
    if (below(random, 4) == 0) {
        chunks.insert(0);
        chunks.insert(maxId >> 16U);
    }
    for (const std::uint32_t chunk : chunks) {
        for (const std::uint32_t value : randomChunk(random)) {
            ids.push_back((chunk << 16U) | value);
        }
    }
    if (below(random, 8) == 0) {
        ids.push_back(maxId);
        ids.push_back(0);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    ids.erase(std::upper_bound(ids.begin(), ids.end(), maxId), ids.end());
    return ids;
}

} // namespace cohortist::test
