// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/naive_retention.h"

#include <algorithm>
#include <cmath>

namespace cohortist::test {

namespace {

using Table = RetentionQuestion::Kind;
using Base = RetentionQuestion::Base;

bool isMissingKey(const NaiveSource& source, const NaiveKey& key) {
    const Period period{granularityOf(key.kind), key.period};
    const auto& periods = source.events.at(key.event).of(key.kind);
    if (startOf(period) >= source.asOf || endOf(period) > source.asOf ||
        periods.count(key.period) > 0) {
        return false;
    }
    const std::int32_t first = periods.begin()->first;
    const std::int32_t last = periods.rbegin()->first;
    int stored = 0;
    for (std::int32_t p = first; p <= last; ++p) {
        stored += periods.count(p) > 0 ? 1 : 0;
    }
    return key.period < first || !source.anyHas(key.kind, key.period) ||
           stored >= 0.95 * (last - first + 1);
}

} // namespace

std::vector<NaiveTable::Row> NaiveTable::rows() const {
    std::vector<Row> all;
    for (int i = 0; i < m_question.rows; ++i) {
        Row row;
        row.period = m_question.start ? shifted(*m_question.start, i)
                                      : shifted(m_now, i + 1 - m_question.rows);
        const bool isFuture = row.period > m_now;
        if (!isFuture && !isMissing(m_question.cohort, row.period)) {
            row.size = cohort(row.period).size();
        }
        for (int k = 0; k < m_question.cellCount(); ++k) {
            row.cells.push_back(isFuture ? Cell{"future", 0, 0, {}, {}, {}} : cell(row.period, k));
        }
        all.push_back(std::move(row));
    }
    return all;
}

NaiveQuestion NaiveTable::at(Period period) const {
    return {m_source, m_population, {}, period, false};
}

bool NaiveTable::isMissing(const Expr& query, Period period) const {
    const auto keys = periodKeys(query, at(period));
    return !keys.empty() && std::all_of(keys.begin(), keys.end(), [&](const NaiveKey& key) {
        return isMissingKey(m_source, key);
    });
}

Users NaiveTable::cohort(Period period) const {
    Users users = *evaluate(m_question.cohort, at(period));
    if (m_question.isFirstTime) {
        Period far =
            periodAt(m_question.by, std::chrono::sys_days(std::chrono::year(2025) / 10 / 1));
        if (const auto first = firstStored()) {
            far = *first;
        } else {
            return users;
        }
        for (Period p = far; p < period; p = shifted(p, 1)) {
            const auto earlier = evaluate(m_question.cohort, at(p));
            for (const std::uint32_t user : *earlier) {
                users.erase(user);
            }
        }
    }
    return users;
}

std::optional<Period> NaiveTable::firstStored() const {
    const auto keys = periodKeys(m_question.cohort, at(m_now));
    if (keys.empty()) {
        return std::nullopt;
    }
    const auto& stored = m_source.events.at(keys.front().event).of(keys.front().kind);
    return periodAt(m_question.by,
                    startOf({granularityOf(keys.front().kind), stored.begin()->first}));
}

std::vector<Period> NaiveTable::periodsOf(Period row, int k) const {
    int first = k;
    int last = k;
    if (m_question.kind == Table::Bracket) {
        first = m_question.brackets[static_cast<std::size_t>(k)].first;
        last = m_question.brackets[static_cast<std::size_t>(k)].last;
    }
    std::vector<Period> periods;
    for (Period p = shifted(row, first);
         p <= m_now && (m_question.kind == Table::After || p <= shifted(row, last));
         p = shifted(p, 1)) {
        periods.push_back(p);
    }
    return periods;
}

std::uint64_t NaiveTable::counted(Period row, int k) const {
    Users users = cohort(row);
    std::vector<Users> links;
    if (m_question.kind == Table::Streak) {
        for (int i = 1; i <= k; ++i) {
            links.push_back(*evaluate(m_question.returned, at(shifted(row, i))));
        }
    } else {
        Users all;
        for (const Period p : periodsOf(row, k)) {
            const auto some = *evaluate(m_question.returned, at(p));
            all.insert(some.begin(), some.end());
        }
        links.push_back(std::move(all));
    }
    return static_cast<std::uint64_t>(
        std::count_if(users.begin(), users.end(), [&](std::uint32_t user) {
            return std::all_of(links.begin(), links.end(),
                               [&](const Users& link) { return link.count(user) > 0; });
        }));
}

bool NaiveTable::isCellMissing(Period row, int k) const {
    if (isMissing(m_question.cohort, row)) {
        return true;
    }
    if (m_question.kind == Table::Streak) {
        for (int i = 1; i <= k; ++i) {
            if (isMissing(m_question.returned, shifted(row, i))) {
                return true;
            }
        }
        return false;
    }
    const auto periods = periodsOf(row, k);
    return std::all_of(periods.begin(), periods.end(),
                       [&](Period p) { return isMissing(m_question.returned, p); });
}

NaiveTable::Cell NaiveTable::cell(Period row, int k) const {
    int first = k;
    int last = k;
    if (m_question.kind == Table::Bracket) {
        first = m_question.brackets[static_cast<std::size_t>(k)].first;
        last = m_question.brackets[static_cast<std::size_t>(k)].last;
    }
    const bool usesPrevious = m_question.base == Base::Previous && k > 0;
    Cell cell;
    if (shifted(row, first) > m_now) {
        cell.state = "future";
        return cell;
    }
    if (isCellMissing(row, k) || (usesPrevious && isCellMissing(row, k - 1))) {
        cell.state = "missing";
        return cell;
    }
    const std::uint64_t size = cohort(row).size();
    if (size == 0) {
        cell.state = "empty";
        return cell;
    }
    cell.state = endOf(shifted(row, last)) > m_source.asOf ? "partial" : "value";
    cell.count = counted(row, k);
    const std::uint64_t base = usesPrevious ? counted(row, k - 1) : size;
    cell.base = base;
    if (base > 0) {
        const double n = static_cast<double>(base);
        const double p = static_cast<double>(cell.count) / n;
        const auto turned = [&](double rate) { return m_question.isChurn ? 1 - rate : rate; };
        cell.rate = turned(p);
        if (p <= 1) {
            const double z = 1.96;
            const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
            const double below = (p + z * z / (2 * n) - half) / (1 + z * z / n);
            const double above = (p + z * z / (2 * n) + half) / (1 + z * z / n);
            cell.low = turned(m_question.isChurn ? above : below);
            cell.high = turned(m_question.isChurn ? below : above);
        }
    }
    return cell;
}

} // namespace cohortist::test
