// SPDX-License-Identifier: GPL-3.0-or-later
// Text ids and the user ids they stand for: those of the snapshot that a log is appended to, then
// new ones in order of first appearance, counted on from the greatest id in use. find() may be
// called from several threads while nobody adds.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/job_context.h"
#include "core/import/text_table.h"
#include "core/store/bitmap_store.h"

namespace cohortist {

class UserTexts {
public:
    // Takes over those of the snapshot; before anything is added.
    [[nodiscard]] Result<void> load(BitmapStore& snapshot, const Bitmap& everyone,
                                    const JobContext& job);

    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text,
                                                    std::uint64_t hash) const {
        const auto number = m_table.find(text, hash);
        return number ? std::optional(idOf(*number)) : std::nullopt;
    }
    void prefetch(std::span<const TextTable::Sought> sought) const { m_table.prefetch(sought); }
    void prefetchNew(std::uint64_t hash) const { m_table.prefetchNew(hash); }
    // The text's id, old or new; nothing when there are no ids left.
    [[nodiscard]] std::optional<std::uint32_t> add(std::string_view text, std::uint64_t hash);

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(m_table.size()); }
    // number: in [0, size()); ids ascend with it.
    [[nodiscard]] std::uint32_t idOf(std::uint32_t number) const {
        return number < m_loadedIds.size()
                   ? m_loadedIds[number]
                   : m_firstNew + (number - static_cast<std::uint32_t>(m_loadedIds.size()));
    }
    [[nodiscard]] std::string_view text(std::uint32_t number) const { return m_table.text(number); }

private:
    TextTable m_table;
    std::vector<std::uint32_t> m_loadedIds;
    std::uint32_t m_firstNew = 0;
    std::uint64_t m_room = UINT32_MAX; // ids that are left
};

} // namespace cohortist
