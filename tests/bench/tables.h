// SPDX-License-Identifier: GPL-3.0-or-later
// Retention tables as the jobs ask for them, and their answers as their peers give them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/analysis/results.h"

namespace cohortist::bench {

// Days, recurring, of so many rows and columns; rows end so early that every cell has its day.
// Who signed up comes back by being active, everyone else by the same event.
[[nodiscard]] RetentionQuestion tableOf(const std::string& cohort, int rows, int columns);

// Row by row, the size and then the users of each cell.
[[nodiscard]] std::vector<std::uint64_t> cellsOf(const RetentionResult& table);

} // namespace cohortist::bench
