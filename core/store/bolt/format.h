// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a bbolt file that have a fixed form: page headers and the two meta pages. Numbers
// are little-endian here; bbolt writes them in its machine's order. Only a meta page has a
// checksum. Pure functions over bytes. Source: go.etcd.io/bbolt 1.3, page.go and db.go.
#pragma once

#include <cstdint>
#include <string_view>

namespace cohortist::bolt {

inline constexpr std::uint64_t kPageHeaderBytes = 16;
inline constexpr std::uint64_t kElementBytes = 16; // of a branch and of a leaf
inline constexpr std::uint64_t kBucketBytes = 16;  // what stands before an inline bucket's page
inline constexpr std::uint64_t kMetaBytes = kPageHeaderBytes + 64;
inline constexpr std::uint64_t kMinPageBytes = 1024;
inline constexpr std::uint64_t kMaxPageBytes = 16U << 20;
inline constexpr std::uint64_t kMaxKeyBytes = 32768;
inline constexpr std::uint32_t kVersion = 2;

inline constexpr std::uint16_t kBranchPage = 1;
inline constexpr std::uint16_t kLeafPage = 2;
inline constexpr std::uint16_t kMetaPage = 4;

[[nodiscard]] std::uint16_t load16(std::string_view bytes, std::size_t at);
[[nodiscard]] std::uint32_t load32(std::string_view bytes, std::size_t at);
[[nodiscard]] std::uint64_t load64(std::string_view bytes, std::size_t at);

struct PageHeader {
    std::uint64_t id = 0;
    std::uint16_t flags = 0;
    std::uint16_t count = 0;
    std::uint32_t overflow = 0; // pages that belong to it besides the first
};
[[nodiscard]] PageHeader pageHeader(std::string_view bytes);

enum class MetaState : std::uint8_t {
    Good,
    NoMeta,       // nothing of a meta page is there
    OtherOrder,   // written on a machine of the other byte order
    OtherVersion, // sound, but of a version that is not known
    Damaged
};

struct Meta {
    MetaState state = MetaState::NoMeta;
    std::uint32_t version = 0;
    std::uint64_t pageBytes = 0;
    std::uint64_t root = 0;  // page of the bucket of buckets
    std::uint64_t pages = 0; // all ids are below
    std::uint64_t transaction = 0;
};
// bytes: the first kMetaBytes of its page, or what there is of them.
[[nodiscard]] Meta readMeta(std::string_view bytes);

} // namespace cohortist::bolt
