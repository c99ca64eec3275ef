// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels over whole bitsets. Highway compiles everything before HWY_ONCE for each instruction
// set, and the functions after it call the best one that the machine has.
#include <algorithm>
#include <bit>
#include <cstring>

#include "core/sets/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/sets/bitset_kernels.cpp"
#include <hwy/foreach_target.h> // before all other headers of Highway

#include "core/sets/simd.h"

HWY_BEFORE_NAMESPACE();
namespace cohortist::kernels::HWY_NAMESPACE {

struct And {
    HWY_INLINE Vector operator()(Vector a, Vector b) const { return hn::And(a, b); }
};
struct Or {
    HWY_INLINE Vector operator()(Vector a, Vector b) const { return hn::Or(a, b); }
};
struct Xor {
    HWY_INLINE Vector operator()(Vector a, Vector b) const { return hn::Xor(a, b); }
};
struct AndNot {
    HWY_INLINE Vector operator()(Vector a, Vector b) const { return hn::AndNot(b, a); }
};

template <typename Operation>
HWY_INLINE std::uint32_t combine(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out,
                                 Operation operation) {
    BitCounter counter;
    for (std::size_t i = 0; i < kChunkWords; i += hn::Lanes(Tag())) {
        const Vector result = operation(load(a + i), load(b + i));
        store(result, out + i);
        counter.add(result);
    }
    return counter.total();
}

std::uint32_t andBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out) {
    return combine(a, b, out, And());
}
std::uint32_t orBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out) {
    return combine(a, b, out, Or());
}
std::uint32_t xorBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out) {
    return combine(a, b, out, Xor());
}
std::uint32_t andNotBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out) {
    return combine(a, b, out, AndNot());
}

// out |= four sets; returns whether it is full then.
bool addFour(const std::uint64_t* const* sets, std::uint64_t* out) {
    const Vector ones = hn::Set(Tag(), ~std::uint64_t{0});
    Vector all = ones;
    for (std::size_t i = 0; i < kChunkWords; i += hn::Lanes(Tag())) {
        const Vector two = hn::Or(load(sets[0] + i), load(sets[1] + i));
        const Vector four = hn::Or(hn::Or(two, load(sets[2] + i)), load(sets[3] + i));
        const Vector result = hn::Or(four, load(out + i));
        store(result, out + i);
        all = hn::And(all, result);
    }
    return hn::AllTrue(Tag(), hn::Eq(all, ones));
}

std::uint32_t countBitset(const std::uint64_t* words) {
    BitCounter counter;
    for (std::size_t i = 0; i < kChunkWords; i += hn::Lanes(Tag())) {
        counter.add(load(words + i));
    }
    return counter.total();
}

void copyBitset(const std::uint8_t* bytes, std::uint64_t* words) {
#if HWY_TARGET == HWY_SCALAR
    std::memcpy(words, bytes, kChunkBytes);
#else
    const hn::Repartition<std::uint8_t, Tag> tag;
    constexpr std::size_t kAhead = 4096; // measured: half a chunk
    for (std::size_t i = 0; i < kChunkBytes; i += 64) {
        __builtin_prefetch(bytes + i + kAhead);
        for (std::size_t k = 0; k < 64; k += hn::Lanes(tag)) {
            store(hn::BitCast(Tag(), hn::LoadU(tag, bytes + i + k)), words + (i + k) / 8);
        }
    }
#endif
}

std::uint32_t countInRun(const std::uint64_t* words, Run run) {
    constexpr std::uint64_t kOnes = ~std::uint64_t{0};
    const auto bitsIn = [](std::uint64_t word) {
        return static_cast<std::uint32_t>(std::popcount(word));
    };
    std::size_t i = run.first / 64;
    const std::size_t last = run.last / 64;
    const std::uint64_t head = kOnes << run.first % 64;
    const std::uint64_t tail = kOnes >> (63 - run.last % 64);
    if (i == last) {
        return bitsIn(words[i] & head & tail);
    }
    std::uint32_t count = bitsIn(words[i] & head) + bitsIn(words[last] & tail);
    BitCounter counter;
    const std::size_t lanes = hn::Lanes(Tag());
    constexpr std::size_t kAhead = 64; // words
    for (++i; i + lanes <= last; i += lanes) {
        __builtin_prefetch(words + i + kAhead); // it is read once, from a farther cache
        counter.add(load(words + i));
    }
    for (; i < last; ++i) {
        count += bitsIn(words[i]);
    }
    return count + counter.total();
}

static_assert(hn::MaxLanes(Tag()) <= kStrip);

// One set with so many others in one pass.
template <std::size_t Others>
HWY_INLINE void countSome(const std::uint64_t* words, const std::uint64_t* const* others,
                          std::uint32_t* counts, WordRange range) {
    BitCounter counter[Others];
    for (std::size_t i = range.first; i < range.last; i += hn::Lanes(Tag())) {
        const Vector own = load(words + i);
        for (std::size_t k = 0; k < Others; ++k) {
            counter[k].add(hn::And(own, load(others[k] + i)));
        }
    }
    for (std::size_t k = 0; k < Others; ++k) {
        counts[k] = counter[k].total();
    }
}

void countAndEach(const std::uint64_t* words, const std::uint64_t* const* others, std::size_t count,
                  std::uint32_t* counts, WordRange range) {
    for (; count >= 4; count -= 4, others += 4, counts += 4) {
        countSome<4>(words, others, counts, range);
    }
    switch (count) {
    case 3:
        return countSome<3>(words, others, counts, range);
    case 2:
        return countSome<2>(words, others, counts, range);
    case 1:
        return countSome<1>(words, others, counts, range);
    default:
        return;
    }
}

template <std::size_t Others>
HWY_INLINE void countSomeOfTwo(const std::uint64_t* first, const std::uint64_t* second,
                               const std::uint64_t* const* others, std::uint32_t* firstCounts,
                               std::uint32_t* secondCounts) {
    BitCounter counter[2 * Others];
    for (std::size_t i = 0; i < kChunkWords; i += hn::Lanes(Tag())) {
        const Vector a = load(first + i);
        const Vector b = load(second + i);
        for (std::size_t k = 0; k < Others; ++k) {
            const Vector other = load(others[k] + i);
            counter[2 * k].add(hn::And(a, other));
            counter[2 * k + 1].add(hn::And(b, other));
        }
    }
    for (std::size_t k = 0; k < Others; ++k) {
        firstCounts[k] = counter[2 * k].total();
        secondCounts[k] = counter[2 * k + 1].total();
    }
}

void countAndEachOfTwo(const std::uint64_t* first, const std::uint64_t* second,
                       const std::uint64_t* const* others, std::size_t count,
                       std::uint32_t* firstCounts, std::uint32_t* secondCounts) {
    switch (count) {
    case 4:
        return countSomeOfTwo<4>(first, second, others, firstCounts, secondCounts);
    case 3:
        return countSomeOfTwo<3>(first, second, others, firstCounts, secondCounts);
    case 2:
        return countSomeOfTwo<2>(first, second, others, firstCounts, secondCounts);
    case 1:
        return countSomeOfTwo<1>(first, second, others, firstCounts, secondCounts);
    default:
        return;
    }
}

} // namespace cohortist::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cohortist::kernels {

HWY_EXPORT(andBitsets);
HWY_EXPORT(orBitsets);
HWY_EXPORT(xorBitsets);
HWY_EXPORT(andNotBitsets);
HWY_EXPORT(addFour);
HWY_EXPORT(countBitset);
HWY_EXPORT(countInRun);
HWY_EXPORT(copyBitset);
HWY_EXPORT(countAndEach);
HWY_EXPORT(countAndEachOfTwo);

std::uint32_t andBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out) {
    return HWY_DYNAMIC_DISPATCH(andBitsets)(a, b, out);
}

std::uint32_t orBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out) {
    return HWY_DYNAMIC_DISPATCH(orBitsets)(a, b, out);
}

std::uint32_t xorBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out) {
    return HWY_DYNAMIC_DISPATCH(xorBitsets)(a, b, out);
}

std::uint32_t andNotBitsets(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out) {
    return HWY_DYNAMIC_DISPATCH(andNotBitsets)(a, b, out);
}

std::uint32_t uniteBitsets(std::span<const std::uint64_t* const> sets, std::uint64_t* out) {
    std::copy(sets.front(), sets.front() + kChunkWords, out);
    for (std::size_t i = 1; i < sets.size(); i += 4) {
        const std::uint64_t* four[4];
        for (std::size_t k = 0; k < 4; ++k) { // the last one again where there are no more
            four[k] = sets[std::min(i + k, sets.size() - 1)];
        }
        if (HWY_DYNAMIC_DISPATCH(addFour)(four, out)) {
            return kChunkBits;
        }
    }
    return countBitset(out);
}

std::uint32_t countBitset(const std::uint64_t* words) {
    return HWY_DYNAMIC_DISPATCH(countBitset)(words);
}

void copyBitset(const std::uint8_t* bytes, std::uint64_t* words) {
    HWY_DYNAMIC_DISPATCH(copyBitset)(bytes, words);
}

std::uint32_t countInRun(const std::uint64_t* words, Run run) {
    return HWY_DYNAMIC_DISPATCH(countInRun)(words, run);
}

std::uint32_t countAnd(const std::uint64_t* a, const std::uint64_t* b) {
    std::uint32_t count = 0;
    HWY_DYNAMIC_DISPATCH(countAndEach)(a, &b, 1, &count, {});
    return count;
}

void countAndEach(const std::uint64_t* words, std::span<const std::uint64_t* const> others,
                  std::uint32_t* counts, WordRange range) {
    HWY_DYNAMIC_DISPATCH(countAndEach)(words, others.data(), others.size(), counts, range);
}

void countAndEachOfTwo(const std::uint64_t* first, const std::uint64_t* second,
                       std::span<const std::uint64_t* const> others, std::uint32_t* firstCounts,
                       std::uint32_t* secondCounts) {
    HWY_DYNAMIC_DISPATCH(countAndEachOfTwo)
    (first, second, others.data(), others.size(), firstCounts, secondCounts);
}

} // namespace cohortist::kernels
#endif
