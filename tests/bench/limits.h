// SPDX-License-Identifier: GPL-3.0-or-later
// What the machine can do at best with the same bytes, on as many threads: the jobs' limits.
#pragma once

#include <span>

#include "core/base/worker_pool.h"
#include "core/sets/bitmap.h"

namespace cohortist::bench {

// Every byte of the sets' chunks, counted or only read.
void popcountAll(std::span<const Bitmap> sets, WorkerPool& pool);
void readAll(std::span<const Bitmap> sets, WorkerPool& pool);

} // namespace cohortist::bench
