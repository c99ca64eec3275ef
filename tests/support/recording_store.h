// SPDX-License-Identifier: GPL-3.0-or-later
// A store in memory that remembers which keys it was asked to read. Used by one thread at a time.
#pragma once

#include "core/store/memory/memory_store.h"

namespace cohortist::test {

class RecordingStore final : public BitmapStore {
public:
    explicit RecordingStore(MemoryStore store)
        : m_store(std::move(store)) {}
    const StoreInfo& info() const override { return m_store.info(); }
    std::shared_ptr<const EventCatalog> catalog() const override { return m_store.catalog(); }
    Result<void> read(std::span<const BitmapKey> keys, ChunkRange range, const ReadSink& sink,
                      const JobContext& job) override {
        asked.insert(asked.end(), keys.begin(), keys.end());
        return m_store.read(keys, range, sink, job);
    }
    std::uint64_t estimatedBytes(std::span<const BitmapKey> keys) const override {
        return m_store.estimatedBytes(keys);
    }
    Result<std::vector<std::string>> textsOf(std::span<const std::uint32_t> ids) const override {
        return m_store.textsOf(ids);
    }
    Result<std::optional<std::uint32_t>> findText(const std::string& text) const override {
        return m_store.findText(text);
    }

    std::vector<BitmapKey> asked; // in this order, each as often as it was

private:
    MemoryStore m_store;
};

} // namespace cohortist::test
