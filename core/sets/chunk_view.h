// SPDX-License-Identifier: GPL-3.0-or-later
// Questions about one chunk, whatever its form. Pure functions; private to this room.
#pragma once

#include <cstdint>

#include "core/sets/chunk.h"

namespace cohortist {

[[nodiscard]] std::size_t bytesOf(const ChunkView& view); // that its form takes
[[nodiscard]] bool contains(const ChunkView& view, std::uint16_t value);
[[nodiscard]] std::uint32_t rank(const ChunkView& view, std::uint16_t value);   // values <= value
[[nodiscard]] std::uint16_t select(const ChunkView& view, std::uint32_t index); // < cardinality
[[nodiscard]] bool equals(const ChunkView& a, const ChunkView& b);

} // namespace cohortist
