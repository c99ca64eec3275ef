// SPDX-License-Identifier: GPL-3.0-or-later
// Random retention questions that fit a made-up source, of every kind, base and start.
#pragma once

#include <random>

#include "core/analysis/retention.h"
#include "tests/support/naive_source.h"

namespace cohortist::test {

// The cohort is one leaf with @period, alone or and-ed with another query. The source has events.
[[nodiscard]] RetentionQuestion randomRetention(std::mt19937_64& random, const NaiveSource& source);

} // namespace cohortist::test
