// SPDX-License-Identifier: GPL-3.0-or-later
// A made-up source as plain maps and std::set, with holes, and the same data as a store: what the
// engine's answers are compared with.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/store/memory/memory_store.h"

namespace cohortist::test {

using Users = std::set<std::uint32_t>;

struct NaiveEvent {
    std::array<std::map<std::int32_t, Users>, kKindCount> kinds; // by Period::index, Unique at 0

    [[nodiscard]] const std::map<std::int32_t, Users>& of(Kind kind) const {
        return kinds[static_cast<std::size_t>(kind)];
    }
    [[nodiscard]] bool has(Kind kind) const { return !of(kind).empty(); }
};

struct NaiveSource {
    std::map<std::string, NaiveEvent> events;
    Instant asOf{};

    [[nodiscard]] std::shared_ptr<MemoryStore> store() const;
    [[nodiscard]] Users everyone() const;
    // Does any event have a key of this kind and period?
    [[nodiscard]] bool anyHas(Kind kind, std::int32_t period) const;
};

// Some events, over some weeks around the turn of 2026, each with its own kinds and holes.
[[nodiscard]] NaiveSource randomSource(std::mt19937_64& random);

} // namespace cohortist::test
