// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/expr.h"

#include <algorithm>
#include <functional>

namespace cohortist {

namespace {

void mix(std::size_t& seed, std::size_t value) {
    seed ^= value + 0x9E3779B97F4A7C15U + (seed << 6U) + (seed >> 2U);
}

template <typename T>
void mixValue(std::size_t& seed, const T& value) {
    mix(seed, std::hash<T>()(value));
}

void mixPoint(std::size_t& seed, const PeriodPoint& point) {
    mix(seed, point.index());
    if (const auto* period = std::get_if<Period>(&point)) {
        mix(seed, static_cast<std::size_t>(period->granularity));
        mixValue(seed, period->index);
    } else {
        const auto& relative = std::get<RelativePoint>(point);
        mix(seed, static_cast<std::size_t>(relative.unit));
        mixValue(seed, relative.offset);
    }
}

void mixWhen(std::size_t& seed, const When& when) {
    mix(seed, when.index());
    if (const auto* point = std::get_if<WhenPoint>(&when)) {
        mixPoint(seed, point->point);
    } else if (const auto* range = std::get_if<WhenRange>(&when)) {
        mixPoint(seed, range->first);
        mixPoint(seed, range->last);
    } else if (const auto* rolling = std::get_if<WhenRolling>(&when)) {
        mix(seed, rolling->isPrevious ? 1 : 0);
        mixValue(seed, rolling->count);
        mix(seed, static_cast<std::size_t>(rolling->unit));
    }
}

bool isPeriodPoint(const PeriodPoint& point) {
    const auto* relative = std::get_if<RelativePoint>(&point);
    return relative != nullptr && relative->unit == RelativeUnit::Period;
}

bool asksForPeriod(const When& when) {
    if (const auto* point = std::get_if<WhenPoint>(&when)) {
        return isPeriodPoint(point->point);
    }
    const auto* range = std::get_if<WhenRange>(&when);
    return range != nullptr && (isPeriodPoint(range->first) || isPeriodPoint(range->last));
}

} // namespace

Expr::Expr()
    : Expr(Node{}) {}

Expr::Expr(Node node)
    : m_node(std::make_shared<const Node>(std::move(node))) {}

Expr Expr::leaf(std::string event, When when) {
    Node node;
    node.op = Op::Leaf;
    node.name = std::move(event);
    node.when = when;
    return Expr(std::move(node));
}

Expr Expr::cohort(std::string name) {
    Node node;
    node.op = Op::Cohort;
    node.name = std::move(name);
    return Expr(std::move(node));
}

Expr Expr::everyone() {
    return {};
}

Expr Expr::idList(std::vector<UserId> ids) {
    Node node;
    node.op = Op::Ids;
    node.ids = std::move(ids);
    return Expr(std::move(node));
}

Expr Expr::negation(Expr child) {
    Node node;
    node.op = Op::Not;
    node.children = {std::move(child)};
    return Expr(std::move(node));
}

Expr Expr::group(Op op, std::vector<Expr> children) {
    if (children.size() == 1) {
        return children.front();
    }
    Node node;
    node.op = op;
    node.children = std::move(children);
    return Expr(std::move(node));
}

Expr Expr::counted(Op op, std::uint32_t number, std::vector<Expr> children,
                   std::optional<Granularity> by) {
    Node node;
    node.op = op;
    node.number = number;
    node.children = std::move(children);
    node.by = by;
    return Expr(std::move(node));
}

Expr Expr::first(Expr leaf) {
    Node node;
    node.op = Op::First;
    node.children = {std::move(leaf)};
    return Expr(std::move(node));
}

std::size_t Expr::hash() const {
    std::size_t seed = static_cast<std::size_t>(m_node->op);
    mixValue(seed, m_node->name);
    mixWhen(seed, m_node->when);
    mixValue(seed, m_node->number);
    mix(seed, m_node->by ? static_cast<std::size_t>(*m_node->by) + 1 : 0);
    for (const UserId& id : m_node->ids) {
        mixValue(seed, id);
    }
    for (const Expr& child : m_node->children) {
        mix(seed, child.hash());
    }
    return seed;
}

bool Expr::dependsOnPeriod() const {
    return asksForPeriod(m_node->when) ||
           std::any_of(m_node->children.begin(), m_node->children.end(),
                       [](const Expr& child) { return child.dependsOnPeriod(); });
}

bool operator==(const Expr& a, const Expr& b) {
    const Expr::Node& left = *a.m_node;
    const Expr::Node& right = *b.m_node;
    return &left == &right ||
           (left.op == right.op && left.name == right.name && left.when == right.when &&
            left.ids == right.ids && left.number == right.number && left.by == right.by &&
            left.children == right.children);
}

} // namespace cohortist
