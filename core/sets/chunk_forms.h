// SPDX-License-Identifier: GPL-3.0-or-later
// Which form a chunk is smallest in, as the Roaring format has them, and how it is brought into it.
// Pure functions, safe from any thread; private to this room.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/sets/chunk.h"
#include "core/sets/chunk_simd.h"

namespace cohortist {

inline constexpr std::uint32_t kLargestArray = 4096; // ids; containers of more are bitsets or runs

[[nodiscard]] ChunkShape shapeOf(const ChunkView& view);
// Ties go to arrays and bitsets.
[[nodiscard]] ChunkView::Form smallestForm(const ChunkShape& shape);
// Bytes that the form takes, without the number of runs before them.
[[nodiscard]] std::size_t bytesIn(ChunkView::Form form, const ChunkShape& shape);
// Writes the chunk's ids in the form, bytesIn() bytes; the shape is the view's. out may be the
// place where the view's bytes lie.
void writeInForm(const ChunkView& view, ChunkView::Form form, const ChunkShape& shape,
                 std::uint8_t* out);

} // namespace cohortist
