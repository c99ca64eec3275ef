// SPDX-License-Identifier: GPL-3.0-or-later
// Fields of comma-separated values as RFC 4180 has them: UTF-8, comma, CRLF-free line ends ("\n"),
// quotes only where they are needed. Pure functions; always the C locale.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace cohortist {

// Quoted when it holds a comma, a quote, CR or LF.
[[nodiscard]] std::string csvField(std::string_view text);
// A text that a spreadsheet would take for a formula (it starts with = + - @, tab or CR) gets a
// leading apostrophe, then is quoted as needed. Not for numbers.
[[nodiscard]] std::string csvGuardedField(std::string_view text);
// Fields that are already escaped, joined, with the line end.
[[nodiscard]] std::string csvLine(const std::vector<std::string>& fields);
// A fraction as percent with one decimal: 0.2591 gives 25.9.
[[nodiscard]] std::string percentText(double fraction);

} // namespace cohortist
