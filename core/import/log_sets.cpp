// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/log_sets.h"

#include <algorithm>
#include <array>
#include <new>
#include <numeric>

namespace cohortist {

namespace {

constexpr std::size_t kFirstSlots = 256;
constexpr std::size_t kRadixFrom = 256; // fewer ids are sorted by comparing
constexpr std::uint32_t kDigitBits = 11;
constexpr std::size_t kDigits = 3; // of 11 bits make up an id
constexpr std::size_t kDigitValues = std::size_t{1} << kDigitBits;

std::size_t spread(std::uint64_t key) {
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> 32U);
}

// By radix, least digit first; digits that all ids share cost nothing.
void sortIds(std::vector<std::uint32_t>& ids, std::vector<std::uint32_t>& scratch) {
    if (ids.size() < kRadixFrom) {
        std::sort(ids.begin(), ids.end());
        return;
    }
    std::array<std::array<std::uint32_t, kDigitValues>, kDigits> counts{};
    for (const std::uint32_t id : ids) {
        for (std::size_t digit = 0; digit < kDigits; ++digit) {
            ++counts[digit][id >> (digit * kDigitBits) & (kDigitValues - 1)];
        }
    }
    scratch.resize(ids.size());
    for (std::size_t digit = 0; digit < kDigits; ++digit) {
        const std::size_t shift = digit * kDigitBits;
        auto& places = counts[digit];
        if (places[ids.front() >> shift & (kDigitValues - 1)] == ids.size()) {
            continue;
        }
        std::exclusive_scan(places.begin(), places.end(), places.begin(), 0U);
        for (const std::uint32_t id : ids) {
            scratch[places[id >> shift & (kDigitValues - 1)]++] = id;
        }
        ids.swap(scratch);
    }
}

Bitmap bitmapOf(std::vector<std::uint32_t>& ids, std::vector<std::uint32_t>& scratch) {
    sortIds(ids, scratch);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    BitmapBuilder builder;
    std::vector<std::uint16_t> lows;
    for (std::size_t i = 0; i < ids.size();) {
        const std::uint32_t chunk = ids[i] >> 16U;
        lows.clear();
        for (; i < ids.size() && ids[i] >> 16U == chunk; ++i) {
            lows.push_back(static_cast<std::uint16_t>(ids[i]));
        }
        builder.addArray(static_cast<std::uint16_t>(chunk), lows);
    }
    return builder.finish();
}

void takeIn(std::vector<std::uint32_t>& loose, Bitmap& set, std::vector<std::uint32_t>& scratch) {
    if (loose.empty()) {
        return;
    }
    Bitmap fresh = bitmapOf(loose, scratch);
    set = set.isEmpty() ? std::move(fresh) : Bitmap::unite(std::array{set, fresh});
    std::vector<std::uint32_t>().swap(loose);
}

} // namespace

std::size_t LogSets::cellOf(std::uint64_t key) {
    if ((m_cells.size() + 1) * 2 > m_slots.size()) {
        grow();
    }
    const std::size_t mask = m_slots.size() - 1;
    std::size_t at = spread(key) & mask;
    while (m_slots[at] != kNoCell && m_cells[m_slots[at]].key != key) {
        at = (at + 1) & mask;
    }
    if (m_slots[at] == kNoCell) {
        m_cells.push_back(Cell{key, {}, {}});
        m_slots[at] = static_cast<std::uint32_t>(m_cells.size() - 1);
    }
    m_lastKey = key;
    m_lastCell = m_slots[at];
    return m_lastCell;
}

void LogSets::grow() {
    m_slots.assign(std::max(kFirstSlots, m_slots.size() * 2), kNoCell);
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t cell = 0; cell < m_cells.size(); ++cell) {
        std::size_t at = spread(m_cells[cell].key) & mask;
        while (m_slots[at] != kNoCell) {
            at = (at + 1) & mask;
        }
        m_slots[at] = static_cast<std::uint32_t>(cell);
    }
}

void LogSets::compact() {
    std::vector<std::uint32_t> scratch;
    for (Cell& cell : m_cells) {
        takeIn(cell.loose, cell.set, scratch);
    }
    m_loose = 0;
}

void LogSets::compact(WorkerPool& pool) {
    std::vector<std::vector<std::uint32_t>> scratch(pool.size());
    std::vector<char> isOutOfMemory(pool.size());
    pool.forEach(m_cells.size(), {}, [&](std::size_t cell, unsigned worker) {
        try {
            takeIn(m_cells[cell].loose, m_cells[cell].set, scratch[worker]);
        } catch (const std::bad_alloc&) {
            isOutOfMemory[worker] = 1;
        }
    });
    if (std::count(isOutOfMemory.begin(), isOutOfMemory.end(), 1) != 0) {
        throw std::bad_alloc();
    }
    m_loose = 0;
}

void LogSets::absorb(LogSets&& other) {
    for (Cell& cell : other.m_cells) {
        const std::string_view name =
            other.m_events.text(static_cast<std::uint32_t>(cell.key >> 32U));
        const std::uint64_t key = std::uint64_t{eventNumber(name)} << 32U | (cell.key & UINT32_MAX);
        Cell& own = m_cells[cellOf(key)];
        if (own.loose.empty()) {
            own.loose = std::move(cell.loose);
        } else {
            own.loose.insert(own.loose.end(), cell.loose.begin(), cell.loose.end());
        }
        if (!cell.set.isEmpty()) {
            own.set = own.set.isEmpty() ? std::move(cell.set)
                                        : Bitmap::unite(std::array{own.set, cell.set});
        }
        cell = {};
    }
    other = LogSets();
}

std::pair<std::int32_t, std::int32_t> LogSets::periods() const {
    const auto periodOf = [](const Cell& cell) {
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(cell.key));
    };
    const auto [least, greatest] =
        std::minmax_element(m_cells.begin(), m_cells.end(), [&](const Cell& a, const Cell& b) {
            return periodOf(a) < periodOf(b);
        });
    return {periodOf(*least), periodOf(*greatest)};
}

std::vector<LogSets::PeriodSet> LogSets::take(std::uint32_t event) {
    const auto keyOf = [this](std::uint32_t cell) {
        // As unsigned numbers, the periods before 1970 come last; this puts them first.
        return m_cells[cell].key ^ 0x8000'0000U;
    };
    if (m_order.size() != m_cells.size()) {
        m_order.resize(m_cells.size());
        std::iota(m_order.begin(), m_order.end(), 0U);
        std::sort(m_order.begin(), m_order.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return keyOf(a) < keyOf(b); });
    }
    auto at =
        std::lower_bound(m_order.begin(), m_order.end(), std::uint64_t{event} << 32U,
                         [&](std::uint32_t cell, std::uint64_t key) { return keyOf(cell) < key; });
    std::vector<PeriodSet> sets;
    for (; at != m_order.end() && m_cells[*at].key >> 32U == event; ++at) {
        Cell& cell = m_cells[*at];
        sets.push_back({static_cast<std::int32_t>(static_cast<std::uint32_t>(cell.key)),
                        std::exchange(cell.set, {})});
    }
    return sets;
}

} // namespace cohortist
