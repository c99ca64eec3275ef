// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/bolt_writer.h"

#include "tests/support/random_sets.h"

namespace cohortist::test {

namespace {

constexpr std::uint64_t kHeaderBytes = 16;
constexpr std::uint64_t kElementBytes = 16;
constexpr std::uint16_t kBranch = 1;
constexpr std::uint16_t kLeaf = 2;
constexpr std::uint32_t kBucketFlag = 1;

void storeNumber(std::string& file, std::uint64_t at, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        file[at + static_cast<std::uint64_t>(i)] = static_cast<char>(value >> (8 * i));
    }
}

struct Item {
    std::string key;
    std::string value;
    std::uint32_t flags = 0;
    std::uint64_t child = 0;
    [[nodiscard]] std::uint64_t bytes() const { return kElementBytes + key.size() + value.size(); }
};
using Items = std::vector<Item>;

std::string node(const Items& items, std::uint16_t kind) {
    std::string bytes(kHeaderBytes + items.size() * kElementBytes, '\0');
    store16(bytes, 8, kind);
    store16(bytes, 10, static_cast<std::uint16_t>(items.size()));
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Item& item = items[i];
        const std::uint64_t at = kHeaderBytes + i * kElementBytes;
        const auto position = static_cast<std::uint32_t>(bytes.size() - at);
        const auto keyBytes = static_cast<std::uint32_t>(item.key.size());
        if (kind == kBranch) {
            store32(bytes, at, position);
            store32(bytes, at + 4, keyBytes);
            store64(bytes, at + 8, item.child);
        } else {
            store32(bytes, at, item.flags);
            store32(bytes, at + 4, position);
            store32(bytes, at + 8, keyBytes);
            store32(bytes, at + 12, static_cast<std::uint32_t>(item.value.size()));
        }
        bytes += item.key + item.value;
    }
    return bytes;
}

class Writer {
public:
    Writer(const BoltShape& shape, std::mt19937_64& random)
        : m_shape(shape)
        , m_random(random)
        , m_file(3 * std::size_t{shape.pageBytes}, '\0') {}

    std::string run(const BoltContents& contents) {
        store64(m_file, 2 * std::uint64_t{m_shape.pageBytes}, 2);
        store16(m_file, 2 * std::uint64_t{m_shape.pageBytes} + 8, 0x10);
        Items buckets;
        if (m_shape.hasBuckets) {
            Items bitmaps;
            for (const auto& [key, value] : contents.bitmaps) {
                bitmaps.push_back({key, value, 0, 0});
            }
            Items ends;
            for (const auto& [key, end] : contents.ends) {
                ends.push_back({key, goVarintOf(end), 0, 0});
            }
            buckets.push_back(bucket("aux", {{"keys", "\x01\x02", 0, 0}}));
            buckets.push_back(bucket("bitmapist", bitmaps));
            buckets.push_back(bucket("expires", ends));
        }
        const std::uint64_t root = tree(buckets);
        for (std::uint64_t number = 0; number < 2; ++number) {
            const bool isNewer = m_shape.transaction % 2 == number;
            meta(number, isNewer ? root : 2, m_shape.transaction - (isNewer ? 0U : 1U));
        }
        return std::move(m_file);
    }

private:
    Item bucket(const std::string& name, const Items& items) {
        std::string value(kHeaderBytes, '\0');
        std::string leaf = node(items, kLeaf);
        if (m_shape.mayInline && leaf.size() <= m_shape.pageBytes / 4) {
            value += leaf;
        } else {
            store64(value, 0, tree(items));
        }
        return {name, value, kBucketFlag, 0};
    }

    std::uint64_t tree(const Items& items) {
        Items level = write(items, kLeaf);
        while (level.size() > 1) {
            level = write(level, kBranch);
        }
        return level.front().child;
    }

    // The nodes of one level, as the items of the one above.
    Items write(const Items& items, std::uint16_t kind) {
        Items above;
        std::size_t first = 0;
        do {
            const std::uint64_t room =
                m_shape.pageBytes / 2 + below(m_random, m_shape.pageBytes / 2);
            const std::size_t least = kind == kBranch ? 2 : 1;
            std::uint64_t bytes = kHeaderBytes;
            std::size_t last = first;
            while (last < items.size() &&
                   (last < first + least || bytes + items[last].bytes() <= room)) {
                bytes += items[last++].bytes();
            }
            const Items own(items.begin() + static_cast<std::ptrdiff_t>(first),
                            items.begin() + static_cast<std::ptrdiff_t>(last));
            above.push_back({own.empty() ? "" : own.front().key, "", 0, page(node(own, kind))});
            first = last;
        } while (first < items.size());
        return above;
    }

    std::uint64_t page(std::string bytes) {
        if (below(m_random, 4) == 0) { // a free page, with something in it
            m_file.append(m_shape.pageBytes, static_cast<char>(below(m_random, 256)));
        }
        const std::uint64_t id = m_file.size() / m_shape.pageBytes;
        const std::uint64_t pages = (bytes.size() + m_shape.pageBytes - 1) / m_shape.pageBytes;
        store64(bytes, 0, id);
        store32(bytes, 12, static_cast<std::uint32_t>(pages - 1));
        bytes.resize(pages * m_shape.pageBytes);
        m_file += bytes;
        return id;
    }

    void meta(std::uint64_t number, std::uint64_t root, std::uint64_t transaction) {
        const std::uint64_t at = number * m_shape.pageBytes;
        store64(m_file, at, number);
        store16(m_file, at + 8, 4);
        store32(m_file, at + 16, 0xED0CDAED);
        store32(m_file, at + 20, 2);
        store32(m_file, at + 24, m_shape.pageBytes);
        store64(m_file, at + 32, root);
        store64(m_file, at + 48, 2);
        store64(m_file, at + 56, m_file.size() / m_shape.pageBytes);
        store64(m_file, at + 64, transaction);
        sealMeta(m_file, at);
    }

    const BoltShape& m_shape;
    std::mt19937_64& m_random;
    std::string m_file;
};

} // namespace

void store16(std::string& file, std::uint64_t at, std::uint16_t value) {
    storeNumber(file, at, value, 2);
}
void store32(std::string& file, std::uint64_t at, std::uint32_t value) {
    storeNumber(file, at, value, 4);
}
void store64(std::string& file, std::uint64_t at, std::uint64_t value) {
    storeNumber(file, at, value, 8);
}

void sealMeta(std::string& file, std::uint64_t pageOffset) {
    std::uint64_t sum = 14695981039346656037U;
    for (std::uint64_t i = pageOffset + 16; i < pageOffset + 72; ++i) {
        sum ^= static_cast<unsigned char>(file[i]);
        sum *= 1099511628211U;
    }
    store64(file, pageOffset + 72, sum);
}

std::string goVarintOf(std::int64_t number) {
    auto rest = number < 0 ? ~(static_cast<std::uint64_t>(number) << 1U)
                           : static_cast<std::uint64_t>(number) << 1U;
    std::string bytes;
    while (rest >= 0x80) {
        bytes += static_cast<char>(rest | 0x80U);
        rest >>= 7U;
    }
    return bytes + static_cast<char>(rest);
}

std::string writeBolt(const BoltContents& contents, const BoltShape& shape,
                      std::mt19937_64& random) {
    return Writer(shape, random).run(contents);
}

} // namespace cohortist::test
