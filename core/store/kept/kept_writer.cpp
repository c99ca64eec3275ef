// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/kept/kept_writer.h"

#include <vector>

#include "core/store/snapshot/snapshot_writer.h"

namespace cohortist {

namespace {

constexpr std::size_t kBatchKeys = 64;

Result<SnapshotWriter> begin(const std::string& path, const KeptOrigin& origin) {
    return SnapshotWriter::create(
        path, {.origin = origin.source, .prefix = origin.prefix, .asOf = origin.asOf}, {});
}

struct Place {
    std::size_t file = 0;
    BitmapKey key; // as the file has it
};

// Where the newest of each set lies.
std::map<BitmapKey, Place> placesIn(const EventCatalog& catalog,
                                    std::span<const std::shared_ptr<BitmapStore>> files) {
    std::map<BitmapKey, Place> places;
    for (std::size_t file = 0; file < files.size(); ++file) {
        const auto own = files[file]->catalog();
        for (EventId event = 0; event < own->size(); ++event) {
            const auto known = catalog.find(own->entry(event).name);
            for (std::size_t kind = 0; known && kind < kKindCount; ++kind) {
                for (const std::int32_t period : own->entry(event).kinds[kind].indices()) {
                    const BitmapKey key{*known, static_cast<Kind>(kind), period};
                    if (catalog.has(key)) {
                        places.try_emplace(key,
                                           Place{file, {event, static_cast<Kind>(kind), period}});
                    }
                }
            }
        }
    }
    return places;
}

Result<void> readBatch(std::span<const std::pair<BitmapKey, Place>> batch,
                       std::span<const std::shared_ptr<BitmapStore>> files,
                       std::vector<std::optional<Bitmap>>& sets) {
    sets.assign(batch.size(), std::nullopt);
    for (std::size_t file = 0; file < files.size(); ++file) {
        std::vector<BitmapKey> keys;
        std::vector<std::size_t> indices;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (batch[i].second.file == file) {
                keys.push_back(batch[i].second.key);
                indices.push_back(i);
            }
        }
        if (keys.empty()) {
            continue;
        }
        auto done =
            files[file]->read(keys, {},
                              [&](std::size_t index, KeyRead read) {
                                  if (read.state == KeyState::Read) { // a damaged one is left out
                                      sets[indices[index]] = std::move(read.bitmap);
                                  }
                              },
                              {});
        if (!done) {
            return done;
        }
    }
    return {};
}

} // namespace

Result<void> writeKept(const std::string& path, const KeptOrigin& origin,
                       const EventCatalog& catalog, const std::map<BitmapKey, Bitmap>& sets) {
    auto writer = begin(path, origin);
    if (!writer) {
        return fail(std::move(writer.error()));
    }
    for (const auto& [key, set] : sets) { // the order of keys is the catalogue's
        if (auto added = writer->add(catalog.entry(key.event).name, key.kind, key.period, set);
            !added) {
            return added;
        }
    }
    return writer->finish({});
}

Result<void> uniteKept(const std::string& path, const KeptOrigin& origin,
                       const EventCatalog& catalog,
                       std::span<const std::shared_ptr<BitmapStore>> files) {
    auto writer = begin(path, origin);
    if (!writer) {
        return fail(std::move(writer.error()));
    }
    const auto places = placesIn(catalog, files);
    const std::vector<std::pair<BitmapKey, Place>> all(places.begin(), places.end());
    std::vector<std::optional<Bitmap>> sets;
    for (std::size_t first = 0; first < all.size(); first += kBatchKeys) {
        const auto batch = std::span(all).subspan(first, std::min(kBatchKeys, all.size() - first));
        if (auto done = readBatch(batch, files, sets); !done) {
            return done;
        }
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const BitmapKey& key = batch[i].first;
            if (!sets[i]) {
                continue;
            }
            if (auto added =
                    writer->add(catalog.entry(key.event).name, key.kind, key.period, *sets[i]);
                !added) {
                return added;
            }
        }
    }
    return writer->finish({});
}

} // namespace cohortist
