// SPDX-License-Identifier: GPL-3.0-or-later
// A source that lies in memory: for tests, for sets that a program makes itself, and as the plain
// reference that other stores are compared with. Its contents are fixed when it is built, so it is
// safe to read from any number of threads. Given keys can be made to fail, to see what becomes of
// it.
#pragma once

#include <map>
#include <unordered_map>
#include <utility>

#include "core/store/bitmap_store.h"

namespace cohortist {

struct MemoryKey {
    std::string event;
    Kind kind = Kind::Day;
    std::int32_t period = 0; // 0 for Kind::Unique
    Bitmap set;
};

struct MemoryOptions {
    std::string name = "memory";
    std::string prefix = "trackist_";
    std::string origin = "memory";
    std::optional<Instant> asOf{};    // without it the end of the last dated key, or 1970
    std::optional<Bitmap> everyone{}; // without it the union that everyoneKeys() names
    std::vector<std::pair<std::uint32_t, std::string>> textIds{}; // any order; ids and texts differ
};

class MemoryStore final : public BitmapStore {
public:
    // keys: in any order; of keys given twice the last counts. An empty set is a key all the same.
    explicit MemoryStore(std::vector<MemoryKey> keys, MemoryOptions options = {});

    // From now on the key's outcome is `state`, whatever it holds. Not while anyone reads.
    void failKey(const BitmapKey& key, KeyState state, std::string why);

    [[nodiscard]] const StoreInfo& info() const override { return m_info; }
    [[nodiscard]] std::shared_ptr<const EventCatalog> catalog() const override { return m_catalog; }
    [[nodiscard]] Result<void> read(std::span<const BitmapKey> keys, ChunkRange range,
                                    const ReadSink& sink, const JobContext& job) override;
    [[nodiscard]] std::uint64_t estimatedBytes(std::span<const BitmapKey> keys) const override;
    [[nodiscard]] Result<std::vector<std::string>>
    textsOf(std::span<const std::uint32_t> ids) const override;
    [[nodiscard]] Result<std::optional<std::uint32_t>>
    findText(const std::string& text) const override;

private:
    struct Failure {
        KeyState state = KeyState::Damaged;
        std::string why;
    };
    StoreInfo m_info;
    std::shared_ptr<const EventCatalog> m_catalog;
    std::map<BitmapKey, Bitmap> m_sets;
    std::map<BitmapKey, Failure> m_failures;
    std::unordered_map<std::uint32_t, std::string> m_texts;
    std::unordered_map<std::string, std::uint32_t> m_idsOfTexts;
};

} // namespace cohortist
