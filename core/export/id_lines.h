// SPDX-License-Identifier: GPL-3.0-or-later
// User ids as decimal digits, many in a row: several times as fast as one at a time where they
// ascend, since neighbours share all but their last three digits. Any order is right. Not
// thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace cohortist {

class IdLines {
public:
    static constexpr std::size_t kMostBytes = 11; // that one id takes, its end included
    static constexpr std::size_t kSlack = 8;      // bytes behind them that may be overwritten

    // Writes the id's digits and `end` behind them; returns where the next byte goes.
    [[nodiscard]] char* write(std::uint32_t id, char end, char* out);

private:
    void setThousands(std::uint32_t thousands);

    std::uint32_t m_thousands = UINT32_MAX;
    std::array<char, 8> m_upper{}; // their digits
    std::size_t m_upperSize = 0;
};

} // namespace cohortist
