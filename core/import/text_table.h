// SPDX-License-Identifier: GPL-3.0-or-later
// Gives texts the numbers 0, 1, 2 … in the order in which they are added. A text costs its bytes
// and some twenty more. find() and its like may be called from several threads while nobody adds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace cohortist {

class TextTable {
public:
    TextTable();
    [[nodiscard]] static std::uint64_t hashOf(std::string_view text);

    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text,
                                                    std::uint64_t hash) const;
    // Fetches into the caches what find() will look at. In a table larger than they are, finding
    // some dozens together after this takes a third of the time.
    struct Sought {
        std::string_view text;
        std::uint64_t hash = 0;
    };
    void prefetch(std::span<const Sought> sought) const;
    // The same for one text that is likely new.
    void prefetchNew(std::uint64_t hash) const { __builtin_prefetch(&m_slots[homeOf(hash)]); }
    // The text's number, old or new. At most 2^32 - 1 texts.
    std::uint32_t add(std::string_view text, std::uint64_t hash);

    [[nodiscard]] std::size_t size() const { return m_texts.size(); }
    [[nodiscard]] std::string_view text(std::uint32_t number) const {
        return {m_texts[number].data, m_texts[number].size};
    }

private:
    struct Text {
        const char* data = nullptr;
        std::uint32_t size = 0;
    };
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t number = kEmpty;
    };
    static constexpr std::uint32_t kEmpty = UINT32_MAX;

    [[nodiscard]] std::size_t homeOf(std::uint64_t hash) const {
        return static_cast<std::uint32_t>(hash) & (m_slots.size() - 1);
    }
    [[nodiscard]] std::size_t slotOf(std::string_view text, std::uint64_t hash) const;
    void grow();
    [[nodiscard]] const char* keep(std::string_view text);

    std::vector<Slot> m_slots; // a power of two; open addressing
    std::vector<Text> m_texts;
    std::vector<std::unique_ptr<char[]>> m_blocks;
    std::size_t m_blockLeft = 0;
    char* m_blockAt = nullptr;
};

} // namespace cohortist
