// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/simd_targets.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <QTest>

#include <hwy/highway.h>

namespace cohortist::test {

namespace {

// Highway numbers the better ones lower; the best of what is compiled in anyhow is "portable", and
// an emulation is left out where that is one.
std::vector<std::pair<std::string, std::int64_t>> targets() {
    std::vector<std::pair<std::string, std::int64_t>> targets;
    hwy::SetSupportedTargetsForTest(0);
    for (std::int64_t rest = hwy::SupportedTargets() & (HWY_STATIC_TARGET - 1) & ~HWY_EMU128;
         rest != 0; rest &= rest - 1) {
        const std::int64_t target = rest & -rest;
        targets.emplace_back(hwy::TargetName(target), target);
    }
    targets.emplace_back("portable", HWY_STATIC_TARGET);
    std::reverse(targets.begin(), targets.end());
    return targets;
}

} // namespace

std::vector<std::string> simdTargets() {
    std::vector<std::string> names;
    for (const auto& target : targets()) {
        names.push_back(target.first);
    }
    return names;
}

bool useSimdTarget(const std::string& name) {
    for (const auto& [known, target] : targets()) {
        if (known == name) {
            hwy::SetSupportedTargetsForTest(target);
            return true;
        }
    }
    return name.empty();
}

void addSimdTargets() {
    QTest::addColumn<std::string>("target");
    for (const std::string& target : simdTargets()) {
        QTest::newRow(target.c_str()) << target;
    }
}

} // namespace cohortist::test
