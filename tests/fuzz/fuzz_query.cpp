// SPDX-License-Identifier: GPL-3.0-or-later
// The query language: any bytes parse or give an error with a place inside them, and whatever
// parses prints to a text that means the same.
#include <cstdint>

#include "core/query/expr.h"
#include "tests/fuzz/require.h"

using namespace cohortist;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto expr = parseQuery(text);
    if (expr) {
        const std::string printed = printQuery(*expr);
        const auto again = parseQuery(printed);
        require(again.has_value(), "what was printed parses");
        require(*again == *expr, "what was printed means the same");
        require(again->hash() == expr->hash(), "equal expressions have equal hashes");
        require(printQuery(*again) == printed, "printing is canonical");
    } else {
        const Error& error = expr.error();
        require(error.code == ErrorCode::Query, "a text at fault is an error of the query");
        require(error.place.has_value(), "the error has a place");
        require(error.place->offset <= size && error.place->length <= size - error.place->offset,
                "the place lies inside the text");
        require(!error.english().empty(), "the error says something");
    }
    if (!text.empty()) {
        const auto name = parseQuery(printName(text));
        require(name.has_value() && *name == Expr::leaf(std::string(text)), "any bytes are a name");
    }
    return 0;
}
