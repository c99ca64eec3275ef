// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/bolt/format.h"

#include <bit>

namespace cohortist::bolt {

namespace {

constexpr std::uint32_t kMagic = 0xED0CDAED;
constexpr std::uint32_t kSwappedMagic = 0xEDDA0CED;
constexpr std::size_t kSummedBytes = 56;

template <typename Number>
Number load(std::string_view bytes, std::size_t at) {
    Number number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        number = static_cast<Number>(
            number |
            static_cast<Number>(static_cast<Number>(static_cast<unsigned char>(bytes[at + i]))
                                << (8 * i)));
    }
    return number;
}

std::uint64_t fnv1a(std::string_view bytes) {
    std::uint64_t sum = 0xCBF29CE484222325;
    for (const char c : bytes) {
        sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001B3;
    }
    return sum;
}

} // namespace

std::uint16_t load16(std::string_view bytes, std::size_t at) {
    return load<std::uint16_t>(bytes, at);
}
std::uint32_t load32(std::string_view bytes, std::size_t at) {
    return load<std::uint32_t>(bytes, at);
}
std::uint64_t load64(std::string_view bytes, std::size_t at) {
    return load<std::uint64_t>(bytes, at);
}

PageHeader pageHeader(std::string_view bytes) {
    return {load64(bytes, 0), load16(bytes, 8), load16(bytes, 10), load32(bytes, 12)};
}

Meta readMeta(std::string_view bytes) {
    Meta meta;
    if (bytes.size() < kMetaBytes) {
        return meta;
    }
    const std::string_view body = bytes.substr(kPageHeaderBytes);
    const std::uint32_t magic = load32(body, 0);
    if (magic == kSwappedMagic) {
        meta.state = MetaState::OtherOrder;
        return meta;
    }
    if (magic != kMagic) {
        return meta;
    }
    meta.version = load32(body, 4);
    meta.pageBytes = load32(body, 8);
    meta.root = load64(body, 16);
    meta.pages = load64(body, 40);
    meta.transaction = load64(body, 48);
    const bool isWhole = load64(body, kSummedBytes) == fnv1a(body.substr(0, kSummedBytes));
    const bool hasPages = std::has_single_bit(meta.pageBytes) && meta.pageBytes >= kMinPageBytes &&
                          meta.pageBytes <= kMaxPageBytes;
    if (isWhole && meta.version != kVersion) {
        meta.state = MetaState::OtherVersion; // whose page sizes may be others
    } else {
        meta.state = isWhole && hasPages ? MetaState::Good : MetaState::Damaged;
    }
    return meta;
}

} // namespace cohortist::bolt
