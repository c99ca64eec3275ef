// SPDX-License-Identifier: GPL-3.0-or-later
// A node's value for one chunk, in the form that is quickest to count with: nothing, a short array,
// or a bitset. A value may own its memory (8 KiB, kept from chunk to chunk) or look into an input's
// bytes. Used by one worker at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "core/sets/chunk.h"

namespace cohortist {

class ChunkValue {
public:
    // Longer arrays count faster as bitsets.
    static constexpr std::uint32_t kLongestArray = 512;

    [[nodiscard]] std::uint32_t count() const { return m_count; }
    [[nodiscard]] bool isEmpty() const { return m_count == 0; }
    [[nodiscard]] bool isArray() const { return m_words == nullptr; }
    // Only for the form that it has.
    [[nodiscard]] std::span<const std::uint16_t> array() const { return {m_array, m_count}; }
    [[nodiscard]] const std::uint64_t* words() const { return m_words; }

    void clear();
    void load(const ChunkView* view);     // null: empty. The view's bytes must outlive the value
    void assign(const ChunkValue& other); // copies what it holds

    // *this must not be an operand.
    void intersect(std::span<const ChunkValue* const> operands);
    void unite(std::span<const ChunkValue* const> operands);
    void exclude(std::span<const ChunkValue* const> operands);  // in an odd number of them
    void subtract(std::span<const ChunkValue* const> operands); // the first without the others
    // Memory to fill with a bitset; setBitset says how many bits were set in it.
    [[nodiscard]] std::uint64_t* bitset() { return memory().words.data(); }
    void setBitset(std::uint32_t count);

private:
    union Memory {
        std::array<std::uint64_t, kChunkWords> words;
        std::array<std::uint16_t, std::size_t{kChunkWords} * 4> values;
    };
    Memory& memory();
    void setArray(std::size_t count);     // of what lies in memory
    void become(const ChunkValue& other); // as a bitset, in own memory

    std::uint32_t m_count = 0;
    const std::uint16_t* m_array = nullptr;
    const std::uint64_t* m_words = nullptr; // null: an array, maybe empty
    std::unique_ptr<Memory> m_memory;
};

[[nodiscard]] std::uint32_t countIntersection(const ChunkValue& a, const ChunkValue& b);

} // namespace cohortist
