// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/random_stores.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

#include "core/store/snapshot/snapshot_store.h"
#include "core/store/snapshot/snapshot_writer.h"

namespace cohortist::test {

namespace {

std::uint32_t upTo(std::mt19937_64& random, std::uint32_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
}

Bitmap randomSet(std::mt19937_64& random, std::uint32_t chunks, std::uint32_t perChunk) {
    std::vector<std::uint32_t> ids;
    for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
        for (std::uint32_t i = 0; i < perChunk; ++i) {
            ids.push_back(chunk << 16 | upTo(random, kChunkBits));
        }
    }
    return Bitmap::fromIds(ids);
}

std::string randomName(std::mt19937_64& random) {
    static const std::vector<std::string> kNames = {
        "",          "login",         "task:add",    "os/web", "a_b",
        "two words", "agerange#3040", "caf\xC3\xA9", "x*[y]?"};
    if (random() % 4 != 0) {
        return kNames[random() % kNames.size()];
    }
    std::string name;
    for (std::uint64_t i = 0, length = random() % 12; i < length; ++i) {
        name += static_cast<char>(random() % 256); // NUL, newline and 0xFF too
    }
    return name;
}

} // namespace

const std::vector<Bitmap>& poolOfSets() {
    static const std::vector<Bitmap> kPool = [] {
        std::mt19937_64 random(11);
        std::vector<Bitmap> pool = {Bitmap(),
                                    Bitmap{0},
                                    Bitmap{UINT32_MAX},
                                    Bitmap{0, UINT32_MAX},
                                    Bitmap{65535, 65536},
                                    Bitmap::fromRange(0, 5'000'000),
                                    Bitmap::fromRange(1'000'000, 1'000'001),
                                    randomSet(random, 1, 4096),
                                    randomSet(random, 1, 30000),
                                    randomSet(random, 40, 900),
                                    randomSet(random, 33, 8000),
                                    randomSet(random, 500, 2),
                                    randomSet(random, 3000, 3)};
        for (std::uint32_t i = 0; i < 30; ++i) {
            pool.push_back(randomSet(random, 1 + upTo(random, 20), 1 + upTo(random, 200)));
        }
        // The same in its first and its last chunks, far apart.
        const Bitmap far = Bitmap::fromRange(0xFFF00000U, std::uint64_t{1} << 32);
        pool.push_back(Bitmap::unite(std::vector<Bitmap>{pool[9], far}));
        return pool;
    }();
    return kPool;
}

Contents randomContents(std::mt19937_64& random) {
    const auto& pool = poolOfSets();
    std::map<std::string, std::map<std::pair<Kind, std::int32_t>, Bitmap>> events;
    for (std::uint64_t event = 0, count = random() % 5; event < count; ++event) {
        auto& keys = events[randomName(random)];
        for (std::uint64_t key = 0, wanted = 1 + random() % 8; key < wanted; ++key) {
            const auto kind = static_cast<Kind>(random() % kKindCount);
            const std::int32_t base = kind == Kind::Hour    ? 490'000
                                      : kind == Kind::Month ? 24'300
                                                            : 2'900;
            const std::int32_t period =
                kind == Kind::Unique ? 0 : base + static_cast<std::int32_t>(random() % 12);
            keys[{kind, period}] = pool[random() % pool.size()];
        }
    }
    Contents contents;
    for (const auto& [name, keys] : events) {
        for (const auto& [place, set] : keys) {
            contents.keys.push_back({name, place.first, place.second, set});
        }
    }
    if (random() % 2 == 0) {
        std::uint32_t id = upTo(random, 10);
        for (std::uint64_t i = 0, count = random() % 60; i < count; ++i) {
            contents.texts[id] = "user-" + std::to_string(id * 7919ULL) +
                                 std::string(random() % 300, static_cast<char>(random() % 256));
            id += 1 + (random() % 3 == 0 ? upTo(random, 100'000) : 0);
        }
    }
    contents.everyone = pool[random() % pool.size()];
    contents.asOf = Instant(std::chrono::seconds(1'700'000'000 + upTo(random, 100'000'000)));
    contents.prefix = randomName(random);
    contents.origin = randomName(random);
    return contents;
}

std::vector<BitmapKey> keysOf(const EventCatalog& catalog) {
    std::vector<BitmapKey> keys;
    for (EventId event = 0; event < catalog.size(); ++event) {
        for (std::size_t kind = 0; kind < kKindCount; ++kind) {
            for (const std::int32_t period : catalog.entry(event).kinds[kind].indices()) {
                keys.push_back({event, static_cast<Kind>(kind), period});
            }
        }
    }
    keys.push_back(BitmapKey::everyone());
    return keys;
}

Result<void> writeSnapshot(const Contents& contents, const std::string& path, const JobContext& job,
                           SnapshotLayout layout) {
    SnapshotMeta meta;
    meta.asOf = contents.asOf;
    meta.prefix = contents.prefix;
    meta.origin = contents.origin;
    Result<SnapshotWriter> writer = SnapshotWriter::create(path, meta, job, layout);
    if (!writer) {
        return fail(std::move(writer).error());
    }
    for (const MemoryKey& key : contents.keys) {
        if (Result<void> done = writer->add(key.event, key.kind, key.period, key.set); !done) {
            return done;
        }
    }
    for (const auto& [id, text] : contents.texts) {
        const TextId entry{id, text};
        if (Result<void> done = writer->addTextIds(std::span(&entry, 1)); !done) {
            return done;
        }
    }
    return writer->finish(contents.everyone);
}

std::shared_ptr<MemoryStore> inMemory(const Contents& contents) {
    MemoryOptions options;
    options.prefix = contents.prefix;
    options.origin = contents.origin;
    options.asOf = contents.asOf;
    options.everyone = contents.everyone;
    options.textIds.assign(contents.texts.begin(), contents.texts.end());
    return std::make_shared<MemoryStore>(contents.keys, options);
}

Reading readAll(BitmapStore& store, ChunkRange range,
                const std::map<std::uint32_t, std::string>& texts) {
    Reading reading;
    const auto trouble = [&](const QString& why) {
        reading.hasTrouble = true;
        reading.trouble += why + "; ";
    };
    const StoreInfo& info = store.info();
    reading.info = info.prefix + '|' + info.origin + '|' + toIso(info.asOf) + '|' +
                   std::to_string(info.hasTextIds);
    reading.entries.assign(store.catalog()->entries().begin(), store.catalog()->entries().end());
    std::vector<BitmapKey> keys = keysOf(*store.catalog());
    const std::size_t present = keys.size();
    keys.push_back({0, Kind::Day, 999'999}); // in no store
    keys.push_back({12345, Kind::Unique, 0});
    reading.sets.resize(keys.size());
    std::vector<int> outcomes(keys.size());
    const Result<void> read = store.read(
        keys, range,
        [&](std::size_t index, KeyRead key) {
            ++outcomes[index];
            if (key.state != (index < present ? KeyState::Read : KeyState::NoData)) {
                trouble(QString::fromStdString(std::string(nameOf(key.state)) + ": " + key.why));
            }
            reading.sets[index] = std::move(key.bitmap);
        },
        {});
    if (!read) {
        trouble(textOf(read.error()));
    } else if (std::any_of(outcomes.begin(), outcomes.end(), [](int n) { return n != 1; })) {
        trouble("not one outcome a key");
    }
    std::vector<std::uint32_t> ids = {UINT32_MAX, 5};
    for (const auto& [id, text] : texts) {
        ids.push_back(id);
        if (texts.size() > 100 && ids.size() % 50 != 0) {
            continue; // a look-up reads two blocks
        }
        const auto found = store.findText(text);
        if (!found) {
            trouble(textOf(found.error()));
        } else if (*found != id) {
            reading.texts.push_back("another id");
        }
    }
    std::shuffle(ids.begin(), ids.end(), std::mt19937_64(3));
    const auto found = store.textsOf(ids);
    if (!found) {
        trouble(textOf(found.error()));
    } else {
        reading.texts.insert(reading.texts.end(), found->begin(), found->end());
    }
    const auto unknown = store.findText("nobody has this");
    if (!unknown) {
        trouble(textOf(unknown.error()));
    } else if (*unknown) {
        reading.texts.push_back("somebody has it");
    }
    return reading;
}

Reading readAll(const std::string& path, const std::map<std::uint32_t, std::string>& texts) {
    const auto store = openSnapshot(path, {});
    if (!store) {
        Reading reading;
        reading.hasTrouble = true;
        reading.trouble = textOf(store.error());
        return reading;
    }
    return readAll(**store, {}, texts);
}

std::unique_ptr<QTemporaryDir> fastFolder() {
    auto folder = std::make_unique<QTemporaryDir>("/dev/shm/cohortist-XXXXXX");
    return folder->isValid() ? std::move(folder) : std::make_unique<QTemporaryDir>();
}

std::string bytesOfFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

void writeBytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

bool asOrdinaryUser(const std::function<bool()>& check) {
    if (geteuid() != 0) {
        return check();
    }
    constexpr uid_t kNobody = 65534;
    const pid_t child = fork();
    if (child == 0) {
        _exit(setuid(kNobody) == 0 && check() ? 0 : 1);
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

QString textOf(const Error& error) {
    return QString::fromStdString(error.english());
}

} // namespace cohortist::test
