// SPDX-License-Identifier: GPL-3.0-or-later
// Where bitmaps come from: a snapshot file, a server, memory. A store knows its catalogue at
// once and reads bitmaps in batches, whole or a range of chunks of each, telling for each key what
// became of it. Stores are safe to call from several threads. Nothing here ever writes to a source.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/catalog/event_catalog.h"
#include "core/catalog/key_state.h"
#include "core/sets/bitmap.h"

namespace cohortist {

struct StoreInfo {
    std::string name;   // what the window shows: the file's or the server's name
    std::string kind;   // "snapshot", "memory", "Redis 7.0.15"
    std::string prefix; // of the keys, as Explain prints them
    std::string origin; // where the data came from: "demo", a file, a server without its password
    Instant asOf{};     // the default as-of instant
    bool hasTextIds = false;
};

struct KeyRead {
    KeyState state = KeyState::NoData;
    Bitmap bitmap;       // for KeyState::Read: the asked range of it
    std::string why;     // for the unreadable ones
    bool isKept = false; // read from a local copy that the source says is still right
};
// index: position in the keys asked for. Calls come in any order, from any thread, never two at
// once.
using ReadSink = std::function<void(std::size_t index, KeyRead read)>;

class BitmapStore {
public:
    virtual ~BitmapStore() = default;

    [[nodiscard]] virtual const StoreInfo& info() const = 0;
    [[nodiscard]] virtual std::shared_ptr<const EventCatalog> catalog() const = 0;

    // Delivers exactly one outcome a key unless it fails as a whole (source gone, Cancelled,
    // Changed). BitmapKey::everyone() is read like any other.
    [[nodiscard]] virtual Result<void> read(std::span<const BitmapKey> keys, ChunkRange range,
                                            const ReadSink& sink, const JobContext& job) = 0;
    // About how many bytes the keys take in memory; 0 where it is not known.
    [[nodiscard]] virtual std::uint64_t estimatedBytes(std::span<const BitmapKey> keys) const = 0;

    // Text ids, for sources that have them: the texts of ids, in step (empty where one has none),
    // and the id of a text.
    [[nodiscard]] virtual Result<std::vector<std::string>>
    textsOf(std::span<const std::uint32_t> ids) const = 0;
    [[nodiscard]] virtual Result<std::optional<std::uint32_t>>
    findText(const std::string& text) const = 0;

protected:
    BitmapStore() = default;
    BitmapStore(const BitmapStore&) = default;
    BitmapStore& operator=(const BitmapStore&) = default;
};

} // namespace cohortist
