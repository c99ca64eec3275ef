// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/bolt/contents.h"

#include <algorithm>

#include "core/query/expr.h"
#include "core/store/bolt/tree.h"

namespace cohortist::bolt {

namespace {

constexpr std::string_view kBitmaps = "bitmapist";
constexpr std::string_view kEnds = "expires";
constexpr std::string_view kKeyList = "aux";
// What a portable Roaring image begins with.
constexpr std::uint32_t kCookie = 12346;
constexpr std::uint16_t kCookieWithRuns = 12347;

tl::unexpected<Error> noBucket(const std::string& path, bool isEmpty) {
    if (isEmpty) {
        return readError(ErrorCode::NotFound, path,
                         message("core", "the server had saved nothing when this file was copied"),
                         message("core", "It saves every three minutes and on BGSAVE; send it "
                                         "SIGUSR1 again after that"));
    }
    return readError(ErrorCode::WrongFormat, path,
                     message("core", "it is a bbolt file, but holds no bucket named bitmapist"),
                     message("core", "Choose a database file of bitmapist-server (bitmapist.db)"));
}

bool isPast(std::int64_t nanoseconds, Instant now) {
    return std::chrono::nanoseconds(nanoseconds) < now.time_since_epoch();
}

class Contents {
public:
    Contents(const BoltFile& file, Instant now, const JobContext& job)
        : m_file(file)
        , m_now(now)
        , m_walker(file, job) {}

    Result<std::vector<StoredBitmap>> run() {
        std::vector<NodeElement> buckets;
        Result<void> done = m_walker.walk(m_file.meta().root, [&](NodeElement&& element) {
            buckets.push_back(std::move(element));
            return Result<void>();
        });
        if (!done) {
            return fail(std::move(done).error());
        }
        const bool isServers = std::any_of(buckets.begin(), buckets.end(), [](const auto& bucket) {
            return bucket.key == kBitmaps || bucket.key == kEnds || bucket.key == kKeyList;
        });
        if (!isServers) {
            return noBucket(m_file.path(), buckets.empty());
        }
        // Those that are of no use are walked too: one may be another under a damaged name. The
        // bitmaps come before their ends, by name.
        std::vector<StoredBitmap> stored;
        for (const NodeElement& bucket : buckets) {
            done = m_walker.walkBucket(bucket, [&](NodeElement&& element) -> Result<void> {
                if (bucket.key == kBitmaps) {
                    return addBitmap(std::move(element), stored);
                }
                return bucket.key == kEnds ? applyEnd(element, stored) : Result<void>();
            });
            if (!done) {
                return fail(std::move(done).error());
            }
        }
        return stored;
    }

private:
    [[nodiscard]] tl::unexpected<Error> damaged(const std::string& key) const {
        return damagedError(m_file.path(),
                            message("core", "the entry of key %1 is damaged", printName(key)));
    }

    [[nodiscard]] Result<void> addBitmap(NodeElement&& element,
                                         std::vector<StoredBitmap>& stored) const {
        if (element.isBucket) {
            return damaged(element.key);
        }
        if (element.isLast) {
            const Result<bool> begins = beginsAsBitmap(element);
            if (!begins || !*begins) {
                return begins ? Result<void>(damaged(element.key)) : fail(begins.error());
            }
        }
        stored.push_back({std::move(element.key), element.offset, element.size, false});
        return {};
    }

    // Where the last key of a page ends is said by no other element's place. A wrong end would make
    // it another key, which takes its bitmap's first bytes or gives it some of its own.
    [[nodiscard]] Result<bool> beginsAsBitmap(const NodeElement& element) const {
        std::string start(sizeof(std::uint32_t), '\0');
        if (element.size < start.size()) {
            return false;
        }
        if (Result<void> done = m_file.read(element.offset, start); !done) {
            return fail(std::move(done).error());
        }
        return load32(start, 0) == kCookie || load16(start, 0) == kCookieWithRuns;
    }

    [[nodiscard]] Result<void> applyEnd(const NodeElement& element,
                                        std::vector<StoredBitmap>& stored) const {
        constexpr std::uint64_t kMaxVarintBytes = 10;
        if (element.isBucket || element.size > kMaxVarintBytes) {
            return damaged(element.key);
        }
        std::string value(element.size, '\0');
        if (Result<void> done = m_file.read(element.offset, value); !done) {
            return done;
        }
        const std::optional<std::int64_t> end = goVarint(value);
        if (!end) {
            return damaged(element.key);
        }
        const auto place = std::lower_bound(
            stored.begin(), stored.end(), element.key,
            [](const StoredBitmap& bitmap, const std::string& key) { return bitmap.key < key; });
        if (place != stored.end() && place->key == element.key) {
            place->hasExpired = isPast(*end, m_now);
        }
        return {};
    }

    const BoltFile& m_file;
    Instant m_now;
    TreeWalker m_walker;
};

} // namespace

std::optional<std::int64_t> goVarint(std::string_view bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (i == 9 && byte > 1) {
            return std::nullopt;
        }
        number |= static_cast<std::uint64_t>(byte & 0x7FU) << (7 * i);
        if (byte < 0x80) {
            if (i + 1 != bytes.size()) {
                return std::nullopt;
            }
            const auto half = static_cast<std::int64_t>(number >> 1U);
            return (number & 1U) == 0 ? half : ~half;
        }
        if (i == 9) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

Result<std::vector<StoredBitmap>> readContents(const BoltFile& file, Instant now,
                                               const JobContext& job) {
    return Contents(file, now, job).run();
}

} // namespace cohortist::bolt
