// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include <string_view>

namespace cohortist {

std::string Message::english() const {
    std::string text;
    for (const char* c = source; *c != '\0'; ++c) {
        if (*c == '%' && c[1] >= '1' && c[1] <= '9') {
            const auto index = static_cast<std::size_t>(c[1] - '1');
            if (index < arguments.size()) {
                text += arguments[index];
                ++c;
                continue;
            }
        }
        text += *c;
    }
    return text;
}

std::string Error::english() const {
    std::string text = what.english();
    if (!why.isEmpty()) {
        text += (text.empty() ? "" : ": ") + why.english();
    }
    if (!advice.isEmpty()) {
        text += ". " + advice.english();
    }
    if (!text.empty() && std::string_view(".?!").find(text.back()) == std::string_view::npos) {
        text += '.';
    }
    return text;
}

tl::unexpected<Error> failCancelled() {
    return fail(Error{ErrorCode::Cancelled, message("core", "stopped"), {}, {}, {}, {}});
}

} // namespace cohortist
