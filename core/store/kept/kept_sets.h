// SPDX-License-Identifier: GPL-3.0-or-later
// The sets of one source and prefix that are kept in local files (kept_folder.h), each set as it
// was when it was last handed over. Other programs keep what they have read in the same folder, and
// clocks are set, so each set comes with the copy that it is of: what was found to be right of one
// copy says nothing of another. A file is written aside, by a thread of its own, so nobody waits
// for it but the destructor. Whatever is wrong with the files, a set is then not kept, and that is
// all: nothing here is an error to whoever asks. Safe to use from several threads.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/store/bitmap_store.h"
#include "core/store/kept/kept_folder.h"

namespace cohortist {

class KeptSets {
public:
    // info and catalog: the source's.
    KeptSets(KeptOptions options, const StoreInfo& info,
             std::shared_ptr<const EventCatalog> catalog);
    ~KeptSets(); // what was handed over is written
    KeptSets(const KeptSets&) = delete;
    KeptSets& operator=(const KeptSets&) = delete;

    // Which of the copies of a key's set there are is meant: a file's number, or one that was
    // handed over to this object, by keep().
    using Copy = std::uint64_t;
    static constexpr Copy kOwnCopy = 0;
    struct Set {
        Bitmap bitmap;
        Copy copy = kOwnCopy;
    };

    // What read() would give. Nothing where no copy is kept.
    [[nodiscard]] std::optional<Copy> copyOf(const BitmapKey& key) const;
    // One call of the sink a key, never two at once, with the range of its set or nothing. Error
    // code Cancelled alone.
    using Sink = std::function<void(std::size_t index, std::optional<Set> set)>;
    [[nodiscard]] Result<void> read(std::span<const BitmapKey> keys, ChunkRange range,
                                    const Sink& sink, const JobContext& job);
    // In place of what was kept of the key. What comes faster than it can be written is not kept.
    void keep(const BitmapKey& key, const Bitmap& set);
    void waitUntilWritten(); // which is then done at once
    // Why nothing can be kept, in one line; empty while it can.
    [[nodiscard]] std::string trouble() const;

private:
    // A file with some of the sets.
    struct File {
        std::string path;
        std::shared_ptr<BitmapStore> store;
        Copy copy = kOwnCopy;
    };
    struct Place {
        const File* file = nullptr;
        BitmapKey key; // as the file's catalogue has it
    };
    [[nodiscard]] std::optional<Place>
    placeOf(const BitmapKey& key, const std::vector<std::shared_ptr<File>>& files) const;
    void openFiles();
    void run(const std::stop_token& stop);
    [[nodiscard]] Result<void> writeAll(const std::map<BitmapKey, Bitmap>& sets);
    [[nodiscard]] Result<void> write(const std::map<BitmapKey, Bitmap>& sets);
    [[nodiscard]] Result<void> unite();

    const KeptOptions m_options;
    const std::string m_source;
    const std::string m_prefix;
    const Instant m_asOf;
    const std::shared_ptr<const EventCatalog> m_catalog;
    std::string m_folder; // of this source

    mutable std::mutex m_mutex; // guards all below but the thread
    std::condition_variable_any m_changed;
    std::vector<std::shared_ptr<File>> m_files; // the newest first
    std::string m_ownFile;                      // with what was handed over last
    Copy m_lastCopy = kOwnCopy;
    std::map<BitmapKey, Bitmap> m_waiting; // for the next file
    std::map<BitmapKey, Bitmap> m_beingWritten;
    std::uint64_t m_waitingBytes = 0;
    bool m_isAwaited = false;
    std::string m_trouble;
    std::jthread m_writer; // the last: it uses the others
};

} // namespace cohortist
