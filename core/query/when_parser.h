// SPDX-License-Identifier: GPL-3.0-or-later
// Reads what stands after an @. Pure; private to this room.
#pragma once

#include "core/query/expr.h"
#include "core/query/lexer.h"

namespace cohortist {

// tokens[next] is the first token after the @; next is moved behind what was read.
[[nodiscard]] Result<When> parseWhen(const std::vector<Token>& tokens, std::size_t& next);
// "day", and "days" too where isPlural.
[[nodiscard]] std::optional<Granularity> unitFrom(const Token& token, bool isPluralAllowed);

} // namespace cohortist
