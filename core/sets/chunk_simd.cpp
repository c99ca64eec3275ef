// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sets/chunk_simd.h"

#include <bit>
#include <cstring>

#include "core/sets/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/sets/chunk_simd.cpp"
#include <hwy/foreach_target.h>
// Highway wants the order: the loop over the targets first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace cohortist::HWY_NAMESPACE {

// So much of a bitset is passed over together where it is empty.
constexpr std::size_t kBlockBytes = 64;

inline bool isEmptyBlock(const std::uint8_t* bits) {
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < kBlockBytes; i += 8) {
        any |= kernels::load64(bits + i);
    }
    return any == 0;
}

// The runs that begin at the values from the first-th on.
inline std::uint32_t runsFrom(const std::uint8_t* values, std::uint32_t first,
                              std::uint32_t count) {
    std::uint32_t runs = 0;
    for (std::uint32_t i = first; i < count; ++i) {
        const std::uint8_t* at = values + std::size_t{i} * 2;
        runs += i == 0 || kernels::load16(at) != kernels::load16(at - 2) + 1 ? 1U : 0U;
    }
    return runs;
}

#if HWY_TARGET == HWY_SCALAR // a machine without any of the kinds: one word after the other

ChunkShape shapeOfBitset(const std::uint8_t* bits) {
    ChunkShape shape;
    std::uint64_t previous = 0;
    for (std::size_t i = 0; i < kChunkWords; ++i) {
        const std::uint64_t word = kernels::load64(bits + i * 8);
        shape.cardinality += static_cast<std::uint32_t>(std::popcount(word));
        shape.runs +=
            static_cast<std::uint32_t>(std::popcount(word & ~(word << 1U | previous >> 63U)));
        previous = word;
    }
    return shape;
}

std::uint32_t runsOfArray(const std::uint8_t* values, std::uint32_t count) {
    return runsFrom(values, 0, count);
}

ChunkShape reverseBits(const std::uint8_t* bits, std::uint8_t* reversed) {
    for (std::size_t i = 0; i < kChunkBytes; i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bits + i, sizeof word);
        word = (word & 0x5555555555555555U) << 1U | (word >> 1U & 0x5555555555555555U);
        word = (word & 0x3333333333333333U) << 2U | (word >> 2U & 0x3333333333333333U);
        word = (word & 0x0F0F0F0F0F0F0F0FU) << 4U | (word >> 4U & 0x0F0F0F0F0F0F0F0FU);
        std::memcpy(reversed + i, &word, sizeof word);
    }
    return shapeOfBitset(reversed);
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using Words = hn::ScalableTag<std::uint64_t>;
using Values = hn::ScalableTag<std::uint16_t>;
using Bytes = hn::ScalableTag<std::uint8_t>;

// Puts each word where the next one was, the last one first.
inline auto turnByOne() {
    const Words words;
    const auto last = hn::Set(words, std::uint64_t{hn::Lanes(words) - 1});
    return hn::IndicesFromVec(words, hn::And(hn::Add(hn::Iota(words, 0), last), last));
}

// Adds up the shape of a bitset that comes a vector of words after the other. A run begins where a
// bit is set and the one before is not.
class ShapeCounter {
public:
    // Written out, as GCC compiles an implied one without the target's instructions.
    ShapeCounter() // NOLINT(modernize-use-equals-default)
        : m_turn(turnByOne())
        , m_lastTurned(hn::Zero(Words()))
        , m_bits(hn::Zero(Words()))
        , m_starts(hn::Zero(Words())) {}
    void add(hn::Vec<Words> word) {
        const auto turned = hn::TableLookupLanes(word, m_turn);
        const auto previous = hn::IfThenElse(hn::FirstN(Words(), 1), m_lastTurned, turned);
        m_lastTurned = turned;
        const auto shifted = hn::Or(hn::Add(word, word), hn::ShiftRight<63>(previous));
        m_bits = hn::Add(m_bits, hn::PopulationCount(word));
        m_starts = hn::Add(m_starts, hn::PopulationCount(hn::AndNot(shifted, word)));
    }
    [[nodiscard]] ChunkShape shape() const {
        return {static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(Words(), m_bits))),
                static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(Words(), m_starts)))};
    }

private:
    decltype(turnByOne()) m_turn;
    hn::Vec<Words> m_lastTurned;
    hn::Vec<Words> m_bits;
    hn::Vec<Words> m_starts;
};

ChunkShape shapeOfBitset(const std::uint8_t* bits) {
    ShapeCounter counter;
    for (std::size_t i = 0; i < kChunkBytes; i += hn::Lanes(Bytes())) {
        counter.add(hn::BitCast(Words(), hn::LoadU(Bytes(), bits + i)));
    }
    return counter.shape();
}

std::uint32_t runsOfArray(const std::uint8_t* values, std::uint32_t count) {
    const Values tag;
    const auto at = [&](std::size_t i) {
        return hn::BitCast(tag, hn::LoadU(Bytes(), values + i * 2));
    };
    const auto one = hn::Set(tag, std::uint16_t{1});
    std::uint32_t runs = count > 0 ? 1 : 0;
    std::uint32_t i = 1;
    const auto lanes = static_cast<std::uint32_t>(hn::Lanes(tag));
    for (; i + lanes <= count; i += lanes) {
        const auto isNext = hn::Eq(at(i), hn::Add(at(i - 1), one));
        runs += lanes - static_cast<std::uint32_t>(hn::CountTrue(tag, isNext));
    }
    return runs + runsFrom(values, i, count);
}

// By halves of a byte: each is looked up in a table of their reversals.
ChunkShape reverseBits(const std::uint8_t* bits, std::uint8_t* reversed) {
    const Bytes tag;
    HWY_ALIGN static constexpr std::uint8_t kReversed[16] = {0, 8, 4, 12, 2, 10, 6, 14,
                                                             1, 9, 5, 13, 3, 11, 7, 15};
    const auto table = hn::LoadDup128(tag, kReversed);
    const auto low = hn::Set(tag, std::uint8_t{0x0F});
    const auto tableShifted = hn::ShiftLeft<4>(table);
    ShapeCounter counter;
    for (std::size_t i = 0; i < kChunkBytes; i += hn::Lanes(tag)) {
        const auto byte = hn::LoadU(tag, bits + i);
        const auto upper = hn::TableLookupBytes(tableShifted, hn::And(byte, low));
        const auto lower = hn::TableLookupBytes(table, hn::ShiftRight<4>(byte));
        const auto turned = hn::Or(upper, lower);
        hn::StoreU(turned, tag, reversed + i);
        counter.add(hn::BitCast(Words(), turned));
    }
    return counter.shape();
}

#endif

#if HWY_TARGET == HWY_AVX3_DL // the one that can pack the bytes that a mask names

// With few bits a word, half as long a store does for nearly all words, and is the quicker one.
template <bool kHasFew>
HWY_INLINE std::size_t compressBits(const std::uint8_t* bits, std::uint16_t* values) {
    const hn::FixedTag<std::uint8_t, 64> bytes;
    const hn::FixedTag<std::uint16_t, 32> tag;
    const hn::FixedTag<std::uint16_t, 16> halfTag;
    const auto places = hn::Iota(bytes, std::uint8_t{0});
    std::uint16_t* out = values;
    for (std::size_t i = 0; i < kChunkBytes; i += kBlockBytes) {
        if (isEmptyBlock(bits + i)) {
            continue;
        }
        // No branch on a word being empty: it could not be foretold.
        for (std::size_t at = i; at < i + kBlockBytes; at += 8) {
            const std::uint64_t word = kernels::load64(bits + at);
            const hn::Vec<decltype(bytes)> packed{_mm512_maskz_compress_epi8(word, places.raw)};
            const auto first = static_cast<std::uint16_t>(at * 8);
            const int count = std::popcount(word);
            const auto half = hn::LowerHalf(packed);
            if (kHasFew && HWY_LIKELY(count <= 16)) {
                const auto quarter = hn::LowerHalf(half);
                hn::StoreU(hn::Add(hn::PromoteTo(halfTag, quarter), hn::Set(halfTag, first)),
                           halfTag, out);
            } else {
                hn::StoreU(hn::Add(hn::PromoteTo(tag, half), hn::Set(tag, first)), tag, out);
            }
            if (count > 32) {
                const auto upper = hn::UpperHalf(hn::Half<decltype(bytes)>(), packed);
                hn::StoreU(hn::Add(hn::PromoteTo(tag, upper), hn::Set(tag, first)), tag, out + 32);
            }
            out += count;
        }
    }
    return static_cast<std::size_t>(out - values);
}

std::size_t toValues(const std::uint8_t* bits, std::uint16_t* values) {
    return compressBits<false>(bits, values);
}
std::size_t toFewValues(const std::uint8_t* bits, std::uint16_t* values) {
    return compressBits<true>(bits, values);
}

#else

std::size_t toValues(const std::uint8_t* bits, std::uint16_t* values) {
    std::uint16_t* out = values;
    for (std::size_t i = 0; i < kChunkBytes; i += kBlockBytes) {
        if (isEmptyBlock(bits + i)) {
            continue;
        }
        for (std::size_t at = i; at < i + kBlockBytes; at += 8) {
            for (std::uint64_t word = kernels::load64(bits + at); word != 0; word &= word - 1) {
                *out++ = static_cast<std::uint16_t>(
                    at * 8 + static_cast<std::size_t>(std::countr_zero(word)));
            }
        }
    }
    return static_cast<std::size_t>(out - values);
}

std::size_t toFewValues(const std::uint8_t* bits, std::uint16_t* values) {
    return toValues(bits, values);
}

#endif

} // namespace cohortist::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cohortist::simd {

HWY_EXPORT(shapeOfBitset);
HWY_EXPORT(runsOfArray);
HWY_EXPORT(reverseBits);
HWY_EXPORT(toValues);
HWY_EXPORT(toFewValues);

ChunkShape shapeOfBitset(const std::uint8_t* bits) {
    return HWY_DYNAMIC_DISPATCH(shapeOfBitset)(bits);
}

std::uint32_t runsOfArray(const std::uint8_t* values, std::uint32_t count) {
    return HWY_DYNAMIC_DISPATCH(runsOfArray)(values, count);
}

ChunkShape reverseBits(const std::uint8_t* bits, std::uint8_t* reversed) {
    return HWY_DYNAMIC_DISPATCH(reverseBits)(bits, reversed);
}

std::size_t toValues(const std::uint8_t* bits, std::uint16_t* values) {
    return HWY_DYNAMIC_DISPATCH(toValues)(bits, values);
}

std::size_t toFewValues(const std::uint8_t* bits, std::uint16_t* values) {
    return HWY_DYNAMIC_DISPATCH(toFewValues)(bits, values);
}

} // namespace cohortist::simd
#endif
