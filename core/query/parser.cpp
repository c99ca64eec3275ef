// SPDX-License-Identifier: GPL-3.0-or-later
#include <charconv>

#include "core/query/expr.h"
#include "core/query/lexer.h"
#include "core/query/when_parser.h"

namespace cohortist {

namespace {

using Op = Expr::Op;

struct Level {
    char mark;
    Op op;
};
// Loosest first.
constexpr Level kLevels[] = {{'|', Op::Or}, {'^', Op::Xor}, {'-', Op::Minus}, {'&', Op::And}};

class Parser {
public:
    explicit Parser(std::vector<Token> tokens)
        : m_tokens(std::move(tokens)) {}

    Result<Expr> run() {
        auto expr = group(0);
        if (expr && peek().type != Token::Type::End) {
            return fail(unexpected());
        }
        return expr;
    }

private:
    [[nodiscard]] const Token& peek() const { return m_tokens[m_next]; }
    const Token& take() { return m_tokens[m_next++]; }

    // What follows a whole part and does not belong there.
    [[nodiscard]] Error unexpected() const {
        const Token& token = peek();
        if (token.type == Token::Type::Word && token.text.starts_with('-')) {
            return queryError(message("core", "an operator is expected before %1", token.text),
                              message("core", "To take away, put spaces around the minus: a - b."),
                              token.place);
        }
        if (token.isWord("by")) {
            return queryError(message("core", "by belongs inside atleast, atmost or exactly"),
                              message("core", "Write atleast(3, login@period by day)."),
                              token.place);
        }
        if (token.type == Token::Type::Word && token.text.starts_with("..")) {
            return queryError(message("core", "a range holds no spaces"),
                              message("core", "Write it like 2026-11-20..2026-11-22."),
                              token.place);
        }
        if (token.isName()) {
            return queryError(
                message("core",
                        "two names follow each other; an operator is expected between them"),
                message("core", "Put names that hold spaces in quotes: \"my event\"."),
                token.place);
        }
        if (token.type == Token::Type::End) {
            return queryError(message("core", "a closing parenthesis is missing"), {}, token.place);
        }
        return queryError(message("core", "%1 is not expected here", token.text),
                          message("core", "Between two parts stands one of & | ^ -."), token.place);
    }

    Result<Expr> group(std::size_t level) {
        if (level == std::size(kLevels)) {
            return negation();
        }
        const TextSpan begin = peek().place;
        std::vector<Expr> children;
        do {
            auto child = group(level + 1);
            if (!child) {
                return child;
            }
            children.push_back(std::move(*child));
        } while (peek().isMark(kLevels[level].mark) && (++m_next, true));
        if (children.size() == 1) {
            return children.front();
        }
        Expr::Node node;
        node.op = kLevels[level].op;
        node.children = std::move(children);
        node.place = spanFrom(begin);
        return Expr(std::move(node));
    }

    Result<Expr> negation() {
        if (!peek().isMark('~')) {
            return primary();
        }
        const TextSpan begin = take().place;
        if (auto entered = enter(begin); !entered) {
            return fail(std::move(entered.error()));
        }
        auto child = negation();
        --m_depth;
        if (!child) {
            return child;
        }
        Expr::Node node;
        node.op = Op::Not;
        node.children = {std::move(*child)};
        node.place = spanFrom(begin);
        return Expr(std::move(node));
    }

    Result<Expr> primary() {
        const Token& token = peek();
        if (token.isMark('(')) {
            take();
            return inParentheses(token.place, [this] { return group(0); });
        }
        if (token.isMark('$')) {
            take();
            return cohort(token.place);
        }
        if (token.type == Token::Type::Word && m_tokens[m_next + 1].isMark('(')) {
            if (isCall(token.text)) {
                m_next += 2;
                return inParentheses(token.place, [&] { return call(token); });
            }
            return fail(queryError(message("core", "%1 is no call", token.text),
                                   message("core", "Calls are atleast, atmost, exactly, first, ids "
                                                   "and everyone."),
                                   token.place));
        }
        if (token.isName()) {
            return leaf();
        }
        return fail(queryError(token.type == Token::Type::End
                                   ? message("core", "an event is expected at the end")
                                   : message("core", "an event is expected before %1", token.text),
                               message("core", "Write an event, a group in parentheses, or $ and a "
                                               "saved cohort."),
                               token.place));
    }

    static bool isCall(std::string_view word) {
        return word == "atleast" || word == "atmost" || word == "exactly" || word == "first" ||
               word == "ids" || word == "everyone";
    }

    Result<void> enter(TextSpan place) {
        if (++m_depth > kMaxQueryDepth) {
            return fail(queryError(
                message("core", "more than %1 parts lie in each other here",
                        std::to_string(kMaxQueryDepth)),
                message("core", "Save the inner part as a cohort and use its $name."), place));
        }
        return {};
    }

    // Behind the opening parenthesis.
    template <typename Inner>
    Result<Expr> inParentheses(TextSpan begin, Inner inner) {
        if (auto entered = enter(begin); !entered) {
            return fail(std::move(entered.error()));
        }
        auto expr = inner();
        --m_depth;
        if (!expr) {
            return expr;
        }
        if (!peek().isMark(')')) {
            return fail(unexpected());
        }
        take();
        return expr;
    }

    Result<Expr> call(const Token& word) {
        Expr::Node node;
        Result<void> done;
        if (word.text == "everyone") {
            node.op = Op::Everyone;
            if (!peek().isMark(')')) {
                done = fail(queryError(message("core", "everyone takes nothing in its parentheses"),
                                       message("core", "Write everyone()."), peek().place));
            }
        } else if (word.text == "ids") {
            node.op = Op::Ids;
            done = ids(node);
        } else if (word.text == "first") {
            node.op = Op::First;
            done = first(node);
        } else {
            node.op = word.text == "atleast"  ? Op::AtLeast
                      : word.text == "atmost" ? Op::AtMost
                                              : Op::Exactly;
            done = counted(node);
        }
        if (!done) {
            return fail(std::move(done.error()));
        }
        node.place = {word.place.offset, peek().place.offset + 1 - word.place.offset};
        return Expr(std::move(node));
    }

    Result<void> ids(Expr::Node& node) {
        do {
            const Token& token = take();
            node.idPlaces.push_back(token.place);
            if (token.type == Token::Type::Quoted) {
                node.ids.emplace_back(token.text);
                continue;
            }
            const auto number = integer(token);
            if (!number) {
                return fail(queryError(message("core", "a user id is expected"),
                                       message("core", "Ids are whole numbers up to 4294967295, or "
                                                       "texts in quotes."),
                                       token.place));
            }
            node.ids.emplace_back(*number);
        } while (peek().isMark(',') && (++m_next, true));
        return {};
    }

    Result<void> first(Expr::Node& node) {
        if (!peek().isName()) {
            return fail(queryError(message("core", "an event is expected"),
                                   message("core", "Write first(login@2020-01)."), peek().place));
        }
        auto child = leaf();
        if (!child) {
            return fail(std::move(child.error()));
        }
        node.children = {std::move(*child)};
        return {};
    }

    Result<void> counted(Expr::Node& node) {
        const Token& token = take();
        const auto number = integer(token);
        if (!number) {
            return fail(queryError(message("core", "a whole number is expected"),
                                   message("core", "Write atleast(3, login@last 7 days)."),
                                   token.place));
        }
        node.number = *number;
        if (!peek().isMark(',')) {
            return fail(queryError(message("core", "a comma is expected after the number"), {},
                                   peek().place));
        }
        do {
            ++m_next;
            auto child = group(0);
            if (!child) {
                return fail(std::move(child.error()));
            }
            node.children.push_back(std::move(*child));
            if (peek().isWord("by")) {
                return by(node);
            }
        } while (peek().isMark(','));
        return {};
    }

    Result<void> by(Expr::Node& node) {
        const Token& word = take();
        if (node.children.size() > 1 || node.children.front().op() != Op::Leaf) {
            return fail(queryError(message("core", "by belongs behind a single event"),
                                   message("core", "Write atleast(3, login@period by day)."),
                                   word.place));
        }
        const auto unit = unitFrom(peek(), true);
        if (!unit) {
            return fail(queryError(message("core", "hour, day, week, month or year is expected"),
                                   {}, peek().place));
        }
        take();
        if (peek().isMark(',')) {
            return fail(queryError(message("core", "nothing may follow what is counted by %1s",
                                           std::string(nameOf(*unit))),
                                   {}, peek().place));
        }
        node.by = *unit;
        return {};
    }

    Result<Expr> cohort(TextSpan dollar) {
        const Token& name = take();
        if (!name.isName() || (name.place.offset != dollar.offset + 1)) {
            return fail(queryError(
                message("core", "the name of a saved cohort is expected after $"), {}, name.place));
        }
        Expr::Node node;
        node.op = Op::Cohort;
        node.name = name.text;
        node.place = {dollar.offset, name.place.length + 1};
        return Expr(std::move(node));
    }

    Result<Expr> leaf() {
        const Token& name = take();
        Expr::Node node;
        node.op = Op::Leaf;
        node.name = name.text;
        node.place = name.place;
        if (peek().isMark('@')) {
            take();
            const std::size_t begin = peek().place.offset;
            auto when = parseWhen(m_tokens, m_next);
            if (!when) {
                return fail(std::move(when.error()));
            }
            node.when = *when;
            const TextSpan end = m_tokens[m_next - 1].place;
            node.whenPlace = {begin, end.offset + end.length - begin};
        }
        return Expr(std::move(node));
    }

    static std::optional<std::uint32_t> integer(const Token& token) {
        std::uint32_t number = 0;
        const char* begin = token.text.data();
        const char* end = begin + token.text.size();
        const auto [parsed, error] = std::from_chars(begin, end, number);
        return token.type == Token::Type::Word && error == std::errc() && parsed == end
                   ? std::optional(number)
                   : std::nullopt;
    }

    [[nodiscard]] TextSpan spanFrom(TextSpan begin) const {
        const TextSpan end = m_tokens[m_next - 1].place;
        return {begin.offset, end.offset + end.length - begin.offset};
    }

    std::vector<Token> m_tokens;
    std::size_t m_next = 0;
    int m_depth = 0;
};

} // namespace

Result<Expr> parseQuery(std::string_view text) {
    auto tokens = tokenise(text);
    if (!tokens) {
        return fail(std::move(tokens.error()));
    }
    return Parser(std::move(*tokens)).run();
}

} // namespace cohortist
