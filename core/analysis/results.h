// SPDX-License-Identifier: GPL-3.0-or-later
// What questions are answered with: plain values for views, CSV and JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/retention.h"
#include "core/base/error.h"
#include "core/catalog/key_state.h"
#include "core/query/expr.h"
#include "core/sets/bitmap.h"

namespace cohortist {

// What a question took, for the status bar.
struct Cost {
    std::uint64_t keysRead = 0; // all of them
    std::uint64_t keysKept = 0; // of these, from local copies that the server says are still right
    std::chrono::nanoseconds time{};
};

struct CountResult {
    Expr query;
    Instant asOf{};
    Expr population;
    std::uint64_t count = 0;
    Cost cost;
};

struct ExplainKey {
    std::string key; // as bitmapist names it
    KeyState state = KeyState::NoData;
};
struct ExplainNode {
    Expr expr;
    std::optional<std::uint64_t> count; // nothing when a key it needs is unreadable
    std::vector<ExplainKey> keys;
    std::optional<Kind> derivedFrom;
    std::vector<Message> notes;
    std::vector<ExplainNode> children;
};

struct UsersResult {
    Expr query;
    Instant asOf{};
    Bitmap users;
    Cost cost;
};

struct RetentionAnswer {
    RetentionResult table;
    Cost cost;
};

} // namespace cohortist
