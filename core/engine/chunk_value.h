// SPDX-License-Identifier: GPL-3.0-or-later
// A node's value for one chunk in whichever form it came or was computed: an array, a bitset or
// runs. A value may own its memory (8 KiB, kept from chunk to chunk) or look into an input's bytes.
// Any form can be looked at as a bitset, which is made once, when it is first asked for. Used by
// one worker at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "core/sets/chunk.h"
#include "core/sets/kernels.h"

namespace cohortist {

// A chunk as a bitset, at the beginning of a cache line.
struct alignas(64) ChunkWords : std::array<std::uint64_t, kChunkWords> {};

class ChunkValue {
public:
    // Longer arrays are met with other sets, and counted, quicker as bitsets.
    static constexpr std::uint32_t kLongestArray = 192;

    [[nodiscard]] std::uint32_t count() const { return m_count; }
    [[nodiscard]] bool isEmpty() const { return m_count == 0; }
    [[nodiscard]] bool isFull() const { return m_count == kChunkBits; }
    [[nodiscard]] bool isArray() const { return m_form == ChunkView::Form::Array; } // or empty
    [[nodiscard]] bool isShort() const { return isArray() && m_count <= kLongestArray; }
    // Only for an array.
    [[nodiscard]] std::span<const std::uint16_t> array() const { return {m_array, m_count}; }
    // As a bitset, whatever the form; and the part of it outside of which no bit is set.
    [[nodiscard]] const std::uint64_t* bits() const { return m_bits ? m_bits : makeBits(); }
    [[nodiscard]] bool hasBits() const { return m_bits != nullptr; } // made already
    [[nodiscard]] kernels::WordRange range() const;

    // Before each new content, and while the bytes that it looks at are still there.
    void clear();
    // The view and its bytes must outlive the content. uses: how often it will be looked at; what
    // is looked at often is copied to where that is quickest.
    void load(const ChunkView& view, std::uint32_t uses);

    // *this must not be an operand. There is at least one, and none is empty.
    using Operands = std::span<const ChunkValue*>;
    void intersect(Operands operands); // puts them in order of size
    void unite(Operands operands);
    void exclude(Operands operands);  // in an odd number of them
    void subtract(Operands operands); // the first without the others
    // Memory to fill with a bitset; setBitset says how many bits were set in it.
    [[nodiscard]] std::uint64_t* bitset() { return memory().words.data(); }
    void setBitset(std::uint32_t count);

private:
    union Memory {
        ChunkWords words;
        std::array<std::uint16_t, std::size_t{kChunkWords} * 4> values;
    };
    Memory& memory();
    const std::uint64_t* makeBits() const;
    void setArray(std::size_t count); // of what lies in memory
    void assign(const ChunkValue& other);
    void filterArray(const ChunkValue& values, Operands others, bool keepSet);

    ChunkView::Form m_form = ChunkView::Form::Array;
    std::uint32_t m_count = 0;
    const std::uint16_t* m_array = nullptr; // Array
    const ChunkView* m_runs = nullptr;      // Runs
    mutable const std::uint64_t* m_bits = nullptr;
    std::unique_ptr<Memory> m_memory;
    mutable std::unique_ptr<ChunkWords> m_image; // an array or runs as a bitset; else all zero
};

[[nodiscard]] std::uint32_t countIntersection(const ChunkValue& a, const ChunkValue& b);

} // namespace cohortist
