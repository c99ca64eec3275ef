// SPDX-License-Identifier: GPL-3.0-or-later
// What became of one key that was asked for.
#pragma once

#include <cstdint>
#include <string_view>

namespace cohortist {

enum class KeyState : std::uint8_t { Read, NoData, Refused, WrongType, Damaged };

[[nodiscard]] constexpr bool isUnreadable(KeyState state) {
    return state > KeyState::NoData;
}
// "read", "no data", "refused", "wrong type", "damaged": also the words of explain's JSON.
[[nodiscard]] constexpr std::string_view nameOf(KeyState state) {
    switch (state) {
    case KeyState::Read:
        return "read";
    case KeyState::NoData:
        return "no data";
    case KeyState::Refused:
        return "refused";
    case KeyState::WrongType:
        return "wrong type";
    case KeyState::Damaged:
        break;
    }
    return "damaged";
}

} // namespace cohortist
