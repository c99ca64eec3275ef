// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/query_words.h"

#include <functional>

namespace cohortist {

namespace {

bool isMark(QChar c) {
    return QStringLiteral("(),&|^~@$\" \t\n").contains(c);
}

Expr rebuilt(const Expr& expr, const std::function<When(const Expr::Node&)>& whenOf) {
    Expr::Node node = expr.node();
    if (node.op == Expr::Op::Leaf) {
        node.when = whenOf(node);
        return Expr(std::move(node));
    }
    for (Expr& child : node.children) {
        child = rebuilt(child, whenOf);
    }
    return Expr(std::move(node));
}

const When& periodItself() {
    static const When kWhen = WhenPoint{RelativePoint{RelativeUnit::Period, 0}};
    return kWhen;
}

} // namespace

QueryWord wordAt(const QString& query, qsizetype cursor) {
    QueryWord word;
    qsizetype quote = -1; // where the quoted name that the cursor is in began
    for (qsizetype i = 0; i < cursor && i < query.size(); ++i) {
        if (query[i] == QLatin1Char('\\') && quote >= 0) {
            ++i;
        } else if (query[i] == QLatin1Char('"')) {
            quote = quote < 0 ? i : -1;
        }
    }
    qsizetype first = cursor;
    qsizetype last = cursor;
    if (quote >= 0) {
        first = quote;
        while (last < query.size() && query[last] != QLatin1Char('"')) {
            ++last;
        }
        last = std::min(last + 1, query.size());
        word.isQuoted = true;
        word.text = query.mid(first + 1, cursor - first - 1);
    } else {
        while (first > 0 && !isMark(query[first - 1])) {
            --first;
        }
        while (last < query.size() && !isMark(query[last])) {
            ++last;
        }
        word.text = query.mid(first, cursor - first);
    }
    word.offset = first;
    word.length = last - first;
    word.isWhen = first > 0 && query[first - 1] == QLatin1Char('@');
    return word;
}

Expr withPeriod(const Expr& expr, const EventCatalog& catalog) {
    return rebuilt(expr, [&catalog](const Expr::Node& leaf) -> When {
        const auto event = catalog.find(leaf.name);
        const bool canHave = !event || isDated(catalog.entry(*event));
        return canHave && std::holds_alternative<WhenEver>(leaf.when) ? periodItself() : leaf.when;
    });
}

QString spokenQuery(const Expr& expr, int limit) {
    const Expr spoken = rebuilt(expr, [](const Expr::Node& leaf) {
        return leaf.when == periodItself() ? When(WhenEver{}) : leaf.when;
    });
    QString text = QString::fromStdString(printQuery(spoken));
    if (text.size() <= limit) {
        return text;
    }
    return text.left(limit / 2) + QStringLiteral("…") + text.right(limit - limit / 2 - 1);
}

bool isDated(const EventEntry& entry) {
    return entry.coarsestKind().has_value();
}

} // namespace cohortist
