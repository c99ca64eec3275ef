// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cohortist {

std::string csvField(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        return std::string(text);
    }
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') {
            quoted += '"';
        }
        quoted += c;
    }
    quoted += '"';
    return quoted;
}

std::string csvGuardedField(std::string_view text) {
    const bool looksLikeFormula =
        !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    return csvField(looksLikeFormula ? "'" + std::string(text) : std::string(text));
}

std::string csvLine(const std::vector<std::string>& fields) {
    return fmt::format("{}\n", fmt::join(fields, ","));
}

std::string percentText(double fraction) {
    const std::string text = fmt::format("{:.1f}", fraction * 100);
    return text == "-0.0" ? "0.0" : text;
}

} // namespace cohortist
