// SPDX-License-Identifier: GPL-3.0-or-later
// What a bbolt file holds, read at once, for tests: every live key and its set.
#pragma once

#include <map>
#include <string>

#include "core/catalog/key_scheme.h"
#include "core/store/bolt/bolt_store.h"
#include "core/store/bolt/contents.h"
#include "tests/support/random_stores.h"

namespace cohortist::test {

using SetsByKey = std::map<std::string, Bitmap>;

inline const Instant kNow = *parseIso("2026-11-26T12:00:00Z");

// What went wrong, or nothing.
template <typename T>
QByteArray troubleOf(const Result<T>& result) {
    return result ? QByteArray() : textOf(result.error()).toUtf8();
}

// Whatever the prefixes. An error where the file, or any one of its bitmaps, is not sound.
inline Result<SetsByKey> readBolt(const std::string& path, Instant now = kNow) {
    const auto file = bolt::BoltFile::open(path);
    if (!file) {
        return fail(file.error());
    }
    const auto stored = bolt::readContents(*file, now, {});
    if (!stored) {
        return fail(stored.error());
    }
    SetsByKey sets;
    for (const bolt::StoredBitmap& bitmap : *stored) {
        if (bitmap.hasExpired) {
            continue;
        }
        std::string bytes(bitmap.size, '\0');
        if (const auto done = file->read(bitmap.offset, bytes); !done) {
            return fail(done.error());
        }
        auto set = Bitmap::fromPortable(bytes);
        if (!set) {
            return fail(set.error());
        }
        sets.emplace(bitmap.key, *std::move(set));
    }
    return sets;
}

inline std::string keyTextOf(const BitmapStore& store, const BitmapKey& key) {
    return formatKey(store.info().prefix, *store.catalog(), key);
}

// All that the catalogue has, and everyone under the empty key. An unreadable key is an error.
inline Result<SetsByKey> readStore(BitmapStore& store, ChunkRange range = {}) {
    const auto keys = keysOf(*store.catalog());
    SetsByKey sets;
    Error unreadable;
    bool isReadable = true;
    const auto done =
        store.read(keys, range,
                   [&](std::size_t index, KeyRead read) {
                       const BitmapKey& key = keys[index];
                       if (read.state != KeyState::Read) {
                           isReadable = false;
                           unreadable.code = ErrorCode::Unreadable;
                           unreadable.why = message("core", "%1", read.why);
                       }
                       sets.emplace(key.isEveryone() ? std::string() : keyTextOf(store, key),
                                    std::move(read.bitmap));
                   },
                   {});
    if (!done) {
        return fail(done.error());
    }
    return isReadable ? Result<SetsByKey>(std::move(sets)) : fail(unreadable);
}

} // namespace cohortist::test
