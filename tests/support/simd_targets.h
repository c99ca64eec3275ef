// SPDX-License-Identifier: GPL-3.0-or-later
// The instruction sets that the kernels were compiled for and this machine has, one of which can be
// forced. Not while other threads compute.
#pragma once

#include <string>
#include <vector>

namespace cohortist::test {

// "portable" first, then ever better ones.
std::vector<std::string> simdTargets();
// False where the machine does not have it. An empty name: the best one, as without a call.
bool useSimdTarget(const std::string& name);
// One row of a data-driven test each, whose column "target" is the name.
void addSimdTargets();

} // namespace cohortist::test
