// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/random_values.h"

#include "tests/support/random_sets.h"

namespace cohortist::test {

Words wordsOf(const Values& values) {
    Words words{};
    for (const std::uint16_t value : values) {
        words[value / 64U] |= std::uint64_t{1} << (value % 64U);
    }
    return words;
}

Values randomValues(std::mt19937_64& random, std::uint32_t size, bool inRuns) {
    std::vector<bool> flags(kChunkBits);
    std::uint32_t left = size;
    while (inRuns && left > 0) {
        const auto length = static_cast<std::uint32_t>(1 + below(random, left));
        const std::uint64_t room = kChunkBits - length + 1;
        const std::uint64_t start =
            below(random, 3) == 0 ? (random() & 1U) * (room - 1) : below(random, room);
        for (std::uint64_t v = start; v < start + length && left > 0; ++v) {
            left -= flags[v] ? 0U : 1U;
            flags[v] = true;
        }
    }
    std::uint32_t seen = 0;
    for (std::uint32_t v = 0; !inRuns && v < kChunkBits; ++v) {
        const bool isIn = below(random, kChunkBits - v) < size - seen;
        flags[v] = isIn;
        seen += isIn ? 1U : 0U;
    }
    return valuesWhere([&](std::uint16_t v) { return flags[v]; });
}

} // namespace cohortist::test
