// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sets/sliced_counter.h"

#include <algorithm>
#include <bit>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/sets/sliced_counter.cpp"
#include <hwy/foreach_target.h> // before all other headers of Highway

#include "core/sets/simd.h"

HWY_BEFORE_NAMESPACE();
namespace cohortist::kernels::HWY_NAMESPACE {

// a + b + c of single bits: the sum's bit becomes a, the next higher one is returned.
HWY_INLINE Vector addThree(Vector& a, Vector b, Vector c) {
    const Vector odd = hn::Xor(a, b);
    const Vector carry = hn::OrAnd(hn::And(a, b), odd, c);
    a = hn::Xor(odd, c);
    return carry;
}

// The same with a slice; what is carried on is returned.
HWY_INLINE Vector addTo(std::uint64_t* slice, Vector bits, Vector carry) {
    Vector sum = load(slice);
    carry = addThree(sum, bits, carry);
    store(sum, slice);
    return carry;
}

HWY_INLINE void addCarry(std::uint64_t* slice, Vector carry, std::size_t slices) {
    for (std::size_t s = 0; s < slices; ++s, slice += kChunkWords) {
        const Vector sum = load(slice);
        store(hn::Xor(sum, carry), slice);
        carry = hn::And(sum, carry);
    }
}

void addOne(const std::uint64_t* set, std::uint64_t* slices, std::size_t count) {
    for (std::size_t i = 0; i < kChunkWords; i += hn::Lanes(Tag())) {
        addCarry(slices + i, load(set + i), count);
    }
}

// Seven sets become a number of three bits, which is added to three slices and rippled on.
void addSeven(const std::uint64_t* const* sets, std::uint64_t* slices, std::size_t count) {
    for (std::size_t i = 0; i < kChunkWords; i += hn::Lanes(Tag())) {
        Vector ones = load(sets[0] + i);
        Vector more = load(sets[3] + i);
        Vector twos = addThree(ones, load(sets[1] + i), load(sets[2] + i));
        const Vector otherTwos = addThree(more, load(sets[4] + i), load(sets[5] + i));
        const Vector lastTwos = addThree(ones, more, load(sets[6] + i));
        const Vector fours = addThree(twos, otherTwos, lastTwos);

        Vector carry = addTo(slices + i, ones, hn::Zero(Tag()));
        carry = addTo(slices + i + kChunkWords, twos, carry);
        carry = addTo(slices + i + 2 * kChunkWords, fours, carry);
        addCarry(slices + i + 3 * kChunkWords, carry, count - 3);
    }
}

// The ids whose number lies in [least, most].
std::uint32_t between(const std::uint64_t* slices, std::size_t count, std::uint64_t least,
                      std::uint64_t most, std::uint64_t* words) {
    const Vector ones = hn::Set(Tag(), ~std::uint64_t{0});
    BitCounter counter;
    for (std::size_t i = 0; i < kChunkWords; i += hn::Lanes(Tag())) {
        Vector above = hn::Zero(Tag()); // number > what was seen of least so far
        Vector below = hn::Zero(Tag()); // number < what was seen of most so far
        Vector equalLow = ones;
        Vector equalHigh = ones;
        for (std::size_t s = count; s-- > 0;) {
            const Vector bits = load(slices + s * kChunkWords + i);
            if (((least >> s) & 1U) != 0) {
                equalLow = hn::And(equalLow, bits);
            } else {
                above = hn::OrAnd(above, equalLow, bits);
                equalLow = hn::AndNot(bits, equalLow);
            }
            if (((most >> s) & 1U) != 0) {
                below = hn::Or(below, hn::AndNot(bits, equalHigh));
                equalHigh = hn::And(equalHigh, bits);
            } else {
                equalHigh = hn::AndNot(bits, equalHigh);
            }
        }
        const Vector isIn = hn::And(hn::Or(above, equalLow), hn::Or(below, equalHigh));
        store(isIn, words + i);
        counter.add(isIn);
    }
    return counter.total();
}

// sums[s] = ids in all those of the three lowest slices that s has the bits of, and in all of
// `others`, further slices.
void countSubsets(const std::uint64_t* slices, const std::uint64_t* const* others,
                  std::size_t count, std::uint64_t* sums) {
    BitCounter counters[8];
    for (std::size_t i = 0; i < kChunkWords; i += hn::Lanes(Tag())) {
        Vector all = hn::Set(Tag(), ~std::uint64_t{0});
        for (std::size_t k = 0; k < count; ++k) {
            all = hn::And(all, load(others[k] + i));
        }
        const Vector b = load(slices + kChunkWords + i);
        const Vector c = load(slices + 2 * kChunkWords + i);
        const Vector allA = hn::And(all, load(slices + i));
        const Vector allB = hn::And(all, b);
        const Vector allAb = hn::And(allA, b);
        counters[0].add(all);
        counters[1].add(allA);
        counters[2].add(allB);
        counters[3].add(allAb);
        counters[4].add(hn::And(all, c));
        counters[5].add(hn::And(allA, c));
        counters[6].add(hn::And(allB, c));
        counters[7].add(hn::And(allAb, c));
    }
    for (std::size_t s = 0; s < 8; ++s) {
        sums[s] = counters[s].total();
    }
}

} // namespace cohortist::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cohortist::kernels {

HWY_EXPORT(addOne);
HWY_EXPORT(addSeven);
HWY_EXPORT(between);
HWY_EXPORT(countSubsets);

SlicedCounter::SlicedCounter(std::uint64_t* memory, std::size_t slices)
    : m_slices(memory)
    , m_count(slices) {
    std::fill(memory, memory + slices * kChunkWords, 0);
}

std::size_t SlicedCounter::slicesFor(std::size_t sets) {
    return std::max<std::size_t>(kFewestSlices, static_cast<std::size_t>(std::bit_width(sets)));
}

void SlicedCounter::add(std::span<const std::uint64_t* const> bitsets) {
    for (; bitsets.size() >= 7; bitsets = bitsets.subspan(7)) {
        HWY_DYNAMIC_DISPATCH(addSeven)(bitsets.data(), m_slices, m_count);
    }
    for (const std::uint64_t* bitset : bitsets) {
        HWY_DYNAMIC_DISPATCH(addOne)(bitset, m_slices, m_count);
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
    if (least > largest || least > most) {
        std::fill(words, words + kChunkWords, 0);
        return 0;
    }
    return HWY_DYNAMIC_DISPATCH(between)(m_slices, m_count, least, std::min(most, largest), words);
}

void SlicedCounter::addHistogram(std::span<std::uint64_t> bins) const {
    // numbers[n] is first the count of ids whose number has at least the bits of n. Taking away,
    // bit by bit, those that have one more leaves those with exactly these (Moebius inversion).
    std::vector<std::uint64_t> numbers(std::size_t{1} << m_count);
    std::vector<const std::uint64_t*> others;
    for (std::size_t first = 0; first < numbers.size(); first += 8) {
        others.clear();
        for (std::size_t s = kFewestSlices; s < m_count; ++s) {
            if (((first >> s) & 1U) != 0) {
                others.push_back(m_slices + s * kChunkWords);
            }
        }
        HWY_DYNAMIC_DISPATCH(countSubsets)
        (m_slices, others.data(), others.size(), &numbers[first]);
    }
    for (std::size_t bit = 1; bit < numbers.size(); bit *= 2) {
        for (std::size_t n = 0; n < numbers.size(); ++n) {
            numbers[n] -= (n & bit) == 0 ? numbers[n | bit] : 0;
        }
    }
    for (std::size_t n = 1; n < std::min(bins.size(), numbers.size()); ++n) {
        bins[n] += numbers[n];
    }
}

} // namespace cohortist::kernels
#endif
