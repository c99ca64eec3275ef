// SPDX-License-Identifier: GPL-3.0-or-later
// A server's store whose past periods are kept in local files: a period that ended more than a day
// ago is read from there once the server has told, at its first use since this store was made, that
// it still counts as many users; equal counts are taken as unchanged, though bitmapist can unmark
// one user and mark another. Running and just ended periods and flags are always read. Thread-safe.
#pragma once

#include <map>
#include <mutex>

#include "core/store/forwarding_store.h"
#include "core/store/kept/kept_sets.h"

namespace cohortist {

class KeptStore final : public ForwardingStore<CountedStore> {
public:
    // now: when the source was opened; what has ended since is read.
    KeptStore(std::shared_ptr<CountedStore> source, const KeptOptions& options, Instant now);

    [[nodiscard]] Result<void> read(std::span<const BitmapKey> keys, ChunkRange range,
                                    const ReadSink& sink, const JobContext& job) override;
    [[nodiscard]] Result<void> count(std::span<const BitmapKey> keys, const CountSink& sink,
                                     const JobContext& job) override {
        return source().count(keys, sink, job);
    }

    [[nodiscard]] KeptSets& sets() { return m_sets; }

private:
    [[nodiscard]] Result<void> readKeys(std::span<const BitmapKey> keys, ChunkRange range,
                                        const ReadSink& sink, const JobContext& job);
    [[nodiscard]] bool isPast(const BitmapKey& key) const;
    // Whether the copy is what the server had in this session.
    [[nodiscard]] bool isBelieved(const BitmapKey& key, KeptSets::Copy copy) const;
    void setBelieved(const BitmapKey& key, KeptSets::Copy copy);

    const std::shared_ptr<const EventCatalog> m_catalog;
    const bool m_readsAgain;
    const Instant m_now;
    KeptSets m_sets;
    mutable std::mutex m_mutex;
    std::map<BitmapKey, KeptSets::Copy> m_checked; // in this session
};

} // namespace cohortist
