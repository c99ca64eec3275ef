// SPDX-License-Identifier: GPL-3.0-or-later
// What a Bitmap shares: the directory of its chunks and the bytes they lie in. Never changed once a
// Bitmap holds it. Private to this room.
#pragma once

#include <memory>
#include <vector>

#include "core/sets/bitmap.h"
#include "core/sets/chunk_view.h"

namespace cohortist {

struct Bitmap::Data {
    std::vector<ChunkView> chunks;                   // ascending by number, none empty
    std::vector<std::uint64_t> before;               // ids in the chunks before each
    std::vector<std::shared_ptr<const void>> owners; // of the bytes
    std::uint64_t count = 0;
    std::uint64_t bytes = 0; // that the chunks take

    // Fills all but the chunks and the owners.
    void index() {
        before.clear();
        before.reserve(chunks.size());
        count = 0;
        bytes = chunks.size() * sizeof(ChunkView);
        for (const ChunkView& view : chunks) {
            before.push_back(count);
            count += view.cardinality;
            bytes += bytesOf(view);
        }
    }
};

} // namespace cohortist
