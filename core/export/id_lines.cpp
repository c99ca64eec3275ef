// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/id_lines.h"

#include <charconv>
#include <cstring>

namespace cohortist {

namespace {

constexpr std::uint32_t kThousand = 1000;
constexpr std::size_t kDigits = 3;

using Triple = std::array<char, 4>; // the last for the byte behind them

constexpr std::array<Triple, kThousand> makeTriples() {
    std::array<Triple, kThousand> triples{};
    for (std::uint32_t i = 0; i < kThousand; ++i) {
        triples[i] = {static_cast<char>('0' + i / 100), static_cast<char>('0' + i / 10 % 10),
                      static_cast<char>('0' + i % 10), '\0'};
    }
    return triples;
}
constexpr std::array<Triple, kThousand> kTriples = makeTriples();

} // namespace

void IdLines::setThousands(std::uint32_t thousands) {
    m_thousands = thousands;
    const auto written = std::to_chars(m_upper.data(), m_upper.data() + m_upper.size(), thousands);
    m_upperSize = static_cast<std::size_t>(written.ptr - m_upper.data());
}

char* IdLines::write(std::uint32_t id, char end, char* out) {
    const std::uint32_t thousands = id / kThousand;
    if (thousands == 0) {
        out = std::to_chars(out, out + kDigits, id).ptr;
        *out = end;
        return out + 1;
    }
    if (thousands != m_thousands) {
        setThousands(thousands);
    }
    // Whole words, whatever their length: what is too much is written over next.
    std::memcpy(out, m_upper.data(), m_upper.size());
    out += m_upperSize;
    Triple last = kTriples[id - thousands * kThousand];
    last[kDigits] = end;
    std::memcpy(out, last.data(), last.size());
    return out + last.size();
}

} // namespace cohortist
