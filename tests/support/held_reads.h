// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes of a set that cannot be read before they are let go: whoever tries is held where it reads.
// So a test stops a walk at a place of its choice, however fast the machine is, in code that calls
// nobody back. One at a time; it must be let go before the set's bytes are gone.
#pragma once

#include <span>

#include "core/sets/chunk.h"

namespace cohortist::test {

class HeldReads {
public:
    // Of each view, which is a bitset, the whole pages are held.
    explicit HeldReads(std::span<const ChunkView> bitsets);
    ~HeldReads();
    HeldReads(const HeldReads&) = delete;
    HeldReads& operator=(const HeldReads&) = delete;

    // Until so many threads are held; false when it takes a minute.
    [[nodiscard]] bool waitFor(unsigned threads) const;
    void letGo();
};

} // namespace cohortist::test
