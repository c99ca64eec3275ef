// SPDX-License-Identifier: GPL-3.0-or-later
// A server's store whose past periods are kept in local files: a period that ended more than a day
// ago is read from there once the server has told, at its first use since this store was made, that
// it still counts as many users; equal counts are taken as unchanged, though bitmapist can unmark
// one user and mark another. Running and just ended periods and flags are always read. Thread-safe.
#pragma once

#include <map>
#include <mutex>

#include "core/store/counted_store.h"
#include "core/store/kept/kept_sets.h"

namespace cohortist {

class KeptStore final : public CountedStore {
public:
    // now: when the source was opened; what has ended since is read.
    KeptStore(std::shared_ptr<CountedStore> source, const KeptOptions& options, Instant now);

    [[nodiscard]] const StoreInfo& info() const override { return m_source->info(); }
    [[nodiscard]] std::shared_ptr<const EventCatalog> catalog() const override {
        return m_source->catalog();
    }
    [[nodiscard]] Result<void> read(std::span<const BitmapKey> keys, ChunkRange range,
                                    const ReadSink& sink, const JobContext& job) override;
    [[nodiscard]] Result<void> count(std::span<const BitmapKey> keys, const CountSink& sink,
                                     const JobContext& job) override {
        return m_source->count(keys, sink, job);
    }
    [[nodiscard]] std::uint64_t estimatedBytes(std::span<const BitmapKey> keys) const override {
        return m_source->estimatedBytes(keys);
    }
    [[nodiscard]] Result<std::vector<std::string>>
    textsOf(std::span<const std::uint32_t> ids) const override {
        return m_source->textsOf(ids);
    }
    [[nodiscard]] Result<std::optional<std::uint32_t>>
    findText(const std::string& text) const override {
        return m_source->findText(text);
    }

    [[nodiscard]] KeptSets& sets() { return m_sets; }

private:
    [[nodiscard]] Result<void> readKeys(std::span<const BitmapKey> keys, ChunkRange range,
                                        const ReadSink& sink, const JobContext& job);
    [[nodiscard]] bool isPast(const BitmapKey& key) const;
    // Whether the copy is what the server had in this session.
    [[nodiscard]] bool isBelieved(const BitmapKey& key, KeptSets::Copy copy) const;
    void setBelieved(const BitmapKey& key, KeptSets::Copy copy);

    const std::shared_ptr<CountedStore> m_source;
    const std::shared_ptr<const EventCatalog> m_catalog;
    const bool m_readsAgain;
    const Instant m_now;
    KeptSets m_sets;
    mutable std::mutex m_mutex;
    std::map<BitmapKey, KeptSets::Copy> m_checked; // in this session
};

} // namespace cohortist
