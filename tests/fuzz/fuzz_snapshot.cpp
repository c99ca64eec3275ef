// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshot files: whatever their bytes, opening, reading and checking them ends well, and a set
// that is handed out holds together. Checksums would keep random changes out, so most mutations are
// made in one row, which is sealed again, and the header is made right. The seed is written here,
// because a file of seven pages is no good in a repository.
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>

#include <sqlite3.h>

#include "core/store/snapshot/format.h"
#include "core/store/snapshot/snapshot_check.h"
#include "core/store/snapshot/snapshot_store.h"
#include "core/store/snapshot/snapshot_writer.h"
#include "core/store/snapshot/sqlite_file.h"
#include "tests/fuzz/scratch_file.h"

using namespace cohortist;
using fuzz::require;
using snapshot::Table;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t maxSize);

namespace {

constexpr std::size_t kMaxKeys = 300; // read of one file
constexpr std::uint32_t kTextIds = 40;
constexpr std::size_t kMaxBytes = 1U << 20; // of a payload as it is mutated

const fuzz::ScratchFile& scratch() {
    static const fuzz::ScratchFile kScratch(".cohorts");
    return kScratch;
}

// Small sets, a run, a set in pieces, flags, text ids.
const std::string& seed() {
    static const std::string kSeed = [] {
        auto writer = SnapshotWriter::create(
            scratch().path(), {.origin = "fuzz", .prefix = "trackist_", .asOf = Instant{}}, {});
        require(writer.has_value(), "the seed can be begun");
        std::vector<std::uint32_t> scattered;
        for (std::uint32_t i = 0; i < 5000; ++i) {
            scattered.push_back(i * 611);
        }
        bool isWritten = true;
        const auto add = [&](std::string_view event, Kind kind, std::int32_t period,
                             const Bitmap& set) {
            isWritten = isWritten && writer->add(event, kind, period, set).has_value();
        };
        add("a", Kind::Day, 20'000, Bitmap{1, 2, 70'000});
        add("a", Kind::Day, 20'001, Bitmap());
        add("a", Kind::Month, 24'300, Bitmap::fromRange(5, 200'000));
        add("b", Kind::Day, 20'000, Bitmap::fromIds(scattered));
        add("b", Kind::Unique, 0, Bitmap{7});
        std::array<TextId, 3> texts = {TextId{1, "one"}, TextId{2, "two"}, TextId{7, "seven"}};
        isWritten = isWritten && writer->addTextIds(texts).has_value() &&
                    writer->finish(Bitmap::fromRange(0, 200'000)).has_value();
        require(isWritten, "the seed can be written");
        return scratch().read();
    }();
    return kSeed;
}

void checkSet(const Bitmap& set) {
    const auto again = Bitmap::fromPortable(set.toPortable());
    require(again.has_value() && *again == set, "a set that was read is the same written again");
    std::uint64_t count = 0;
    std::int64_t before = -1;
    for (const ChunkView& view : set.chunks()) {
        require(view.number > before && view.cardinality > 0, "chunks ascend and none is empty");
        before = view.number;
        count += view.cardinality;
    }
    require(count == set.count(), "a set's count is that of its chunks");
}

std::vector<BitmapKey> keysOf(const EventCatalog& catalog) {
    std::vector<BitmapKey> keys = {BitmapKey::everyone()};
    for (EventId event = 0; event < catalog.size(); ++event) {
        for (std::size_t kind = 0; kind < kKindCount; ++kind) {
            for (const Coverage::Run& run : catalog.entry(event).kinds[kind].runs()) {
                for (std::int32_t index = run.first; index < run.last; ++index) {
                    keys.push_back({event, static_cast<Kind>(kind), index});
                    if (keys.size() >= kMaxKeys) {
                        return keys;
                    }
                }
            }
        }
    }
    return keys;
}

std::vector<KeyRead> readAll(BitmapStore& store, std::span<const BitmapKey> keys,
                             ChunkRange range) {
    std::vector<KeyRead> outcomes(keys.size());
    std::vector<int> delivered(keys.size());
    const auto read = store.read(keys, range,
                                 [&](std::size_t index, KeyRead one) {
                                     ++delivered[index];
                                     outcomes[index] = std::move(one);
                                 },
                                 {});
    require(read.has_value(), "an open file can be read");
    for (const int times : delivered) {
        require(times == 1, "each key has one outcome");
    }
    return outcomes;
}

void checkTexts(const BitmapStore& store) {
    for (std::uint32_t id = 0; id < kTextIds; ++id) {
        const auto texts = store.textsOf(std::span(&id, 1));
        if (!texts) {
            continue;
        }
        require(texts->size() == 1, "an id has one text or an empty one");
        const auto found = store.findText(texts->front());
        if (found && *found) {
            const auto again = store.textsOf(std::span(&**found, 1));
            require(again.has_value() && again->front() == texts->front(),
                    "the id that is found for a text has that text");
        }
    }
}

void checkStore(BitmapStore& store, bool isWhole) {
    const std::vector<BitmapKey> keys = keysOf(*store.catalog());
    const std::vector<KeyRead> whole = readAll(store, keys, {});
    const ChunkRange range{1, 20};
    const std::vector<KeyRead> part = readAll(store, keys, range);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        require(store.catalog()->has(keys[i]) || keys[i].isEveryone(),
                "the catalogue has its keys");
        const KeyState state = whole[i].state;
        require(state == KeyState::Read || state == KeyState::Damaged, "a key is read or damaged");
        require(!isWhole || state == KeyState::Read, "what passed the check can be read");
        require(state == KeyState::Read || !whole[i].why.empty(), "damage has a reason");
        if (state == KeyState::Read) {
            checkSet(whole[i].bitmap);
            require(part[i].state == KeyState::Read &&
                        part[i].bitmap == whole[i].bitmap.slice(range),
                    "a part of a set is a slice of it");
        }
    }
    checkTexts(store);
}

using Database = snapshot::DatabaseHandle;

// The file in memory, to be altered; null when SQLite will not have it.
Database openInMemory(const std::uint8_t* data, std::size_t size) {
    sqlite3* raw = nullptr;
    if (sqlite3_open(":memory:", &raw) != SQLITE_OK) {
        return nullptr;
    }
    Database database(raw);
    auto* bytes = static_cast<std::uint8_t*>(sqlite3_malloc64(size));
    std::memcpy(bytes, data, size);
    const auto length = static_cast<std::int64_t>(size);
    if (sqlite3_deserialize(raw, "main", bytes, length, length,
                            SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) !=
        SQLITE_OK) {
        return nullptr;
    }
    return database;
}

void mutate(std::string& payload, bool maySplice, std::mt19937& random) {
    if (maySplice && random() % 8 == 0) {
        payload.clear();
    }
    const std::size_t size = payload.size();
    payload.resize(std::min(size + 64, kMaxBytes));
    payload.resize(
        LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(payload.data()), size, payload.size()));
}

std::string columnText(sqlite3_stmt* statement, int column) {
    const void* bytes = sqlite3_column_blob(statement, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

void store(sqlite3* database, const std::string& table, std::int64_t id, const std::string& blob) {
    const std::string sql = "INSERT OR REPLACE INTO " + table + " VALUES(?1, ?2)";
    if (const auto put = snapshot::prepare(database, sql.c_str())) {
        sqlite3_bind_int64(put.get(), 1, id);
        sqlite3_bind_blob(put.get(), 2, blob.data(), static_cast<int>(blob.size()),
                          SQLITE_TRANSIENT);
        sqlite3_step(put.get());
    }
}

// Alters, moves or deletes a row, and seals it.
void mutateRow(sqlite3* database, std::mt19937& random) {
    const auto table = static_cast<Table>(1 + random() % 4);
    const std::string name = nameOf(table);
    const auto pick = snapshot::prepare(
        database, ("SELECT id, data FROM " + name + " ORDER BY random()").c_str());
    if (!pick || sqlite3_step(pick.get()) != SQLITE_ROW) {
        return;
    }
    std::int64_t id = sqlite3_column_int64(pick.get(), 0);
    std::string payload = columnText(pick.get(), 1);
    payload.erase(0, snapshot::kChecksumBytes);
    switch (random() % 8) {
    case 0:
        sqlite3_exec(database,
                     ("DELETE FROM " + name + " WHERE id = " + std::to_string(id)).c_str(), nullptr,
                     nullptr, nullptr);
        return;
    case 1:
        id = random() % 2 == 0 ? snapshot::pieceId(random() % 8, random() % 4) : random() % 8;
        break;
    default:
        mutate(payload, true, random);
        break;
    }
    store(database, name, id, snapshot::sealed(table, id, payload));
    if (table == Table::Catalog) { // else only its length would be noticed
        sqlite3_exec(database,
                     "UPDATE meta SET value = (SELECT sum(length(data) - 8) FROM catalog) "
                     "WHERE name = 'catalog_bytes'",
                     nullptr, nullptr, nullptr);
    }
}

void mutateMeta(sqlite3* database, std::mt19937& random) {
    const auto pick = snapshot::prepare(database, "SELECT name, value FROM meta ORDER BY random()");
    if (!pick || sqlite3_step(pick.get()) != SQLITE_ROW) {
        return;
    }
    std::string value = columnText(pick.get(), 1);
    if (random() % 2 == 0) {
        value = std::to_string(random() % 40);
    } else {
        mutate(value, false, random);
    }
    if (const auto put =
            snapshot::prepare(database, "UPDATE meta SET value = ?1 WHERE name = ?2")) {
        sqlite3_bind_text(put.get(), 1, value.data(), static_cast<int>(value.size()),
                          SQLITE_TRANSIENT);
        sqlite3_bind_value(put.get(), 2, sqlite3_column_value(pick.get(), 0));
        sqlite3_step(put.get());
    }
}

void sealMeta(sqlite3* database) {
    snapshot::MetaChecksum sum;
    const auto rows = snapshot::prepare(
        database, "SELECT name, value FROM meta WHERE name <> 'checksum' ORDER BY name");
    while (rows && sqlite3_step(rows.get()) == SQLITE_ROW) {
        sum.add(columnText(rows.get(), 0), columnText(rows.get(), 1));
    }
    sqlite3_exec(database,
                 ("UPDATE meta SET value = '" + sum.hex() + "' WHERE name = 'checksum'").c_str(),
                 nullptr, nullptr, nullptr);
}

void fixHeader(std::uint8_t* data, std::size_t size) {
    if (size >= snapshot::kHeaderBytes) {
        const auto header =
            snapshot::canonicalHeader(static_cast<std::uint32_t>(size / snapshot::kPageSize));
        std::memcpy(data, header.data(), header.size());
    }
}

} // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t maxSize, unsigned number) {
    std::mt19937 random(number);
    if (size < snapshot::kPageSize) {
        require(seed().size() <= maxSize, "the seed fits (-max_len)");
        size = seed().size();
        std::memcpy(data, seed().data(), size);
    }
    const unsigned choice = random() % 8;
    if (choice < 2) { // the bare file: pages, their order, the schema
        size = LLVMFuzzerMutate(data, size, maxSize);
        if (choice == 0) {
            fixHeader(data, size);
        }
        return size;
    }
    const Database database = openInMemory(data, size);
    if (!database) {
        return LLVMFuzzerMutate(data, size, maxSize);
    }
    for (unsigned i = 0, changes = 1 + random() % 2; i < changes; ++i) {
        if (random() % 5 == 0) {
            mutateMeta(database.get(), random);
        } else {
            mutateRow(database.get(), random);
        }
    }
    sealMeta(database.get());
    sqlite3_int64 length = 0;
    const std::unique_ptr<unsigned char, void (*)(void*)> bytes(
        sqlite3_serialize(database.get(), "main", &length, 0), sqlite3_free);
    if (!bytes || length <= 0 || static_cast<std::size_t>(length) > maxSize) {
        return LLVMFuzzerMutate(data, size, maxSize);
    }
    size = static_cast<std::size_t>(length);
    std::memcpy(data, bytes.get(), size);
    fixHeader(data, size);
    return size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    scratch().write({reinterpret_cast<const char*>(data), size});
    const auto store = openSnapshot(scratch().path(), {});
    const auto report = checkSnapshot(scratch().path(), {});
    require(store.has_value() || !report.has_value(), "what passes the check opens");
    if (!store) {
        require(store.error().code != ErrorCode::Internal, "a bad file is no fault of ours");
        require(!store.error().english().empty(), "the error says something");
        return 0;
    }
    checkStore(**store, report && report->isOk());
    return 0;
}
