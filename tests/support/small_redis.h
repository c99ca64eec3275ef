// SPDX-License-Identifier: GPL-3.0-or-later
// Four keys on a server of the test's own making, for tests of what a server may do wrong: all of
// them are read as they are, or there is an error.
#pragma once

#include "tests/support/server_fixture.h"

namespace cohortist::test {

inline const Strings kSmallData = {{"trackist_a_2026-1-1", "\x80"},
                                   {"trackist_a_2026-1-2", "\x40\x01"},
                                   {"trackist_a_2026-1", "\xc0\x01"},
                                   {"trackist_b_u", "\xff"}};

[[nodiscard]] inline FakeServer::Script smallRedisBut(Instead instead) {
    return redisBut(kSmallData, std::move(instead));
}

// Each of the small server's sets by its key, and everyone's.
[[nodiscard]] inline const std::map<std::string, Bitmap>& smallSets() {
    static const std::map<std::string, Bitmap> kSets = {
        {"a_2026-1-1", Bitmap{0}},
        {"a_2026-1-2", Bitmap{1, 15}},
        {"a_2026-1", Bitmap{0, 1, 15}},
        {"b_u", Bitmap::fromRange(0, 8)},
        {"everyone", Bitmap{0, 1, 2, 3, 4, 5, 6, 7, 15}}};
    return kSets;
}

inline void requireAll(const Result<std::shared_ptr<BitmapStore>>& store) {
    QVERIFY2(store.has_value(), troubleOf(store).c_str());
    KeysRead read = readKeys(**store);
    QVERIFY2(read.done.has_value(), read.done ? "" : read.done.error().english().c_str());
    QCOMPARE(read.calls, smallSets().size());
    for (const auto& [name, set] : smallSets()) {
        QVERIFY2(read.reads[name].bitmap == set, name.c_str());
    }
}

} // namespace cohortist::test
