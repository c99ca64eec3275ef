// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sets/chunk_forms.h"

#include <array>
#include <bit>
#include <cstring>

#include "core/sets/chunk_view.h"
#include "core/sets/kernels.h"

namespace cohortist {

namespace {

static_assert(std::endian::native == std::endian::little,
              "chunks are moved as bytes, and their words are little-endian");

const std::uint8_t* bytesOf(const std::array<std::uint64_t, kChunkWords>& words) {
    return reinterpret_cast<const std::uint8_t*>(words.data());
}

// A run container of more than 2,047 runs is never the smallest.
using Values = std::array<std::uint16_t, kLargestArray + simd::kValuesSlack>;

void writeValues(const std::uint8_t* bits, std::uint8_t* out) {
    Values values;
    std::memcpy(out, values.data(), simd::toFewValues(bits, values.data()) * 2);
}

// The bits that begin a run and those that end one are two sets of as many.
void writeRuns(const std::uint8_t* bits, std::uint8_t* out) {
    const auto wordAt = [bits](std::size_t i) {
        return i < kChunkWords ? kernels::load64(bits + i * 8) : 0;
    };
    std::array<std::uint64_t, kChunkWords> starts;
    std::array<std::uint64_t, kChunkWords> ends;
    std::uint64_t before = 0;
    std::uint64_t word = wordAt(0);
    for (std::size_t i = 0; i < kChunkWords; ++i) {
        const std::uint64_t after = wordAt(i + 1);
        starts[i] = word & ~(word << 1U | before >> 63U);
        ends[i] = word & ~(word >> 1U | after << 63U);
        before = word;
        word = after;
    }
    Values first;
    Values last;
    const std::size_t count = simd::toValues(bytesOf(starts), first.data());
    simd::toValues(bytesOf(ends), last.data());
    for (std::size_t i = 0; i < count; ++i) {
        const std::array<std::uint16_t, 2> run = {first[i],
                                                  static_cast<std::uint16_t>(last[i] - first[i])};
        std::memcpy(out + i * sizeof run, run.data(), sizeof run);
    }
}

} // namespace

ChunkShape shapeOf(const ChunkView& view) {
    switch (view.form) {
    case ChunkView::Form::Array:
        return {view.cardinality, simd::runsOfArray(view.data, view.cardinality)};
    case ChunkView::Form::Bitset:
        return simd::shapeOfBitset(view.data);
    case ChunkView::Form::Runs:
        break;
    }
    return {view.cardinality, view.runCount};
}

std::size_t bytesIn(ChunkView::Form form, const ChunkShape& shape) {
    switch (form) {
    case ChunkView::Form::Array:
        return std::size_t{shape.cardinality} * 2;
    case ChunkView::Form::Bitset:
        return kChunkBytes;
    case ChunkView::Form::Runs:
        break;
    }
    return std::size_t{shape.runs} * 4;
}

ChunkView::Form smallestForm(const ChunkShape& shape) {
    const ChunkView::Form plain =
        shape.cardinality <= kLargestArray ? ChunkView::Form::Array : ChunkView::Form::Bitset;
    // The number of runs before them takes two bytes.
    return 2 + bytesIn(ChunkView::Form::Runs, shape) < bytesIn(plain, shape) ? ChunkView::Form::Runs
                                                                             : plain;
}

void writeInForm(const ChunkView& view, ChunkView::Form form, const ChunkShape& shape,
                 std::uint8_t* out) {
    if (view.form == form) {
        std::memmove(out, view.data, bytesIn(form, shape));
        return;
    }
    std::array<std::uint64_t, kChunkWords> words;
    const std::uint8_t* bits = view.data;
    if (view.form != ChunkView::Form::Bitset) {
        kernels::toBitset(view, words.data());
        bits = bytesOf(words);
    }
    switch (form) {
    case ChunkView::Form::Array:
        writeValues(bits, out);
        break;
    case ChunkView::Form::Bitset:
        std::memcpy(out, bits, kChunkBytes);
        break;
    case ChunkView::Form::Runs:
        writeRuns(bits, out);
        break;
    }
}

} // namespace cohortist
