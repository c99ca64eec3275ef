// SPDX-License-Identifier: GPL-3.0-or-later
// Text in aligned columns, for terminals. Widths are counted in characters of UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace cohortist::cli {

class TextTable {
public:
    // Columns from `rightFrom` on are aligned to the right.
    explicit TextTable(std::size_t rightFrom = SIZE_MAX)
        : m_rightFrom(rightFrom) {}
    void add(std::vector<std::string> cells) { m_rows.push_back(std::move(cells)); }
    [[nodiscard]] std::string text() const;

private:
    std::size_t m_rightFrom;
    std::vector<std::vector<std::string>> m_rows;
};

} // namespace cohortist::cli
