// SPDX-License-Identifier: GPL-3.0-or-later
// What went wrong, as data. Core never prints and never translates: an Error carries a code to
// branch on, and three messages (what was being done, why it failed, what to do about it), each an
// English source text with arguments, which the window looks up in its translations and the command
// line prints as it is. Values; safe to copy between threads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace cohortist {

enum class ErrorCode {
    Cancelled,     // the caller asked to stop; never shown
    Usage,         // wrong arguments
    Query,         // a query text does not parse
    Resolve,       // a query parses but does not fit the source (unknown event, no such period)
    NotFound,      // file or server is not there
    Lost,          // the connection broke while it was used
    TimedOut,      // a server did not answer in time
    Busy,          // a server says that it cannot answer now
    AccessDenied,  // no permission
    WrongFormat,   // not the kind of file or server it should be
    FutureVersion, // written by a newer Cohortist
    Damaged,       // checksum, structure or bitmap is broken
    Changed,       // the file was replaced or altered while open
    Unreadable,    // a key the answer needs could not be read
    CannotWrite,   // output could not be written; the old file is untouched
    TooLarge,      // over a stated limit
    Unsupported,   // the source cannot do this
    Internal
};

// Source text with placeholders %1 … %9. The literal is marked with message("core", "…") so that
// lupdate finds it (-tr-function-alias translate+=message).
struct Message {
    const char* source = "";
    std::vector<std::string> arguments;

    [[nodiscard]] std::string english() const;
    [[nodiscard]] bool isEmpty() const { return *source == '\0'; }
};

template <typename... Arguments>
[[nodiscard]] Message message(const char* /*context*/, const char* source,
                              Arguments&&... arguments) {
    Message result;
    result.source = source;
    (result.arguments.emplace_back(std::forward<Arguments>(arguments)), ...);
    return result;
}

// A place in a text, in bytes.
struct TextSpan {
    std::size_t offset = 0;
    std::size_t length = 0;
    bool operator==(const TextSpan&) const = default;
};

struct Error {
    ErrorCode code = ErrorCode::Internal;
    Message what;                    // "cannot open a.cohorts"
    Message why;                     // "the file does not exist"
    Message advice;                  // "Check the path."; may be empty
    std::optional<TextSpan> place{}; // for queries: the text at fault
    // Which of several texts ("cohort", "return", "population"; empty: the query) or which part of
    // a server's address (core/store/redis/server_address.h).
    std::string part{};
    std::vector<std::string> choices{}; // what that part may be instead, as bytes

    // "WHAT: WHY. WHAT TO DO", in English.
    [[nodiscard]] std::string english() const;
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}
[[nodiscard]] tl::unexpected<Error> failCancelled();

} // namespace cohortist
