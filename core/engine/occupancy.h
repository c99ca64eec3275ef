// SPDX-License-Identifier: GPL-3.0-or-later
// Where a walk has to go: the chunks in which a sink may find ids. It is decided before the walk,
// from the inputs' lists of chunks alone, by running the program once on sets of chunks: where
// sign-ups of a month are met with years of activity, only the sign-ups' chunks are left. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/engine/program.h"

namespace cohortist {

// Ascending, within the range. inputs: as Walk::run takes them. A chunk that is not among them adds
// nothing to any answer; one that is may still turn out to. Gives up early, with less than all,
// once the job is cancelled.
[[nodiscard]] std::vector<std::uint16_t> chunksToWalk(const Program& program,
                                                      std::span<const Bitmap> inputs,
                                                      ChunkRange range, const JobContext& job);

} // namespace cohortist
