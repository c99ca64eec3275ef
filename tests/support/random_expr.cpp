// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/random_expr.h"

#include "tests/support/random_sets.h"

namespace cohortist::test {

namespace {

using Op = Expr::Op;

std::string randomName(std::mt19937_64& random, const std::vector<std::string>& names) {
    if (!names.empty()) {
        return names[below(random, names.size())];
    }
    static const std::vector<std::string> odd = {"first", "ids",  "everyone", "atleast", "by",
                                                 "last",  "ever", "-",        "",        "a..b",
                                                 "a-b",   "1",    "über",     "a b"};
    if (below(random, 3) == 0) {
        return odd[below(random, odd.size())];
    }
    std::string name;
    for (std::uint64_t i = 0, n = below(random, 8); i < n; ++i) {
        name += below(random, 3) == 0 ? static_cast<char>(below(random, 256))
                                      : static_cast<char>('a' + below(random, 26));
    }
    return name;
}

std::vector<Expr> randomChildren(std::mt19937_64& random, const ExprShape& shape, int depth,
                                 std::uint64_t least) {
    std::vector<Expr> children;
    for (std::uint64_t i = 0, n = least + below(random, 3); i < n; ++i) {
        children.push_back(randomExpr(random, shape, depth - 1));
    }
    return children;
}

Expr randomCounted(std::mt19937_64& random, const ExprShape& shape, int depth) {
    const Op op =
        static_cast<Op>(static_cast<int>(Op::AtLeast) + static_cast<int>(below(random, 3)));
    const auto number = static_cast<std::uint32_t>(below(random, 4));
    if (below(random, 2) == 0) {
        return Expr::counted(op, number, randomChildren(random, shape, depth, 1));
    }
    const Expr leaf = Expr::leaf(randomName(random, shape.events), randomWhen(random, shape));
    const auto by = below(random, 2) == 0
                        ? std::optional(static_cast<Granularity>(below(random, 5)))
                        : std::nullopt;
    return Expr::counted(op, number, {leaf}, by);
}

Expr randomIdList(std::mt19937_64& random, bool hasTexts) {
    std::vector<Expr::UserId> ids;
    for (std::uint64_t i = 0, n = below(random, 3) + 1; i < n; ++i) {
        if (hasTexts && below(random, 3) == 0) {
            ids.emplace_back(randomName(random, {}));
        } else {
            ids.emplace_back(
                static_cast<std::uint32_t>(below(random, 4) == 0 ? random() : below(random, 40)));
        }
    }
    return Expr::idList(std::move(ids));
}

} // namespace

When randomWhen(std::mt19937_64& random, const ExprShape& shape) {
    const auto granularity =
        static_cast<Granularity>(below(random, 6) == 0 ? below(random, 5) : 1 + below(random, 3));
    const auto offset = [&] { return static_cast<std::int32_t>(below(random, 9)) - 6; };
    const Period near = shifted(periodAt(granularity, shape.around), offset());
    switch (below(random, shape.hasPeriod ? 10 : 7)) {
    case 0:
        return WhenEver{};
    case 1:
        return WhenUnique{};
    case 2:
        return WhenPoint{near};
    case 3:
        return WhenPoint{RelativePoint{static_cast<RelativeUnit>(granularity), offset()}};
    case 4:
        return WhenRange{near, shifted(near, static_cast<std::int64_t>(below(random, 5)))};
    case 5: {
        const RelativePoint first{static_cast<RelativeUnit>(granularity), offset()};
        return WhenRange{first, RelativePoint{first.unit, first.offset + static_cast<std::int32_t>(
                                                                             below(random, 5))}};
    }
    case 6:
        return WhenRolling{below(random, 2) == 0, static_cast<std::int32_t>(below(random, 9)) + 1,
                           granularity};
    case 7: {
        const RelativePoint first{RelativeUnit::Period, offset()};
        return WhenRange{first,
                         RelativePoint{RelativeUnit::Period,
                                       first.offset + static_cast<std::int32_t>(below(random, 3))}};
    }
    case 8:
        return WhenPoint{RelativePoint{RelativeUnit::Period, offset()}};
    default:
        return WhenPoint{RelativePoint{RelativeUnit::Period, 0}};
    }
}

Expr randomExpr(std::mt19937_64& random, const ExprShape& shape, int depth) {
    if (depth > 0) {
        switch (below(random, 10)) {
        case 0:
            return Expr::negation(randomExpr(random, shape, depth - 1));
        case 1:
        case 2:
            return Expr::group(Op::And, randomChildren(random, shape, depth, 2));
        case 3:
            return Expr::group(Op::Or, randomChildren(random, shape, depth, 2));
        case 4:
            return Expr::group(Op::Xor, randomChildren(random, shape, depth, 2));
        case 5:
            return Expr::group(Op::Minus, randomChildren(random, shape, depth, 2));
        case 6:
            return randomCounted(random, shape, depth);
        default:
            break;
        }
    }
    switch (below(random, 12)) {
    case 0:
        return Expr::everyone();
    case 1:
        return randomIdList(random, shape.hasTextIds);
    case 2:
        return Expr::first(Expr::leaf(randomName(random, shape.events), randomWhen(random, shape)));
    case 3:
        if (!shape.cohorts.empty()) {
            return Expr::cohort(randomName(random, shape.cohorts));
        }
        break;
    default:
        break;
    }
    return Expr::leaf(randomName(random, shape.events), randomWhen(random, shape));
}

} // namespace cohortist::test
