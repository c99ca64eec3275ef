// SPDX-License-Identifier: GPL-3.0-or-later
// A node's value for one chunk in whichever form it came or was computed: an array, a bitset or
// runs. A value lies in blocks of its worker's (8 KiB, given back when it is cleared) or looks into
// an input's bytes. Any form can be looked at as a bitset, which is made once, when it is first
// asked for. Used by one worker at a time.
#pragma once

#include <cstdint>
#include <span>

#include "core/engine/chunk_blocks.h"
#include "core/sets/chunk.h"
#include "core/sets/kernels.h"

namespace cohortist {

class ChunkValue {
public:
    // Longer arrays are met with other sets, and counted, quicker as bitsets.
    static constexpr std::uint32_t kLongestArray = 192;
    static constexpr std::uint32_t kFewRuns = 4;

    explicit ChunkValue(ChunkBlocks& blocks) // which outlive it
        : m_blocks(&blocks) {}

    [[nodiscard]] std::uint32_t count() const { return m_count; }
    [[nodiscard]] bool isEmpty() const { return m_count == 0; }
    [[nodiscard]] bool isFull() const { return m_count == kChunkBits; }
    [[nodiscard]] bool isArray() const { return m_form == ChunkView::Form::Array; } // or empty
    [[nodiscard]] bool isShort() const { return isArray() && m_count <= kLongestArray; }
    // Is met run by run quicker than as a bitset.
    [[nodiscard]] bool hasFewRuns() const {
        return m_form == ChunkView::Form::Runs && m_runs->runCount <= kFewRuns;
    }
    [[nodiscard]] const ChunkView& runs() const { return *m_runs; } // only for runs
    // Only for an array.
    [[nodiscard]] std::span<const std::uint16_t> array() const { return {m_array, m_count}; }
    // As a bitset, whatever the form; and the part of it outside of which no bit is set.
    [[nodiscard]] const std::uint64_t* bits() const { return m_bits ? m_bits : makeBits(); }
    [[nodiscard]] bool hasBits() const { return m_bits != nullptr; } // made already
    [[nodiscard]] kernels::WordRange range() const;
    [[nodiscard]] std::uint32_t countIn(kernels::Run run) const; // how many of the run's ids

    // Before each new content, while the bytes that it looks at are still there, and at last.
    void clear() {
        if (m_image || m_memory) {
            giveBack();
        }
        m_form = ChunkView::Form::Array;
        m_count = 0;
        m_bits = nullptr;
    }
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
    [[nodiscard]] std::uint64_t* bitset();
    void setBitset(std::uint32_t count);

private:
    [[nodiscard]] std::uint16_t* values(); // the same memory, for an array of up to 32,768
    const std::uint64_t* makeBits() const;
    void giveBack();                  // its blocks
    void setArray(std::size_t count); // of what lies in values()
    void assign(const ChunkValue& other);
    void filterArray(const ChunkValue& values, Operands others, bool keepSet);

    ChunkView::Form m_form = ChunkView::Form::Array;
    std::uint32_t m_count = 0;
    const std::uint16_t* m_array = nullptr; // Array
    const ChunkView* m_runs = nullptr;      // Runs
    mutable const std::uint64_t* m_bits = nullptr;
    ChunkBlocks* m_blocks;
    ChunkBlocks::Block m_memory;
    mutable ChunkBlocks::Block m_image; // an array or runs as a bitset
};

[[nodiscard]] std::uint32_t countIntersection(const ChunkValue& a, const ChunkValue& b);

} // namespace cohortist
