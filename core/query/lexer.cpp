// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/lexer.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace cohortist {

namespace {

constexpr std::string_view kSpace = " \t\n\r\f\v";
constexpr std::string_view kMarks = "(),&|^~@$";

bool isSpace(char c) {
    return kSpace.find(c) != std::string_view::npos;
}

bool endsWord(char c) {
    return isSpace(c) || c == '"' || c == '\0' || kMarks.find(c) != std::string_view::npos;
}

std::optional<unsigned> hexDigit(char c) {
    if (c >= '0' && c <= '9') {
        return static_cast<unsigned>(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return static_cast<unsigned>(c - 'a' + 10);
    }
    if (c >= 'A' && c <= 'F') {
        return static_cast<unsigned>(c - 'A' + 10);
    }
    return std::nullopt;
}

class Lexer {
public:
    explicit Lexer(std::string_view text)
        : m_text(text) {}

    Result<std::vector<Token>> run() {
        std::vector<Token> tokens;
        while (true) {
            while (m_at < m_text.size() && isSpace(m_text[m_at])) {
                ++m_at;
            }
            if (m_at == m_text.size()) {
                tokens.push_back({Token::Type::End, '\0', {}, {m_at, 0}});
                return tokens;
            }
            auto token = next();
            if (!token) {
                return fail(std::move(token.error()));
            }
            tokens.push_back(std::move(*token));
        }
    }

private:
    Result<Token> next() {
        const char c = m_text[m_at];
        if (c == '"') {
            return quoted();
        }
        if (c == '\0') {
            return fail(queryError(message("core", "a zero byte stands here"),
                                   message("core", "Write it as \\x00 inside quotes."), {m_at, 1}));
        }
        if (kMarks.find(c) != std::string_view::npos) {
            return Token{Token::Type::Mark, c, std::string(1, c), {m_at++, 1}};
        }
        const std::size_t begin = m_at;
        while (m_at < m_text.size() && !endsWord(m_text[m_at])) {
            ++m_at;
        }
        std::string word(m_text.substr(begin, m_at - begin));
        const TextSpan place{begin, m_at - begin};
        if (word == "-") {
            return Token{Token::Type::Mark, '-', std::move(word), place};
        }
        return Token{Token::Type::Word, '\0', std::move(word), place};
    }

    Result<Token> quoted() {
        const std::size_t begin = m_at++;
        std::string name;
        while (m_at < m_text.size() && m_text[m_at] != '"') {
            if (m_text[m_at] != '\\') {
                name += m_text[m_at++];
                continue;
            }
            const auto escaped = escape();
            if (!escaped) {
                return fail(
                    queryError(message("core", "this escape is not known"),
                               message("core", "Known are \\\" \\\\ \\n \\t and \\x with two "
                                               "hexadecimal digits."),
                               {m_at, std::min<std::size_t>(2, m_text.size() - m_at)}));
            }
            name += *escaped;
        }
        if (m_at == m_text.size()) {
            return fail(queryError(message("core", "this quote is not closed"),
                                   message("core", "Add a \" where the name ends."),
                                   {begin, m_text.size() - begin}));
        }
        ++m_at;
        return Token{Token::Type::Quoted, '\0', std::move(name), {begin, m_at - begin}};
    }

    // At a backslash; moves behind the escape only when it is known.
    std::optional<char> escape() {
        const std::string_view rest = m_text.substr(m_at + 1);
        if (rest.empty()) {
            return std::nullopt;
        }
        std::size_t length = 2;
        char value = '\0';
        switch (rest[0]) {
        case '"':
        case '\\':
            value = rest[0];
            break;
        case 'n':
            value = '\n';
            break;
        case 't':
            value = '\t';
            break;
        case 'x': {
            const auto high = rest.size() > 1 ? hexDigit(rest[1]) : std::nullopt;
            const auto low = rest.size() > 2 ? hexDigit(rest[2]) : std::nullopt;
            if (!high || !low) {
                return std::nullopt;
            }
            value = static_cast<char>(*high * 16 + *low);
            length = 4;
            break;
        }
        default:
            return std::nullopt;
        }
        m_at += length;
        return value;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

} // namespace

Result<std::vector<Token>> tokenise(std::string_view text) {
    return Lexer(text).run();
}

Error queryError(Message why, Message advice, TextSpan place) {
    return Error{ErrorCode::Query,
                 message("core", "cannot read the query"),
                 std::move(why),
                 std::move(advice),
                 place,
                 {}};
}

namespace {

struct CodePoints {
    char32_t first;
    char32_t last;
};
// What a reader cannot see, or what turns the direction of the text around it.
constexpr CodePoints kUnseen[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},
                                  {0x61C, 0x61C},   {0x200B, 0x200B}, {0x200E, 0x200F},
                                  {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}};

// The character of a whole UTF-8 sequence.
char32_t codePoint(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence.front());
    char32_t point = sequence.size() == 1 ? first : first & (0xFFU >> (sequence.size() + 1));
    for (const char c : sequence.substr(1)) {
        point = (point << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
    }
    return point;
}

} // namespace

std::size_t utf8Length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xC2 && first < 0xE0 ? 2
                               : first >= 0xE0 && first < 0xF0 ? 3
                               : first >= 0xF0 && first < 0xF5 ? 4
                                                               : 0;
    if (length == 0 || length > text.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    // Overlong forms, surrogates, and what lies past U+10FFFF.
    const bool isBad = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ||
                       (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F);
    return isBad ? 0 : length;
}

std::size_t shownLength(std::string_view text) {
    const std::size_t length = utf8Length(text);
    if (length == 0) {
        return 0;
    }
    const char32_t point = codePoint(text.substr(0, length));
    return std::any_of(std::begin(kUnseen), std::end(kUnseen),
                       [&](const CodePoints& unseen) {
                           return unseen.first <= point && point <= unseen.last;
                       })
               ? 0
               : length;
}

bool isWordText(std::string_view text) {
    if (text.empty() || text == "-") {
        return false;
    }
    while (!text.empty()) {
        const std::size_t length = shownLength(text);
        if (endsWord(text.front()) || length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

} // namespace cohortist
