// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked, as a value: a tree that describes a set of users (see QUERY.md beside this file
// for the language). Immutable and shared, so copies are cheap and any thread may read one.
// Equality and hash are structural; the places in the text that the nodes were read from do not
// count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/calendar/period.h"

namespace cohortist {

// The unit of a relative period; Period is the row's or column's of a table.
enum class RelativeUnit : std::uint8_t { Hour, Day, Week, Month, Year, Period };

struct RelativePoint {
    RelativeUnit unit = RelativeUnit::Day;
    std::int32_t offset = 0; // day-3: -3
    bool operator==(const RelativePoint&) const = default;
};

using PeriodPoint = std::variant<Period, RelativePoint>;

struct WhenEver { // also what a leaf without @ means
    bool operator==(const WhenEver&) const = default;
};
struct WhenUnique {
    bool operator==(const WhenUnique&) const = default;
};
struct WhenPoint {
    PeriodPoint point;
    bool operator==(const WhenPoint&) const = default;
};
struct WhenRange { // closed: both ends are in it
    PeriodPoint first;
    PeriodPoint last;
    bool operator==(const WhenRange&) const = default;
};
struct WhenRolling {
    bool isPrevious = false; // last n, or the n before those
    std::int32_t count = 1;
    Granularity unit = Granularity::Day;
    bool operator==(const WhenRolling&) const = default;
};
using When = std::variant<WhenEver, WhenUnique, WhenPoint, WhenRange, WhenRolling>;

class Expr {
public:
    enum class Op : std::uint8_t {
        Leaf,   // name, when
        Cohort, // name: a saved cohort
        Ids,    // ids
        Everyone,
        Not, // one child
        And, // two or more children, as are Or, Xor, Minus
        Or,
        Xor,     // in an odd number of them
        Minus,   // the first without the others
        AtLeast, // number, children (one or more), by
        AtMost,
        Exactly,
        First // one child, a leaf
    };
    // An id as it was written: a number, or a source's own text.
    using UserId = std::variant<std::uint32_t, std::string>;

    struct Node {
        Op op = Op::Everyone;
        std::string name;
        When when;
        std::vector<UserId> ids;
        std::vector<TextSpan> idPlaces; // of the ids, where they were read; no part of equality
        std::uint32_t number = 0;
        std::optional<Granularity> by; // counted calls with a sole leaf
        std::vector<Expr> children;
        // Where it was read; no part of equality. A leaf's place is its name's.
        TextSpan place;
        TextSpan whenPlace; // what follows the @
    };

    Expr(); // everyone()
    explicit Expr(Node node);

    [[nodiscard]] static Expr leaf(std::string event, When when = WhenEver{});
    [[nodiscard]] static Expr cohort(std::string name);
    [[nodiscard]] static Expr everyone();
    [[nodiscard]] static Expr idList(std::vector<UserId> ids);
    [[nodiscard]] static Expr negation(Expr child);
    // op: And, Or, Xor or Minus. A group of one is its child.
    [[nodiscard]] static Expr group(Op op, std::vector<Expr> children);
    // op: AtLeast, AtMost or Exactly.
    [[nodiscard]] static Expr counted(Op op, std::uint32_t number, std::vector<Expr> children,
                                      std::optional<Granularity> by = {});
    [[nodiscard]] static Expr first(Expr leaf);

    [[nodiscard]] Op op() const { return m_node->op; }
    [[nodiscard]] const Node& node() const { return *m_node; }
    [[nodiscard]] const std::vector<Expr>& children() const { return m_node->children; }
    [[nodiscard]] std::size_t hash() const;
    // Does any leaf of it ask for @period? (Saved cohorts are looked through by the resolver.)
    [[nodiscard]] bool dependsOnPeriod() const;

    friend bool operator==(const Expr& a, const Expr& b);

private:
    std::shared_ptr<const Node> m_node;
};

// Groups and calls may lie in each other so deep; deeper texts are an error.
inline constexpr int kMaxQueryDepth = 200;

// Reads the whole text. An error has code Query, and place and why say what was expected there.
[[nodiscard]] Result<Expr> parseQuery(std::string_view text);
// The canonical text: parses back to an equal Expr.
[[nodiscard]] std::string printQuery(const Expr& expr);
// A name as the language writes it: bare where that is a word, else quoted and escaped. The form in
// which names of any bytes stand in queries, JSON, CSV and the window; no two names share one.
[[nodiscard]] std::string printName(std::string_view name);
// For a line that is only looked at: bytes that would not be seen as what they are stand as the
// escapes of names, white space as a space.
[[nodiscard]] std::string printLine(std::string_view text);

// Length of the UTF-8 sequence that the text begins with; 0 where it is none.
[[nodiscard]] std::size_t utf8Length(std::string_view text);
// The same, but 0 also for what cannot be seen: control characters, marks that turn the direction
// of writing, spaces without width.
[[nodiscard]] std::size_t shownLength(std::string_view text);

} // namespace cohortist
