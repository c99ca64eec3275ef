// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a snapshot file. It grows under a temporary name in the folder of its place (of a link's
// target, where the path is a link), readable by the owner alone; finish() forces it to disk, reads
// it back, checks it and only then renames it into place. After any error, a cancel, or when the
// writer is dropped unfinished, an older file is untouched and nothing temporary is left. The bytes
// depend on nothing but what is handed in. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/calendar/period.h"
#include "core/catalog/event_catalog.h"
#include "core/sets/bitmap.h"
#include "core/store/snapshot/format.h"

namespace cohortist {

struct SnapshotMeta {
    std::string origin; // where the data came from: "demo", a file's name, a server; no password
    std::string prefix = "trackist_";
    Instant asOf{};
};

// How sets are cut into rows of the file; LAYOUT.md tells why the present values are what they are.
struct SnapshotLayout {
    std::uint32_t pieceChunks = snapshot::kPieceChunks; // 1 … kMaxPieceChunks
    std::uint64_t wholeBytes = snapshot::kWholeBytes;   // at most kMaxWholeBytes
};

struct TextId {
    std::uint32_t id = 0;
    std::string_view text;
};

class SnapshotWriter {
public:
    [[nodiscard]] static Result<SnapshotWriter> create(const std::string& path, SnapshotMeta meta,
                                                       JobContext job, SnapshotLayout layout = {});
    ~SnapshotWriter();
    SnapshotWriter(SnapshotWriter&& other) noexcept;
    SnapshotWriter& operator=(SnapshotWriter&& other) noexcept;

    // In catalogue order: event names ascending by bytes, then kinds (hour … month, unique), then
    // periods ascending; each key once. period is 0 for Kind::Unique. An empty set is a key too.
    [[nodiscard]] Result<void> add(std::string_view event, Kind kind, std::int32_t period,
                                   const Bitmap& set);
    // Says of the event added last how its unique key was spelled (see EventEntry).
    void setUniqueForm(bool isOlderForm, bool hasBothForms);
    // Ascending by id over all calls; texts must differ and be at most 64 KiB long.
    [[nodiscard]] Result<void> addTextIds(std::span<const TextId> texts);
    [[nodiscard]] Result<void> finish(const Bitmap& everyone);

private:
    class Impl;
    explicit SnapshotWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace cohortist
