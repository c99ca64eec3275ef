// SPDX-License-Identifier: GPL-3.0-or-later
// Makes bbolt files as bitmapist-server lays them out, of any page size and shape of tree, for
// tests. Nothing here is for files that anybody else should read: there is no freelist worth the
// name.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace cohortist::test {

struct BoltContents {
    std::map<std::string, std::string> bitmaps; // key -> portable image
    std::map<std::string, std::int64_t> ends;   // key -> nanoseconds since 1970
};

struct BoltShape {
    std::uint32_t pageBytes = 4096;
    bool hasBuckets = true;
    bool mayInline = true;         // small buckets lie in their entry's value
    std::uint64_t transaction = 7; // odd: meta page 1 is the newer one
};

[[nodiscard]] std::string writeBolt(const BoltContents& contents, const BoltShape& shape,
                                    std::mt19937_64& random);

// Puts right the checksum of the meta page at an offset.
void sealMeta(std::string& file, std::uint64_t pageOffset);
void store16(std::string& file, std::uint64_t at, std::uint16_t value);
void store32(std::string& file, std::uint64_t at, std::uint32_t value);
void store64(std::string& file, std::uint64_t at, std::uint64_t value);
[[nodiscard]] std::string goVarintOf(std::int64_t number);

} // namespace cohortist::test
