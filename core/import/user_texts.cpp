// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/user_texts.h"

namespace cohortist {

namespace {

constexpr std::uint64_t kBatchIds = 65536;

} // namespace

Result<void> UserTexts::load(BitmapStore& snapshot, const Bitmap& everyone, const JobContext& job) {
    for (std::uint64_t begin = 0; begin < everyone.count(); begin += kBatchIds) {
        if (job.isCancelled()) {
            return failCancelled();
        }
        const auto ids = everyone.ids(begin, kBatchIds);
        const auto texts = snapshot.textsOf(ids);
        if (!texts) {
            return fail(texts.error());
        }
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const std::string& text = (*texts)[i];
            const std::uint64_t hash = TextTable::hashOf(text);
            if (!text.empty() && !m_table.find(text, hash)) {
                m_table.add(text, hash);
                m_loadedIds.push_back(ids[i]);
            }
        }
    }
    if (const auto greatest = everyone.max()) {
        m_firstNew = *greatest + 1;
        m_room = UINT32_MAX - *greatest;
    }
    return {};
}

std::optional<std::uint32_t> UserTexts::add(std::string_view text, std::uint64_t hash) {
    const std::uint32_t before = size();
    const std::uint32_t number = m_table.add(text, hash);
    if (number == before) {
        if (m_room == 0) {
            return std::nullopt;
        }
        --m_room;
    }
    return idOf(number);
}

} // namespace cohortist
