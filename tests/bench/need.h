// SPDX-License-Identifier: GPL-3.0-or-later
// A job that cannot be done ends the whole run: what it would have measured means nothing.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "core/base/error.h"

namespace cohortist::bench {

template <typename T>
T need(Result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().english());
    }
    return *std::move(result);
}
inline void need(const Result<void>& result) {
    if (!result) {
        throw std::runtime_error(result.error().english());
    }
}
inline void need(bool isDone, const std::string& what) {
    if (!isDone) {
        throw std::runtime_error(what + " failed");
    }
}

} // namespace cohortist::bench
