// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a query into tokens: words, quoted names, and marks. Pure; private to this room. The places
// of tokens are byte offsets into the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace cohortist {

struct Token {
    enum class Type { Word, Quoted, Mark, End };
    Type type = Type::End;
    char mark = '\0'; // Mark: one of ( ) , & | ^ ~ @ $ and - for minus
    std::string text; // Word: as written; Quoted: unescaped
    TextSpan place;

    [[nodiscard]] bool isMark(char wanted) const { return type == Type::Mark && mark == wanted; }
    [[nodiscard]] bool isWord(std::string_view wanted) const {
        return type == Type::Word && text == wanted;
    }
    [[nodiscard]] bool isName() const { return type == Type::Word || type == Type::Quoted; }
};

// The last token is End, at the text's end.
[[nodiscard]] Result<std::vector<Token>> tokenise(std::string_view text);

// An error of code Query: why says what was expected.
[[nodiscard]] Error queryError(Message why, Message advice, TextSpan place);

// Could these bytes stand as a bare word, and be seen there as what they are?
[[nodiscard]] bool isWordText(std::string_view text);

} // namespace cohortist
