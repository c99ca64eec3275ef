// SPDX-License-Identifier: GPL-3.0-or-later
// Sources for tests of the window: forty days of a small product in memory, and the same behind a
// gate that holds every read until it is opened or the job is stopped.
#pragma once

#include <condition_variable>
#include <mutex>

#include "core/session/session.h"
#include "core/store/forwarding_store.h"
#include "core/store/memory/memory_store.h"

namespace cohortist::test {

inline std::shared_ptr<MemoryStore> smallProduct() {
    constexpr std::int32_t kDays = 40;
    const std::int32_t first = parsePeriod("2026-04-01")->index;
    std::vector<MemoryKey> keys;
    for (std::int32_t day = 0; day < kDays; ++day) {
        const auto begin = static_cast<std::uint32_t>(day) * 100;
        keys.push_back({"signup", Kind::Day, first + day, Bitmap::fromRange(begin, begin + 100)});
        std::vector<std::uint32_t> active;
        for (std::uint32_t user = 0; user < begin + 100; ++user) {
            if (user >= begin || user % 7 == static_cast<std::uint32_t>(day) % 7) {
                active.push_back(user);
            }
        }
        keys.push_back({"active", Kind::Day, first + day, Bitmap::fromIds(active)});
        keys.push_back({"two words", Kind::Day, first + day, Bitmap{begin}});
    }
    keys.push_back({"premium", Kind::Unique, 0, Bitmap{1, 2, 3}});
    return std::make_shared<MemoryStore>(std::move(keys));
}

inline std::shared_ptr<Session> sessionOn(std::shared_ptr<BitmapStore> store) {
    return std::make_shared<Session>(std::move(store));
}

class GatedStore final : public ForwardingStore<BitmapStore> {
public:
    using ForwardingStore::ForwardingStore;

    void setOpen(bool isOpen) {
        {
            const std::lock_guard lock(m_mutex);
            m_isOpen = isOpen;
        }
        m_changed.notify_all();
    }

    [[nodiscard]] Result<void> read(std::span<const BitmapKey> keys, ChunkRange range,
                                    const ReadSink& sink, const JobContext& job) override {
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, job.stopToken(), [this] { return m_isOpen; })) {
                return failCancelled();
            }
        }
        return source().read(keys, range, sink, job);
    }

private:
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_isOpen = false;
};

} // namespace cohortist::test
