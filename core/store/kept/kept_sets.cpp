// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/kept/kept_sets.h"

#include <algorithm>
#include <filesystem>

#include "core/store/kept/kept_writer.h"
#include "core/store/snapshot/snapshot_store.h"

namespace cohortist {

namespace {

// What waits for the disk is held in memory.
constexpr std::uint64_t kMostWaiting = std::uint64_t{256} << 20U;
// So many small files become one: smaller than this, and than this part of the limit.
constexpr std::size_t kSmallFiles = 8;
constexpr std::uint64_t kSmallBytes = std::uint64_t{32} << 20U;
constexpr std::uint64_t kSmallPart = 16;

void removeFile(const std::string& path) {
    std::error_code none;
    std::filesystem::remove(path, none);
}

bool isThere(const std::string& path) {
    std::error_code none;
    return std::filesystem::exists(path, none);
}

} // namespace

KeptSets::KeptSets(KeptOptions options, const StoreInfo& info,
                   std::shared_ptr<const EventCatalog> catalog)
    : m_options(std::move(options))
    , m_source(info.origin)
    , m_prefix(info.prefix)
    , m_asOf(info.asOf)
    , m_catalog(std::move(catalog)) {
    auto folder = enterKept(m_options.folder, m_source, m_prefix);
    if (!folder) {
        m_trouble = folder.error().english();
        return;
    }
    m_folder = *std::move(folder);
    limitKept(m_options.folder, m_options.limitBytes); // it may have been lowered
    openFiles();
    m_writer = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

KeptSets::~KeptSets() = default;

std::string KeptSets::trouble() const {
    const std::lock_guard lock(m_mutex);
    return m_trouble;
}

// Those that are open stay so; what cannot be read is of no use to anybody.
void KeptSets::openFiles() {
    std::vector<std::shared_ptr<File>> files;
    for (const std::string& path : keptFiles(m_folder)) {
        const auto open = [&] {
            const std::lock_guard lock(m_mutex);
            const auto found = std::find_if(m_files.begin(), m_files.end(),
                                            [&](const auto& file) { return file->path == path; });
            return found == m_files.end() ? nullptr : *found;
        }();
        if (open) {
            files.push_back(open);
            continue;
        }
        auto store = openSnapshot(path, {});
        if (store && (*store)->info().prefix == m_prefix && (*store)->info().origin == m_source) {
            const std::lock_guard lock(m_mutex);
            const Copy copy = path == m_ownFile ? kOwnCopy : ++m_lastCopy;
            files.push_back(std::make_shared<File>(File{path, *std::move(store), copy}));
        } else if (!store && store.error().code == ErrorCode::Damaged) {
            removeFile(path);
        }
    }
    const std::lock_guard lock(m_mutex);
    m_files = std::move(files);
}

std::optional<KeptSets::Place>
KeptSets::placeOf(const BitmapKey& key, const std::vector<std::shared_ptr<File>>& files) const {
    const std::string& name = m_catalog->entry(key.event).name;
    for (const auto& file : files) {
        const auto catalog = file->store->catalog();
        const auto event = catalog->find(name);
        if (event && catalog->has({*event, key.kind, key.period})) {
            return Place{file.get(), {*event, key.kind, key.period}};
        }
    }
    return std::nullopt;
}

std::optional<KeptSets::Copy> KeptSets::copyOf(const BitmapKey& key) const {
    const std::lock_guard lock(m_mutex);
    if (m_waiting.contains(key) || m_beingWritten.contains(key)) {
        return kOwnCopy;
    }
    const auto place = placeOf(key, m_files);
    return place ? std::optional(place->file->copy) : std::nullopt;
}

Result<void> KeptSets::read(std::span<const BitmapKey> keys, ChunkRange range, const Sink& sink,
                            const JobContext& job) {
    std::vector<std::shared_ptr<File>> files;
    std::map<const File*, std::pair<std::vector<BitmapKey>, std::vector<std::size_t>>> wanted;
    std::vector<std::pair<std::size_t, std::optional<Set>>> atHand;
    {
        const std::lock_guard lock(m_mutex);
        files = m_files;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const auto waiting = m_waiting.find(keys[i]);
            const auto written = m_beingWritten.find(keys[i]);
            if (waiting != m_waiting.end()) {
                atHand.emplace_back(i, Set{waiting->second.slice(range)});
            } else if (written != m_beingWritten.end()) {
                atHand.emplace_back(i, Set{written->second.slice(range)});
            } else if (const auto place = placeOf(keys[i], files)) {
                wanted[place->file].first.push_back(place->key);
                wanted[place->file].second.push_back(i);
            } else {
                atHand.emplace_back(i, std::nullopt);
            }
        }
    }
    for (auto& [index, set] : atHand) {
        sink(index, std::move(set));
    }
    for (const auto& each : wanted) {
        const File* const file = each.first;
        const auto& [asked, indices] = each.second;
        std::vector<bool> isTold(indices.size());
        auto done = file->store->read(
            asked, range,
            [&, &indices = indices](std::size_t index, KeyRead read) {
                isTold[index] = true;
                sink(indices[index], read.state == KeyState::Read
                                         ? std::optional(Set{std::move(read.bitmap), file->copy})
                                         : std::nullopt);
            },
            job);
        if (!done && done.error().code == ErrorCode::Cancelled) {
            return done;
        }
        for (std::size_t i = 0; i < indices.size(); ++i) { // the file may be gone by now
            if (!isTold[i]) {
                sink(indices[i], std::nullopt);
            }
        }
    }
    return {};
}

void KeptSets::keep(const BitmapKey& key, const Bitmap& set) {
    const std::lock_guard lock(m_mutex);
    if (!m_trouble.empty() || m_waitingBytes + set.bytes() > kMostWaiting ||
        m_waitingBytes + set.bytes() > m_options.limitBytes / 2) {
        return;
    }
    m_waiting.insert_or_assign(key, set);
    m_waitingBytes += set.bytes();
    m_changed.notify_all();
}

void KeptSets::waitUntilWritten() {
    std::unique_lock lock(m_mutex);
    m_isAwaited = true;
    m_changed.notify_all();
    m_changed.wait(lock, [this] {
        return !m_trouble.empty() || (m_waiting.empty() && m_beingWritten.empty());
    });
    m_isAwaited = false;
}

// After a stop what waits is written all the same, and at once.
void KeptSets::run(const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, stop, [this] { return !m_waiting.empty(); });
        if (m_waiting.empty()) {
            return;
        }
        m_changed.wait_for(lock, stop, m_options.writingDelay,
                           [this] { return m_isAwaited || m_waitingBytes > kMostWaiting / 4; });
        m_beingWritten = std::exchange(m_waiting, {});
        m_waitingBytes = 0;
        lock.unlock();
        auto done = writeAll(m_beingWritten);
        lock.lock();
        if (!done) {
            m_trouble = done.error().english();
            m_waiting.clear();
        }
        m_beingWritten.clear();
        m_changed.notify_all();
    }
}

// Without memory for it nothing is kept, and whoever asks goes on.
Result<void> KeptSets::writeAll(const std::map<BitmapKey, Bitmap>& sets) {
    try {
        auto done = write(sets);
        if (done) {
            done = unite();
        }
        limitKept(m_options.folder, m_options.limitBytes);
        openFiles();
        return done;
    } catch (const std::exception& error) {
        return fail(Error{ErrorCode::CannotWrite,
                          message("core", "cannot keep past periods in %1", m_folder),
                          message("core", "%1", std::string(error.what())),
                          {},
                          {},
                          {}});
    }
}

Result<void> KeptSets::write(const std::map<BitmapKey, Bitmap>& sets) {
    const std::string path = newKeptFile(m_folder);
    auto done = writeKept(path, {m_source, m_prefix, m_asOf}, *m_catalog, sets);
    if (done) {
        {
            const std::lock_guard lock(m_mutex);
            m_ownFile = path;
        }
        openFiles();
    }
    return done;
}

// Many small files would make every look longer.
Result<void> KeptSets::unite() {
    std::vector<std::string> paths;
    std::vector<std::shared_ptr<BitmapStore>> stores;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& file : m_files) {
            std::error_code error;
            const auto size = std::filesystem::file_size(file->path, error);
            if (!error && size < std::min(kSmallBytes, m_options.limitBytes / kSmallPart)) {
                paths.push_back(file->path);
                stores.push_back(file->store);
            }
        }
    }
    if (paths.size() < kSmallFiles) {
        return {};
    }
    auto done = uniteKept(newKeptFile(m_folder), {m_source, m_prefix, m_asOf}, *m_catalog, stores);
    if (!done) { // another program may have done the same
        return std::all_of(paths.begin(), paths.end(), isThere) ? done : Result<void>();
    }
    for (const std::string& path : paths) {
        removeFile(path);
    }
    return {};
}

} // namespace cohortist
