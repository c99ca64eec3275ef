// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sets/chunk_view.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/sets/kernels.h"

namespace cohortist {

namespace {

using kernels::load16;
using kernels::load64;
using kernels::Run;
using kernels::runAt;

// How many of the array's values are <= value.
std::uint32_t arrayRank(const ChunkView& view, std::uint16_t value) {
    std::uint32_t low = 0;
    std::uint32_t high = view.cardinality;
    while (low < high) {
        const std::uint32_t middle = (low + high) / 2;
        if (load16(view.data + std::size_t{middle} * 2) <= value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

} // namespace

std::size_t bytesOf(const ChunkView& view) {
    switch (view.form) {
    case ChunkView::Form::Array:
        return std::size_t{view.cardinality} * 2;
    case ChunkView::Form::Bitset:
        return kChunkBytes;
    case ChunkView::Form::Runs:
        break;
    }
    return std::size_t{view.runCount} * 4;
}

bool contains(const ChunkView& view, std::uint16_t value) {
    if (view.form == ChunkView::Form::Bitset) {
        return ((std::uint32_t{view.data[value >> 3U]} >> (value & 7U)) & 1U) != 0;
    }
    const std::uint32_t count = rank(view, value);
    return count > 0 && select(view, count - 1) == value;
}

std::uint32_t rank(const ChunkView& view, std::uint16_t value) {
    std::uint32_t count = 0;
    switch (view.form) {
    case ChunkView::Form::Array:
        return arrayRank(view, value);
    case ChunkView::Form::Bitset: {
        const std::uint32_t word = value >> 6U;
        for (std::uint32_t i = 0; i < word; ++i) {
            count +=
                static_cast<std::uint32_t>(std::popcount(load64(view.data + std::size_t{i} * 8)));
        }
        const std::uint64_t upTo = ~std::uint64_t{0} >> (63U - (value & 63U));
        return count + static_cast<std::uint32_t>(
                           std::popcount(load64(view.data + std::size_t{word} * 8) & upTo));
    }
    case ChunkView::Form::Runs:
        break;
    }
    for (std::uint32_t i = 0; i < view.runCount; ++i) {
        const Run run = runAt(view, i);
        if (run.first > value) {
            break;
        }
        count += std::min<std::uint32_t>(run.last, value) - run.first + 1;
    }
    return count;
}

std::uint16_t select(const ChunkView& view, std::uint32_t index) {
    if (view.form == ChunkView::Form::Array) {
        return load16(view.data + std::size_t{index} * 2);
    }
    if (view.form == ChunkView::Form::Runs) {
        for (std::uint32_t i = 0; i < view.runCount; ++i) {
            const Run run = runAt(view, i);
            const std::uint32_t length = run.last - run.first + 1;
            if (index < length) {
                return static_cast<std::uint16_t>(run.first + index);
            }
            index -= length;
        }
        return UINT16_MAX;
    }
    for (std::uint32_t i = 0; i < kChunkWords; ++i) {
        std::uint64_t word = load64(view.data + std::size_t{i} * 8);
        const auto count = static_cast<std::uint32_t>(std::popcount(word));
        if (index >= count) {
            index -= count;
            continue;
        }
        for (; index > 0; --index) {
            word &= word - 1;
        }
        return static_cast<std::uint16_t>(i * 64 +
                                          static_cast<std::uint32_t>(std::countr_zero(word)));
    }
    return UINT16_MAX;
}

bool equals(const ChunkView& a, const ChunkView& b) {
    if (a.number != b.number || a.cardinality != b.cardinality) {
        return false;
    }
    if (a.form == b.form && a.runCount == b.runCount) {
        return std::equal(a.data, a.data + bytesOf(a), b.data);
    }
    std::array<std::uint64_t, kChunkWords> left;
    std::array<std::uint64_t, kChunkWords> right;
    kernels::toBitset(a, left.data());
    kernels::toBitset(b, right.data());
    return left == right;
}

} // namespace cohortist
