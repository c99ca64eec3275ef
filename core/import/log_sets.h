// SPDX-License-Identifier: GPL-3.0-or-later
// The sets of a log while it is read: for each event and period the ids seen, as a bitmap and a
// buffer of ids that came since. When all buffers together hold kMostLoose ids they are taken into
// their bitmaps, so memory is bounded by the bitmaps. Not thread-safe: each worker fills its own.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/worker_pool.h"
#include "core/import/text_table.h"
#include "core/sets/bitmap.h"

namespace cohortist {

class LogSets {
public:
    // The event's number, for add().
    [[nodiscard]] std::uint32_t eventNumber(std::string_view name) {
        if (m_lastEvent < m_events.size() && m_events.text(m_lastEvent) == name) {
            return m_lastEvent;
        }
        return m_lastEvent = m_events.add(name, TextTable::hashOf(name));
    }
    void add(std::uint32_t event, std::int32_t period, std::uint32_t id) {
        const std::uint64_t key = std::uint64_t{event} << 32U | static_cast<std::uint32_t>(period);
        Cell& cell = m_cells[key == m_lastKey ? m_lastCell : cellOf(key)];
        if (!cell.loose.empty() && cell.loose.back() == id) {
            return;
        }
        cell.loose.push_back(id);
        if (++m_loose == kMostLoose) {
            compact();
        }
    }

    // Takes over what the other one holds.
    void absorb(LogSets&& other);
    // Takes all ids into the bitmaps.
    void compact(WorkerPool& pool);

    [[nodiscard]] const TextTable& events() const { return m_events; }
    // The least and the greatest period of any event; not when there is none.
    [[nodiscard]] std::pair<std::int32_t, std::int32_t> periods() const;
    [[nodiscard]] bool isEmpty() const { return m_cells.empty(); }
    struct PeriodSet {
        std::int32_t period = 0;
        Bitmap set;
    };
    // After compact(): moves the event's sets out, ascending by period.
    [[nodiscard]] std::vector<PeriodSet> take(std::uint32_t event);

private:
    struct Cell {
        std::uint64_t key = 0;
        std::vector<std::uint32_t> loose; // any order, repeats
        Bitmap set;
    };
    static constexpr std::size_t kMostLoose = 4U << 20;
    static constexpr std::uint32_t kNoCell = UINT32_MAX;

    [[nodiscard]] std::size_t cellOf(std::uint64_t key);
    void grow();
    void compact();

    TextTable m_events;
    std::uint32_t m_lastEvent = UINT32_MAX;
    std::vector<Cell> m_cells;
    std::vector<std::uint32_t> m_slots; // open addressing, a power of two: cells by key
    std::uint64_t m_lastKey = UINT64_MAX;
    std::size_t m_lastCell = 0;
    std::size_t m_loose = 0;
    std::vector<std::uint32_t> m_order; // cells by key, once take() was called
};

} // namespace cohortist
