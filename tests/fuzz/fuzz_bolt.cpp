// SPDX-License-Identifier: GPL-3.0-or-later
// Database files of bitmapist-server: whatever their bytes, opening, reading and checking them ends
// well, and a set that is handed out holds together. The sums of the meta pages would keep random
// changes out, so they are made right before each file is read; the seeds are small files of 1 KiB
// pages, with branch pages, overflow pages and buckets inside their entries.
#include <string>

#include "core/store/bolt/bolt_check.h"
#include "core/store/bolt/bolt_file.h"
#include "core/store/bolt/bolt_store.h"
#include "tests/fuzz/scratch_file.h"

using namespace cohortist;
using fuzz::require;

namespace {

constexpr std::size_t kMaxKeys = 300; // read of one file

void sealMeta(std::string& file, std::size_t page) {
    constexpr std::size_t kSummed = 56;
    if (file.size() < page + bolt::kMetaBytes) {
        return;
    }
    std::uint64_t sum = 0xCBF29CE484222325;
    for (std::size_t i = 0; i < kSummed; ++i) {
        sum ^= static_cast<unsigned char>(file[page + bolt::kPageHeaderBytes + i]);
        sum *= 0x100000001B3;
    }
    for (std::size_t i = 0; i < 8; ++i) {
        file[page + bolt::kPageHeaderBytes + kSummed + i] = static_cast<char>(sum >> (8 * i));
    }
}

void checkSet(const Bitmap& set) {
    const auto again = Bitmap::fromPortable(set.toPortable());
    require(again.has_value() && *again == set, "a set that was read is the same written again");
    std::uint64_t count = 0;
    for (const ChunkView& view : set.chunks()) {
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

void checkStore(BitmapStore& store, bool isSound) {
    const auto keys = keysOf(*store.catalog());
    std::vector<Bitmap> whole(keys.size());
    std::vector<KeyState> states(keys.size(), KeyState::NoData);
    auto done = store.read(
        keys, {},
        [&](std::size_t i, KeyRead read) {
            require(states[i] == KeyState::NoData, "each key has one outcome");
            states[i] = read.state;
            require(read.state == KeyState::Read || !read.why.empty(), "damage has a reason");
            require(read.state == KeyState::Read || !isSound, "what passed the check is read");
            checkSet(read.bitmap);
            whole[i] = std::move(read.bitmap);
        },
        {});
    require(done.has_value(), "an open file can be read");
    const ChunkRange range{1, 20};
    done = store.read(keys, range,
                      [&](std::size_t i, const KeyRead& read) {
                          require(read.state == states[i], "a part is as readable as the whole");
                          require(read.bitmap == whole[i].slice(range),
                                  "a part of a set is a slice of it");
                      },
                      {});
    require(done.has_value(), "an open file can be read by parts");
    for (const KeyState state : states) {
        require(state == KeyState::Read || state == KeyState::Damaged,
                "what is in the catalogue is in the file");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::ScratchFile kScratch(".db");
    if (size == 0) {
        return 0;
    }
    std::string file(reinterpret_cast<const char*>(data), size);
    if (file.back() == '\0') { // else they stay as they are
        sealMeta(file, 0);
        sealMeta(file, bolt::kMinPageBytes);
    }
    kScratch.write(file);
    const auto report = checkBolt(kScratch.path(), {});
    const auto store = openBolt(kScratch.path(), {.prefix = "trackist_", .now = Instant{}}, {});
    require(report || report.error().code != ErrorCode::Internal, "a bad file is no fault of ours");
    if (store) {
        require(report.has_value(), "what opens can be checked");
        checkStore(**store, report->isOk());
    } else {
        require(!store.error().english().empty(), "the error says something");
    }
    return 0;
}
