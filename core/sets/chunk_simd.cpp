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

void reverseBits(const std::uint8_t* bits, std::uint8_t* reversed) {
    for (std::size_t i = 0; i < kChunkBytes; i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bits + i, sizeof word);
        word = (word & 0x5555555555555555U) << 1U | (word >> 1U & 0x5555555555555555U);
        word = (word & 0x3333333333333333U) << 2U | (word >> 2U & 0x3333333333333333U);
        word = (word & 0x0F0F0F0F0F0F0F0FU) << 4U | (word >> 4U & 0x0F0F0F0F0F0F0F0FU);
        std::memcpy(reversed + i, &word, sizeof word);
    }
}

std::size_t toValues(const std::uint8_t* bits, std::uint16_t* values) {
    std::uint16_t* out = values;
    for (std::uint32_t i = 0; i < kChunkWords; ++i) {
        for (std::uint64_t word = kernels::load64(bits + std::size_t{i} * 8); word != 0;
             word &= word - 1) {
            *out++ = static_cast<std::uint16_t>(i * 64 +
                                                static_cast<std::uint32_t>(std::countr_zero(word)));
        }
    }
    return static_cast<std::size_t>(out - values);
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using Words = hn::ScalableTag<std::uint64_t>;
using Values = hn::ScalableTag<std::uint16_t>;
using Bytes = hn::ScalableTag<std::uint8_t>;

hn::Vec<Words> wordsAt(const std::uint8_t* bits, std::size_t word) {
    const Words words;
    return hn::BitCast(words, hn::LoadU(Bytes(), bits + word * 8));
}

// A run begins where a bit is set and the one before is not.
ChunkShape shapeOfBitset(const std::uint8_t* bits) {
    const Words words;
    const std::size_t lanes = hn::Lanes(words);
    auto count = hn::Zero(words);
    auto starts = hn::Zero(words);
    // For the first words, what lies one word before them is made by hand.
    HWY_ALIGN std::uint64_t before[HWY_MAX_BYTES / sizeof(std::uint64_t)] = {};
    std::memcpy(before + 1, bits, (lanes - 1) * sizeof(std::uint64_t));
    auto previous = hn::Load(words, before);
    for (std::size_t i = 0;;) {
        const auto word = wordsAt(bits, i);
        const auto shifted = hn::Or(hn::ShiftLeft<1>(word), hn::ShiftRight<63>(previous));
        count = hn::Add(count, hn::PopulationCount(word));
        starts = hn::Add(starts, hn::PopulationCount(hn::AndNot(shifted, word)));
        i += lanes;
        if (i == kChunkWords) {
            break;
        }
        previous = wordsAt(bits, i - 1);
    }
    return {static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(words, count))),
            static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(words, starts)))};
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
void reverseBits(const std::uint8_t* bits, std::uint8_t* reversed) {
    const Bytes tag;
    HWY_ALIGN static constexpr std::uint8_t kReversed[16] = {0, 8, 4, 12, 2, 10, 6, 14,
                                                             1, 9, 5, 13, 3, 11, 7, 15};
    const auto table = hn::LoadDup128(tag, kReversed);
    const auto low = hn::Set(tag, std::uint8_t{0x0F});
    const auto tableShifted = hn::ShiftLeft<4>(table);
    for (std::size_t i = 0; i < kChunkBytes; i += hn::Lanes(tag)) {
        const auto byte = hn::LoadU(tag, bits + i);
        const auto upper = hn::TableLookupBytes(tableShifted, hn::And(byte, low));
        const auto lower = hn::TableLookupBytes(table, hn::ShiftRight<4>(byte));
        hn::StoreU(hn::Or(upper, lower), tag, reversed + i);
    }
}

std::size_t toValues(const std::uint8_t* bits, std::uint16_t* values) {
    const hn::CappedTag<std::uint16_t, simd::kValuesSlack> tag;
    const std::size_t lanes = hn::Lanes(tag);
    constexpr std::size_t kBlock = 64; // bytes that are passed over together where they are empty
    std::uint16_t* out = values;
    for (std::size_t block = 0; block < kChunkBytes; block += kBlock) {
        const Bytes byteTag;
        auto any = hn::Zero(byteTag);
        for (std::size_t i = 0; i < kBlock; i += hn::Lanes(byteTag)) {
            any = hn::Or(any, hn::LoadU(byteTag, bits + block + i));
        }
        if (hn::AllTrue(byteTag, hn::Eq(any, hn::Zero(byteTag)))) {
            continue;
        }
        for (std::size_t i = block; i < block + kBlock; i += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, bits + i, sizeof word);
            if (word == 0) {
                continue;
            }
            const auto first = static_cast<std::uint16_t>(i * 8);
            for (std::size_t lane = 0; lane < 64; lane += lanes) {
                const auto ids = hn::Iota(tag, static_cast<std::uint16_t>(first + lane));
                out += hn::CompressBitsStore(ids, bits + i + lane / 8, tag, out);
            }
        }
    }
    return static_cast<std::size_t>(out - values);
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

ChunkShape shapeOfBitset(const std::uint8_t* bits) {
    return HWY_DYNAMIC_DISPATCH(shapeOfBitset)(bits);
}

std::uint32_t runsOfArray(const std::uint8_t* values, std::uint32_t count) {
    return HWY_DYNAMIC_DISPATCH(runsOfArray)(values, count);
}

void reverseBits(const std::uint8_t* bits, std::uint8_t* reversed) {
    HWY_DYNAMIC_DISPATCH(reverseBits)(bits, reversed);
}

std::size_t toValues(const std::uint8_t* bits, std::uint16_t* values) {
    return HWY_DYNAMIC_DISPATCH(toValues)(bits, values);
}

} // namespace cohortist::simd
#endif
