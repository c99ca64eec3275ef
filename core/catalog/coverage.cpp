// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/catalog/event_catalog.h"

namespace cohortist {

Coverage Coverage::fromIndices(std::vector<std::int32_t> indices) {
    std::sort(indices.begin(), indices.end());
    Coverage coverage;
    for (const std::int32_t index : indices) {
        if (!coverage.m_runs.empty() && index < coverage.m_runs.back().last) {
            continue;
        }
        if (!coverage.m_runs.empty() && index == coverage.m_runs.back().last) {
            ++coverage.m_runs.back().last;
        } else {
            coverage.m_runs.push_back({index, index + 1});
        }
    }
    return coverage;
}

std::optional<Coverage> Coverage::fromRuns(std::vector<Run> runs) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (runs[i].first >= runs[i].last || (i > 0 && runs[i].first <= runs[i - 1].last)) {
            return std::nullopt;
        }
    }
    Coverage coverage;
    coverage.m_runs = std::move(runs);
    return coverage;
}

bool Coverage::contains(std::int32_t index) const {
    return countIn(index, index + 1) == 1;
}

std::uint64_t Coverage::count() const {
    std::uint64_t count = 0;
    for (const Run& run : m_runs) {
        count += static_cast<std::uint64_t>(std::int64_t{run.last} - run.first);
    }
    return count;
}

std::uint64_t Coverage::countIn(std::int32_t first, std::int32_t last) const {
    auto run = std::upper_bound(m_runs.begin(), m_runs.end(), first,
                                [](std::int32_t at, const Run& r) { return at < r.last; });
    std::uint64_t count = 0;
    for (; run != m_runs.end() && run->first < last; ++run) {
        count += static_cast<std::uint64_t>(std::int64_t{std::min(last, run->last)} -
                                            std::max(first, run->first));
    }
    return count;
}

std::int32_t Coverage::first() const {
    return m_runs.front().first;
}

std::int32_t Coverage::last() const {
    return m_runs.back().last - 1;
}

std::vector<std::int32_t> Coverage::indices() const {
    std::vector<std::int32_t> indices;
    indices.reserve(count());
    for (const Run& run : m_runs) {
        for (std::int32_t index = run.first; index < run.last; ++index) {
            indices.push_back(index);
        }
    }
    return indices;
}

} // namespace cohortist
