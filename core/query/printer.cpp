// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/query/expr.h"
#include "core/query/lexer.h"

namespace cohortist {

namespace {

constexpr std::array<std::string_view, 6> kCallWords = {"first",   "ids",    "everyone",
                                                        "atleast", "atmost", "exactly"};

// How tightly an operator binds; higher is tighter.
int bindingOf(Expr::Op op) {
    switch (op) {
    case Expr::Op::Or:
        return 1;
    case Expr::Op::Xor:
        return 2;
    case Expr::Op::Minus:
        return 3;
    case Expr::Op::And:
        return 4;
    case Expr::Op::Not:
        return 5;
    default:
        return 6;
    }
}

std::string_view signOf(Expr::Op op) {
    switch (op) {
    case Expr::Op::Or:
        return " | ";
    case Expr::Op::Xor:
        return " ^ ";
    case Expr::Op::Minus:
        return " - ";
    default:
        return " & ";
    }
}

std::string_view unitName(RelativeUnit unit) {
    return unit == RelativeUnit::Period ? "period" : nameOf(static_cast<Granularity>(unit));
}

std::string pointText(const PeriodPoint& point) {
    if (const auto* period = std::get_if<Period>(&point)) {
        return toText(*period);
    }
    const auto& relative = std::get<RelativePoint>(point);
    return relative.offset == 0 ? std::string(unitName(relative.unit))
                                : fmt::format("{}{:+}", unitName(relative.unit), relative.offset);
}

std::string whenText(const When& when) {
    if (std::holds_alternative<WhenUnique>(when)) {
        return "@unique";
    }
    if (const auto* point = std::get_if<WhenPoint>(&when)) {
        return "@" + pointText(point->point);
    }
    if (const auto* range = std::get_if<WhenRange>(&when)) {
        return fmt::format("@{}..{}", pointText(range->first), pointText(range->last));
    }
    if (const auto* rolling = std::get_if<WhenRolling>(&when)) {
        return fmt::format("@{} {} {}{}", rolling->isPrevious ? "previous" : "last", rolling->count,
                           nameOf(rolling->unit), rolling->count == 1 ? "" : "s");
    }
    return {};
}

std::string quotedName(std::string_view name) {
    std::string out = "\"";
    while (!name.empty()) {
        const auto byte = static_cast<unsigned char>(name.front());
        const std::size_t length = shownLength(name);
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += name.front();
        } else if (byte == '\n') {
            out += "\\n";
        } else if (byte == '\t') {
            out += "\\t";
        } else if (length == 0) {
            out += fmt::format("\\x{:02X}", byte);
        } else {
            out += name.substr(0, length);
        }
        name.remove_prefix(std::max<std::size_t>(1, length));
    }
    return out + '"';
}

void print(const Expr& expr, std::string& out);

void printChild(const Expr& child, int binding, std::string& out) {
    const bool needsParentheses = bindingOf(child.op()) <= binding;
    out += needsParentheses ? "(" : "";
    print(child, out);
    out += needsParentheses ? ")" : "";
}

void printList(const std::vector<Expr>& children, std::string& out) {
    for (std::size_t i = 0; i < children.size(); ++i) {
        out += i > 0 ? ", " : "";
        print(children[i], out);
    }
}

void printCounted(std::string_view call, const Expr::Node& node, std::string& out) {
    out += fmt::format("{}({}, ", call, node.number);
    printList(node.children, out);
    if (node.by) {
        out += fmt::format(" by {}", nameOf(*node.by));
    }
    out += ')';
}

void printIds(const Expr::Node& node, std::string& out) {
    out += "ids(";
    for (std::size_t i = 0; i < node.ids.size(); ++i) {
        out += i > 0 ? ", " : "";
        const auto* number = std::get_if<std::uint32_t>(&node.ids[i]);
        if (number != nullptr) {
            out += fmt::format("{}", *number);
            continue;
        }
        // Always in quotes, also where it would be a word: a bare number is another id.
        out += quotedName(std::get<std::string>(node.ids[i]));
    }
    out += ')';
}

void print(const Expr& expr, std::string& out) {
    const Expr::Node& node = expr.node();
    switch (node.op) {
    case Expr::Op::Leaf:
        out += printName(node.name) + whenText(node.when);
        return;
    case Expr::Op::Cohort:
        out += '$' + printName(node.name);
        return;
    case Expr::Op::Ids:
        printIds(node, out);
        return;
    case Expr::Op::Everyone:
        out += "everyone()";
        return;
    case Expr::Op::Not:
        out += '~';
        // ~~x needs no parentheses.
        printChild(node.children.front(), bindingOf(Expr::Op::Not) - 1, out);
        return;
    case Expr::Op::AtLeast:
        printCounted("atleast", node, out);
        return;
    case Expr::Op::AtMost:
        printCounted("atmost", node, out);
        return;
    case Expr::Op::Exactly:
        printCounted("exactly", node, out);
        return;
    case Expr::Op::First:
        out += "first(";
        print(node.children.front(), out);
        out += ')';
        return;
    case Expr::Op::And:
    case Expr::Op::Or:
    case Expr::Op::Xor:
    case Expr::Op::Minus:
        break;
    }
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        if (i > 0) {
            out += signOf(node.op);
        }
        printChild(node.children[i], bindingOf(node.op), out);
    }
}

} // namespace

std::string printName(std::string_view name) {
    const bool isCallWord =
        std::find(kCallWords.begin(), kCallWords.end(), name) != kCallWords.end();
    return !isCallWord && isWordText(name) ? std::string(name) : quotedName(name);
}

std::string printLine(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        const std::size_t length = shownLength(text);
        if (byte >= '\t' && byte <= '\r') {
            out += ' ';
        } else if (length == 0) {
            out += fmt::format("\\x{:02X}", byte);
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(1, length));
    }
    return out;
}

std::string printQuery(const Expr& expr) {
    std::string out;
    print(expr, out);
    return out;
}

} // namespace cohortist
