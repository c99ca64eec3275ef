// SPDX-License-Identifier: GPL-3.0-or-later
// How a fuzzer says that a promise was broken: it names the promise and ends the process, which
// libFuzzer reports together with the input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace cohortist::fuzz {

inline void require(bool holds, const char* promise) {
    if (!holds) {
        std::fprintf(stderr, "Broken promise: %s\n", promise);
        std::abort();
    }
}

} // namespace cohortist::fuzz
