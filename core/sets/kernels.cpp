// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sets/kernels.h"

#include <algorithm>
#include <bit>

namespace cohortist::kernels {

namespace {

constexpr std::uint64_t kOnes = ~std::uint64_t{0};

bool isSet(const std::uint64_t* words, std::uint16_t value) {
    return ((words[value >> 6U] >> (value & 63U)) & 1U) != 0;
}

// Sets the bits [first, last].
void setRun(std::uint64_t* words, std::uint32_t first, std::uint32_t last) {
    const std::uint32_t firstWord = first >> 6U;
    const std::uint32_t lastWord = last >> 6U;
    const std::uint64_t head = kOnes << (first & 63U);
    const std::uint64_t tail = kOnes >> (63U - (last & 63U));
    if (firstWord == lastWord) {
        words[firstWord] |= head & tail;
        return;
    }
    words[firstWord] |= head;
    std::fill(words + firstWord + 1, words + lastWord, kOnes);
    words[lastWord] |= tail;
}

template <typename Operation>
std::uint32_t combine(std::uint64_t* target, const std::uint64_t* other, Operation operation) {
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < kChunkWords; ++i) {
        target[i] = operation(target[i], other[i]);
        count += static_cast<std::uint32_t>(std::popcount(target[i]));
    }
    return count;
}

// The ids of one word whose number, written in the slices, lies in [least, most].
std::uint64_t wordBetween(const std::uint64_t* slices, std::size_t count, std::size_t word,
                          std::uint64_t least, std::uint64_t most) {
    std::uint64_t above = 0; // number > what was seen of least so far
    std::uint64_t equalLow = kOnes;
    std::uint64_t below = 0; // number < what was seen of most so far
    std::uint64_t equalHigh = kOnes;
    for (std::size_t s = count; s-- > 0;) {
        const std::uint64_t bits = slices[s * kChunkWords + word];
        const std::uint64_t low = ((least >> s) & 1U) != 0 ? kOnes : 0;
        const std::uint64_t high = ((most >> s) & 1U) != 0 ? kOnes : 0;
        above |= equalLow & bits & ~low;
        equalLow &= ~(bits ^ low);
        below |= equalHigh & ~bits & high;
        equalHigh &= ~(bits ^ high);
    }
    return (above | equalLow) & (below | equalHigh);
}

} // namespace

void toBitset(const ChunkView& view, std::uint64_t* words) {
    if (view.form == ChunkView::Form::Bitset) {
        for (std::size_t i = 0; i < kChunkWords; ++i) {
            words[i] = load64(view.data + i * 8);
        }
        return;
    }
    std::fill(words, words + kChunkWords, 0);
    if (view.form == ChunkView::Form::Array) {
        for (std::uint32_t i = 0; i < view.cardinality; ++i) {
            const std::uint16_t value = load16(view.data + std::size_t{i} * 2);
            words[value >> 6U] |= std::uint64_t{1} << (value & 63U);
        }
        return;
    }
    for (std::uint32_t i = 0; i < view.runCount; ++i) {
        const std::uint32_t start = load16(view.data + std::size_t{i} * 4);
        setRun(words, start, start + load16(view.data + std::size_t{i} * 4 + 2));
    }
}

void toArray(const ChunkView& view, std::uint16_t* values) {
    if (view.form == ChunkView::Form::Array) {
        for (std::uint32_t i = 0; i < view.cardinality; ++i) {
            values[i] = load16(view.data + std::size_t{i} * 2);
        }
    } else if (view.form == ChunkView::Form::Runs) {
        for (std::uint32_t i = 0; i < view.runCount; ++i) {
            const std::uint32_t start = load16(view.data + std::size_t{i} * 4);
            const std::uint32_t last = start + load16(view.data + std::size_t{i} * 4 + 2);
            for (std::uint32_t value = start; value <= last; ++value) {
                *values++ = static_cast<std::uint16_t>(value);
            }
        }
    } else {
        for (std::uint32_t i = 0; i < kChunkWords; ++i) {
            for (std::uint64_t word = load64(view.data + std::size_t{i} * 8); word != 0;
                 word &= word - 1) {
                *values++ = static_cast<std::uint16_t>(
                    i * 64 + static_cast<std::uint32_t>(std::countr_zero(word)));
            }
        }
    }
}

std::size_t bitsetToArray(const std::uint64_t* words, std::uint16_t* values, std::size_t room) {
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < kChunkWords; ++i) {
        for (std::uint64_t word = words[i]; word != 0 && count < room; word &= word - 1) {
            values[count++] = static_cast<std::uint16_t>(
                i * 64 + static_cast<std::uint32_t>(std::countr_zero(word)));
        }
    }
    return count;
}

void setBits(std::span<const std::uint16_t> values, std::uint64_t* words) {
    for (const std::uint16_t value : values) {
        words[value >> 6U] |= std::uint64_t{1} << (value & 63U);
    }
}

void clearBits(std::span<const std::uint16_t> values, std::uint64_t* words) {
    for (const std::uint16_t value : values) {
        words[value >> 6U] &= ~(std::uint64_t{1} << (value & 63U));
    }
}

void flipBits(std::span<const std::uint16_t> values, std::uint64_t* words) {
    for (const std::uint16_t value : values) {
        words[value >> 6U] ^= std::uint64_t{1} << (value & 63U);
    }
}

std::uint32_t andBitset(std::uint64_t* target, const std::uint64_t* other) {
    return combine(target, other, [](std::uint64_t a, std::uint64_t b) { return a & b; });
}

std::uint32_t orBitset(std::uint64_t* target, const std::uint64_t* other) {
    return combine(target, other, [](std::uint64_t a, std::uint64_t b) { return a | b; });
}

std::uint32_t xorBitset(std::uint64_t* target, const std::uint64_t* other) {
    return combine(target, other, [](std::uint64_t a, std::uint64_t b) { return a ^ b; });
}

std::uint32_t andNotBitset(std::uint64_t* target, const std::uint64_t* other) {
    return combine(target, other, [](std::uint64_t a, std::uint64_t b) { return a & ~b; });
}

std::uint32_t countBitset(const std::uint64_t* words) {
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < kChunkWords; ++i) {
        count += static_cast<std::uint32_t>(std::popcount(words[i]));
    }
    return count;
}

std::uint32_t countAnd(const std::uint64_t* a, const std::uint64_t* b) {
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < kChunkWords; ++i) {
        count += static_cast<std::uint32_t>(std::popcount(a[i] & b[i]));
    }
    return count;
}

std::uint32_t countIn(std::span<const std::uint16_t> values, const std::uint64_t* words) {
    std::uint32_t count = 0;
    for (const std::uint16_t value : values) {
        count += isSet(words, value) ? 1U : 0U;
    }
    return count;
}

std::size_t filter(std::span<const std::uint16_t> values, const std::uint64_t* words, bool keepSet,
                   std::uint16_t* out) {
    std::size_t count = 0;
    for (const std::uint16_t value : values) {
        if (isSet(words, value) == keepSet) {
            out[count++] = value;
        }
    }
    return count;
}

std::size_t intersect(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b,
                      std::uint16_t* out) {
    return static_cast<std::size_t>(
        std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), out) - out);
}

std::size_t unite(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b,
                  std::uint16_t* out) {
    return static_cast<std::size_t>(std::set_union(a.begin(), a.end(), b.begin(), b.end(), out) -
                                    out);
}

std::size_t subtract(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b,
                     std::uint16_t* out) {
    return static_cast<std::size_t>(
        std::set_difference(a.begin(), a.end(), b.begin(), b.end(), out) - out);
}

std::size_t exclude(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b,
                    std::uint16_t* out) {
    return static_cast<std::size_t>(
        std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), out) - out);
}

std::size_t countIntersection(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b) {
    std::size_t count = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        if (a[i] == b[j]) {
            ++count;
            ++i;
            ++j;
        } else if (a[i] < b[j]) {
            ++i;
        } else {
            ++j;
        }
    }
    return count;
}

SlicedCounter::SlicedCounter(std::uint64_t* memory, std::size_t slices)
    : m_slices(memory)
    , m_count(slices) {
    std::fill(memory, memory + slices * kChunkWords, 0);
}

std::size_t SlicedCounter::slicesFor(std::size_t sets) {
    return static_cast<std::size_t>(std::bit_width(sets));
}

void SlicedCounter::add(const std::uint64_t* words) {
    for (std::size_t i = 0; i < kChunkWords; ++i) {
        std::uint64_t carry = words[i];
        for (std::size_t s = 0; carry != 0 && s < m_count; ++s) {
            std::uint64_t& slice = m_slices[s * kChunkWords + i];
            const std::uint64_t both = slice & carry;
            slice ^= carry;
            carry = both;
        }
    }
}

void SlicedCounter::add(std::span<const std::uint16_t> values) {
    for (const std::uint16_t value : values) {
        std::uint64_t carry = std::uint64_t{1} << (value & 63U);
        for (std::size_t s = 0; carry != 0 && s < m_count; ++s) {
            std::uint64_t& slice = m_slices[s * kChunkWords + (value >> 6U)];
            const std::uint64_t both = slice & carry;
            slice ^= carry;
            carry = both;
        }
    }
}

std::uint32_t SlicedCounter::between(std::uint64_t least, std::uint64_t most,
                                     std::uint64_t* words) const {
    const std::uint64_t largest = (std::uint64_t{1} << m_count) - 1;
    const bool isPossible = least <= largest && least <= most;
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < kChunkWords; ++i) {
        words[i] =
            isPossible ? wordBetween(m_slices, m_count, i, least, std::min(most, largest)) : 0;
        count += static_cast<std::uint32_t>(std::popcount(words[i]));
    }
    return count;
}

void SlicedCounter::addHistogram(std::span<std::uint64_t> bins) const {
    for (std::size_t i = 0; i < kChunkWords; ++i) {
        std::uint64_t any = 0;
        for (std::size_t s = 0; s < m_count; ++s) {
            any |= m_slices[s * kChunkWords + i];
        }
        for (; any != 0; any &= any - 1) {
            const auto bit = static_cast<std::uint32_t>(std::countr_zero(any));
            std::size_t number = 0;
            for (std::size_t s = 0; s < m_count; ++s) {
                number |= ((m_slices[s * kChunkWords + i] >> bit) & 1U) << s;
            }
            if (number < bins.size()) {
                ++bins[number];
            }
        }
    }
}

} // namespace cohortist::kernels
