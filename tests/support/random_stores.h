// SPDX-License-Identifier: GPL-3.0-or-later
// Random contents of a store for tests, written as a snapshot or held in memory, and a comparison
// of two stores through everything that the interface tells. Not thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <QString>
#include <QTemporaryDir>

#include "core/store/bitmap_store.h"
#include "core/store/memory/memory_store.h"
#include "core/store/snapshot/snapshot_writer.h"

namespace cohortist::test {

struct Contents {
    // Keys ascend as a snapshot has them: by name, kind, period.
    std::vector<MemoryKey> keys;
    std::map<std::uint32_t, std::string> texts;
    Bitmap everyone;
    Instant asOf{};
    std::string prefix = "trackist_";
    std::string origin = "test";
};

// Sets of every shape, some of many pieces; made once, as the dense ones take long.
[[nodiscard]] const std::vector<Bitmap>& poolOfSets();
[[nodiscard]] Contents randomContents(std::mt19937_64& random);
[[nodiscard]] std::vector<BitmapKey> keysOf(const EventCatalog& catalog); // and everyone

[[nodiscard]] Result<void> writeSnapshot(const Contents& contents, const std::string& path,
                                         const JobContext& job = {}, SnapshotLayout layout = {});
[[nodiscard]] std::shared_ptr<MemoryStore> inMemory(const Contents& contents);

// What became of reading everything: an error or a damaged part anywhere, or every value.
struct Reading {
    bool hasTrouble = false;
    QString trouble;
    std::vector<EventEntry> entries;
    std::vector<Bitmap> sets;
    std::vector<std::string> texts;
    std::string info;
    bool operator==(const Reading&) const = default;
};
// texts: the ids to ask for; each one's text is looked up the other way too.
[[nodiscard]] Reading readAll(const std::string& path,
                              const std::map<std::uint32_t, std::string>& texts);
[[nodiscard]] Reading readAll(BitmapStore& store, ChunkRange range,
                              const std::map<std::uint32_t, std::string>& texts);

// A folder that fsync does not slow down, where there is one.
[[nodiscard]] std::unique_ptr<QTemporaryDir> fastFolder();
[[nodiscard]] std::string bytesOfFile(const std::string& path);
void writeBytes(const std::string& path, const std::string& bytes);
// Runs the check without root's power to read and write everything, in a child process if need be.
[[nodiscard]] bool asOrdinaryUser(const std::function<bool()>& check);
[[nodiscard]] QString textOf(const Error& error);

} // namespace cohortist::test
