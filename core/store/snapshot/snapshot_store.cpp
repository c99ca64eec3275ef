// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/snapshot_store.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <numeric>

#include "core/base/worker_pool.h"
#include "core/store/snapshot/snapshot_file.h"
#include "core/store/snapshot/text_ids.h"

namespace cohortist {

using namespace snapshot;

namespace {

// What one worker reads before it hands the outcomes over: little enough that all workers have
// some, and that a slow batch holds nobody up for long.
constexpr std::size_t kBatchKeys = 64;
constexpr std::uint64_t kBatchesPerWorker = 8;
constexpr std::uint64_t kLeastBatchBytes = 64U << 10;
constexpr std::uint64_t kMostBatchBytes = 4U << 20;

struct Wanted {
    std::uint32_t number = 0;
    std::size_t index = 0; // in the keys asked for
};

// Outcomes are handed over by several workers, one at a time; the first failure ends it all.
struct Delivery {
    const ReadSink& sink;
    std::mutex mutex;
    std::atomic<bool> hasFailed = false;
    std::atomic<bool> hasDamage = false;
    Error error;

    void failWith(Error failure) {
        const std::lock_guard lock(mutex);
        if (!hasFailed.exchange(true)) {
            error = std::move(failure);
        }
    }
};

class SnapshotStore final : public BitmapStore {
public:
    explicit SnapshotStore(std::unique_ptr<SnapshotFile> file)
        : m_file(std::move(file)) {
        const MetaTable& meta = m_file->meta();
        m_info = StoreInfo{.name = std::filesystem::path(m_file->path()).filename().string(),
                           .kind = "snapshot",
                           .prefix = meta.prefix,
                           .origin = meta.origin,
                           .asOf = meta.asOf,
                           .hasTextIds = meta.texts > 0};
    }

    const StoreInfo& info() const override { return m_info; }
    std::shared_ptr<const EventCatalog> catalog() const override {
        return m_file->directory().catalog();
    }
    Result<void> read(std::span<const BitmapKey> keys, ChunkRange range, const ReadSink& sink,
                      const JobContext& job) override;
    std::uint64_t estimatedBytes(std::span<const BitmapKey> keys) const override;
    Result<std::vector<std::string>> textsOf(std::span<const std::uint32_t> ids) const override;
    Result<std::optional<std::uint32_t>> findText(const std::string& text) const override;

private:
    void readBatch(std::span<const Wanted> batch, ChunkRange range, Delivery& delivery,
                   const JobContext& job) const;
    [[nodiscard]] std::vector<std::span<const Wanted>>
    batchesOf(std::span<const Wanted> wanted) const;

    std::unique_ptr<SnapshotFile> m_file;
    StoreInfo m_info;
    WorkerPool m_pool;
};

std::vector<std::span<const Wanted>>
SnapshotStore::batchesOf(std::span<const Wanted> wanted) const {
    const Directory& directory = m_file->directory();
    std::uint64_t all = 0;
    for (const Wanted& each : wanted) {
        all += directory.bytesOf(each.number);
    }
    const std::uint64_t most =
        std::clamp(all / (m_pool.size() * kBatchesPerWorker), kLeastBatchBytes, kMostBatchBytes);
    std::vector<std::span<const Wanted>> batches;
    std::size_t first = 0;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        bytes += directory.bytesOf(wanted[i].number);
        if (i + 1 == wanted.size() || i + 1 - first == kBatchKeys || bytes >= most) {
            batches.push_back(wanted.subspan(first, i + 1 - first));
            first = i + 1;
            bytes = 0;
        }
    }
    return batches;
}

void SnapshotStore::readBatch(std::span<const Wanted> batch, ChunkRange range, Delivery& delivery,
                              const JobContext& job) const {
    struct Task {
        SnapshotFile::Part part;
        std::size_t key = 0; // in the batch
    };
    std::vector<Task> tasks;
    std::vector<SnapshotFile::Part> parts;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        parts.clear();
        m_file->appendParts(batch[i].number, range, parts);
        for (const SnapshotFile::Part& part : parts) {
            tasks.push_back({part, i});
        }
    }
    // Rows in their order are pages in their order. A key's pieces stay ascending.
    std::sort(tasks.begin(), tasks.end(),
              [](const Task& a, const Task& b) { return a.part.id < b.part.id; });

    Result<SnapshotFile::Lease> connection = m_file->lease();
    if (!connection) {
        delivery.failWith(std::move(connection).error());
        return;
    }
    std::vector<KeyRead> outcomes(batch.size());
    std::vector<std::vector<Bitmap>> pieces(batch.size());
    for (const Task& task : tasks) {
        if (job.isCancelled() || delivery.hasFailed) {
            return;
        }
        KeyRead& outcome = outcomes[task.key];
        Result<Bitmap> set = readPart(**connection, m_file->path(), task.part);
        if (set) {
            pieces[task.key].push_back(*std::move(set));
        } else if (set.error().code == ErrorCode::Damaged) {
            outcome.state = KeyState::Damaged;
            outcome.why = set.error().why.english();
            delivery.hasDamage = true;
        } else {
            delivery.failWith(std::move(set).error());
            return;
        }
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (outcomes[i].state == KeyState::Damaged) {
            continue;
        }
        Result<Bitmap> joined =
            pieces[i].size() == 1 ? std::move(pieces[i].front()) : Bitmap::join(pieces[i]);
        if (!joined) {
            outcomes[i].state = KeyState::Damaged;
            outcomes[i].why = joined.error().why.english();
            continue;
        }
        outcomes[i].state = KeyState::Read;
        outcomes[i].bitmap = joined->slice(range);
    }
    const std::lock_guard lock(delivery.mutex);
    for (std::size_t i = 0; i < batch.size() && !delivery.hasFailed; ++i) {
        delivery.sink(batch[i].index, std::move(outcomes[i]));
    }
}

Result<void> SnapshotStore::read(std::span<const BitmapKey> keys, ChunkRange range,
                                 const ReadSink& sink, const JobContext& job) {
    if (Result<void> same = m_file->checkUnchanged(); !same) {
        return same;
    }
    std::vector<Wanted> wanted;
    wanted.reserve(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (const auto number = m_file->directory().numberOf(keys[i])) {
            wanted.push_back({*number, i});
        } else {
            sink(i, KeyRead{});
        }
    }
    std::stable_sort(wanted.begin(), wanted.end(),
                     [](const Wanted& a, const Wanted& b) { return a.number < b.number; });
    const auto batches = batchesOf(wanted);
    Delivery delivery{.sink = sink, .mutex = {}, .error = {}};
    const bool isComplete =
        m_pool.forEach(batches.size(), job, [&](std::size_t batch, unsigned /*worker*/) {
            if (!delivery.hasFailed) {
                readBatch(batches[batch], range, delivery, job);
            }
        });
    if (!isComplete || job.isCancelled()) {
        return failCancelled();
    }
    // What looks like damage may be another file in its place.
    if (delivery.hasFailed || delivery.hasDamage) {
        if (Result<void> same = m_file->checkUnchanged(); !same) {
            return same;
        }
    }
    if (delivery.hasFailed) {
        return fail(std::move(delivery.error));
    }
    return {};
}

std::uint64_t SnapshotStore::estimatedBytes(std::span<const BitmapKey> keys) const {
    std::uint64_t bytes = 0;
    for (const BitmapKey& key : keys) {
        if (const auto number = m_file->directory().numberOf(key)) {
            bytes += m_file->directory().bytesOf(*number);
        }
    }
    return bytes;
}

Result<std::vector<std::string>> SnapshotStore::textsOf(std::span<const std::uint32_t> ids) const {
    std::vector<std::string> texts(ids.size());
    if (!m_info.hasTextIds) {
        return texts;
    }
    if (Result<void> same = m_file->checkUnchanged(); !same) {
        return fail(std::move(same).error());
    }
    std::vector<std::size_t> order(ids.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!std::is_sorted(ids.begin(), ids.end())) {
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return ids[a] < ids[b]; });
    }
    Result<SnapshotFile::Lease> connection = m_file->lease();
    if (!connection) {
        return fail(std::move(connection).error());
    }
    TextBlockReader reader(**connection, m_file->path());
    for (const std::size_t i : order) {
        const Result<std::string_view> text = reader.textOf(ids[i]);
        if (!text) {
            if (Result<void> same = m_file->checkUnchanged(); !same) {
                return fail(std::move(same).error());
            }
            return fail(text.error());
        }
        texts[i] = *text;
    }
    return texts;
}

Result<std::optional<std::uint32_t>> SnapshotStore::findText(const std::string& text) const {
    if (!m_info.hasTextIds) {
        return std::optional<std::uint32_t>();
    }
    if (Result<void> same = m_file->checkUnchanged(); !same) {
        return fail(std::move(same).error());
    }
    Result<SnapshotFile::Lease> connection = m_file->lease();
    if (!connection) {
        return fail(std::move(connection).error());
    }
    Result<std::optional<std::uint32_t>> id =
        findTextId(**connection, m_file->path(), m_file->meta().textIndexBits, text);
    if (!id) {
        if (Result<void> same = m_file->checkUnchanged(); !same) {
            return fail(std::move(same).error());
        }
    }
    return id;
}

} // namespace

Result<std::shared_ptr<BitmapStore>> openSnapshot(const std::string& path, const JobContext& job) {
    Result<std::unique_ptr<SnapshotFile>> file = SnapshotFile::open(path, job);
    if (!file) {
        return fail(std::move(file).error());
    }
    return std::make_shared<SnapshotStore>(*std::move(file));
}

} // namespace cohortist
