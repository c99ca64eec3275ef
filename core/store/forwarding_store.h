// SPDX-License-Identifier: GPL-3.0-or-later
// A store in front of another: asks that one for whatever the derived class does not answer itself.
// As safe as the store beneath.
#pragma once

#include <memory>
#include <utility>

#include "core/store/counted_store.h"

namespace cohortist {

// Store: BitmapStore or CountedStore.
template <typename Store>
class ForwardingStore : public Store {
public:
    explicit ForwardingStore(std::shared_ptr<Store> source)
        : m_source(std::move(source)) {}

    [[nodiscard]] const StoreInfo& info() const override { return m_source->info(); }
    [[nodiscard]] std::shared_ptr<const EventCatalog> catalog() const override {
        return m_source->catalog();
    }
    [[nodiscard]] Result<void> read(std::span<const BitmapKey> keys, ChunkRange range,
                                    const ReadSink& sink, const JobContext& job) override {
        return m_source->read(keys, range, sink, job);
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

protected:
    [[nodiscard]] Store& source() const { return *m_source; }

private:
    const std::shared_ptr<Store> m_source;
};

} // namespace cohortist
