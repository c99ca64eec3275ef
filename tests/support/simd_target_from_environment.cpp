// SPDX-License-Identifier: GPL-3.0-or-later
// Linked into a test as it is, this runs the whole of it on the instruction set that
// COHORTIST_SIMD names. Where the machine does not have it, the test ends as skipped.
#include <cstdlib>

#include "tests/support/simd_targets.h"

namespace {

const bool kIsForced = [] {
    const char* name = std::getenv("COHORTIST_SIMD");
    if (!cohortist::test::useSimdTarget(name != nullptr ? name : "")) {
        std::_Exit(77); // ctest's SKIP_RETURN_CODE
    }
    return true;
}();

} // namespace
