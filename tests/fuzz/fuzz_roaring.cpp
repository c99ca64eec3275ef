// SPDX-License-Identifier: GPL-3.0-or-later
// Foreign Roaring images: whatever the validator accepts is the set that CRoaring reads from the
// same bytes, through every operation of Bitmap and of the walk. The input's first two bytes say
// how long the first image is; the second one follows. Random changes seldom leave an image whole,
// so half of the mutations make cardinalities, orders and offsets right again.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <iterator>
#include <set>
#include <span>

#include "core/engine/walk.h"
#include "core/sets/bitmap.h"
#include "core/sets/kernels.h"
#include "core/sets/roaring_api.h"
#include "tests/fuzz/require.h"

using namespace cohortist;
using fuzz::require;

namespace {

using Ids = std::vector<std::uint32_t>;

constexpr std::size_t kMaxBytes = 20'000;
constexpr std::uint64_t kMaxIds = 70'000; // a few bytes of runs can hold millions

Ids readByCRoaring(const std::string& bytes) {
    const CRoaring set = CRoaring::readSafe(bytes.data(), bytes.size());
    Ids ids(set.cardinality());
    set.toUint32Array(ids.data());
    return ids;
}

void checkQuestions(const Bitmap& set, const Ids& ids) {
    require(set.count() == ids.size(), "count");
    require(set.isEmpty() == ids.empty(), "isEmpty");
    require(set.min() == (ids.empty() ? std::nullopt : std::optional(ids.front())), "min");
    require(set.max() == (ids.empty() ? std::nullopt : std::optional(ids.back())), "max");
    require(!set.select(ids.size()), "select past the end");
    // All of a small set, a sample of a large one, and the neighbours of each.
    const std::size_t step = std::max<std::size_t>(ids.size() / 16, 1);
    for (std::size_t i = 0; i < ids.size(); i += step) {
        require(set.select(i) == ids[i], "select");
        for (const std::uint32_t id : {ids[i] - 1, ids[i], ids[i] + 1}) {
            const auto after = std::upper_bound(ids.begin(), ids.end(), id);
            const bool isIn = after != ids.begin() && *(after - 1) == id;
            require(set.contains(id) == isIn, "contains");
            require(set.rank(id) == static_cast<std::uint64_t>(after - ids.begin()), "rank");
        }
    }
}

void checkParts(const Bitmap& set, const Ids& ids) {
    require(set.ids() == ids, "ids");
    const std::size_t third = ids.size() / 3;
    const auto at = [&](std::size_t index) {
        return ids.begin() + static_cast<std::ptrdiff_t>(index);
    };
    require(set.ids(third, third) == Ids(at(third), at(2 * third)), "ids from the middle");
    const std::uint32_t middle = ids.empty() ? 0 : ids[ids.size() / 2] / kChunkBits;
    for (const ChunkRange range : {ChunkRange{0, middle}, ChunkRange{middle, middle + 1},
                                   ChunkRange{middle, kChunkCount}, ChunkRange{}}) {
        Ids part;
        std::copy_if(ids.begin(), ids.end(), std::back_inserter(part), [&](std::uint32_t id) {
            return id / kChunkBits >= range.first && id / kChunkBits < range.last;
        });
        const Bitmap slice = set.slice(range);
        require(slice.ids() == part, "slice");
        checkQuestions(slice, part);
    }
    const std::array pieces = {set.slice({0, middle}), set.slice({middle, kChunkCount})};
    const auto joined = Bitmap::join(pieces);
    require(joined.has_value() && *joined == set, "join of the pieces");
}

void checkRoundTrips(const Bitmap& set, const Ids& ids) {
    const std::string image = set.toPortable();
    const auto again = Bitmap::fromPortable(image);
    require(again.has_value() && *again == set, "the portable image is the same set");
    require(again->toPortable() == image, "the portable image is canonical");
    require(Bitmap::fromIds(ids).toPortable() == image, "equal sets give equal bytes");
    require(readByCRoaring(image) == ids, "CRoaring reads the portable image");
    if (ids.empty() || ids.back() < (1U << 24)) {
        const auto bits = fromRedisString(toRedisString(set));
        require(bits.has_value() && *bits == set, "the Redis string is the same set");
    }
}

void checkWalk(const Bitmap& a, const Ids& idsA, const Bitmap& b, const Ids& idsB) {
    Question question;
    const NodeId nodeA = question.plan.constant(a);
    const NodeId nodeB = question.plan.constant(b);
    question.sets = {question.plan.conjunction({nodeA, nodeB}),
                     question.plan.disjunction({nodeA, nodeB}),
                     question.plan.parity({nodeA, nodeB}), question.plan.difference(nodeA, {nodeB}),
                     question.plan.between(1, 1, {nodeA, nodeB})};
    question.counts = question.sets;
    question.intersections = {{nodeA, nodeB}};
    question.histograms = {{nodeA, nodeB}};
    Walk walk(question);
    require(walk.keys().empty(), "constants are read from no store");
    WorkerPool pool(1);
    require(walk.run({}, {}, pool, {}).has_value(), "the walk ends");
    const Answer answer = walk.finish();

    std::vector<Ids> expected(5);
    const auto fill = [&](std::size_t i, auto operation) {
        operation(idsA.begin(), idsA.end(), idsB.begin(), idsB.end(),
                  std::back_inserter(expected[i]));
    };
    fill(0, [](auto... range) { std::set_intersection(range...); });
    fill(1, [](auto... range) { std::set_union(range...); });
    fill(2, [](auto... range) { std::set_symmetric_difference(range...); });
    fill(3, [](auto... range) { std::set_difference(range...); });
    expected[4] = expected[2];
    for (std::size_t i = 0; i < expected.size(); ++i) {
        require(answer.sets[i].ids() == expected[i], "a set of the walk");
        require(answer.counts[i] == expected[i].size(), "a count of the walk");
    }
    require(answer.intersections[0] == expected[0].size(), "an intersection of the walk");
    require(answer.histograms[0] ==
                std::vector<std::uint64_t>{0, expected[2].size(), expected[0].size()},
            "a histogram of the walk");
    const std::array both = {a, b};
    require(Bitmap::unite(both).ids() == expected[1], "unite");
    require((a == b) == (idsA == idsB), "equality");
}

// Every other id of a set, and the neighbour of each.
Ids relativesOf(const Ids& ids) {
    Ids result;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        result.push_back(i % 2 == 0 ? ids[i] : ids[i] + 1);
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

void put16(std::uint8_t* bytes, std::size_t value) {
    bytes[0] = static_cast<std::uint8_t>(value);
    bytes[1] = static_cast<std::uint8_t>(value >> 8U);
}

// Makes one container agree with its bytes; returns how many it takes, or 0 where they do not
// suffice.
std::size_t repairContainer(std::span<std::uint8_t> bytes, bool isRun, std::uint8_t* cardinality) {
    const std::size_t values = std::size_t{kernels::load16(cardinality)} + 1;
    std::size_t size = isRun ? 2 : values > 4096 ? kChunkBytes : values * 2;
    if (size > bytes.size()) {
        return 0;
    }
    std::size_t count = 0;
    if (isRun) {
        const std::size_t runs = kernels::load16(bytes.data());
        size += runs * 4;
        for (std::size_t i = 0; i < runs && size <= bytes.size(); ++i) {
            count += std::size_t{kernels::load16(&bytes[4 + i * 4])} + 1;
        }
    } else if (values > 4096) {
        for (const std::uint8_t byte : bytes.first(kChunkBytes)) {
            count += static_cast<std::size_t>(std::popcount(byte));
        }
    } else {
        std::set<std::uint16_t> sorted;
        for (std::size_t i = 0; i < values; ++i) {
            sorted.insert(kernels::load16(&bytes[i * 2]));
        }
        count = sorted.size() == values ? values : 0; // repeats stay a fault
        std::size_t at = 0;
        for (const std::uint16_t value : sorted) {
            put16(&bytes[2 * at++], value);
        }
    }
    if (count > 0) {
        put16(cardinality, count - 1);
    }
    return size <= bytes.size() ? size : 0;
}

void repair(std::span<std::uint8_t> image) {
    if (image.size() < 8) {
        return;
    }
    const bool hasRuns = kernels::load16(image.data()) == 12347;
    const std::size_t count = hasRuns ? std::size_t{kernels::load16(&image[2])} + 1
                                      : std::size_t{kernels::load16(&image[4])};
    const std::size_t flags = 4;
    const std::size_t keys = hasRuns ? flags + (count + 7) / 8 : 8;
    const bool hasOffsets = !hasRuns || count >= 4;
    std::size_t at = keys + count * (hasOffsets ? 8 : 4);
    for (std::size_t i = 0; i < count && at < image.size(); ++i) {
        if (hasOffsets) {
            put16(&image[keys + count * 4 + i * 4], at);
            put16(&image[keys + count * 4 + i * 4 + 2], at >> 16U);
        }
        const bool isRun = hasRuns && ((image[flags + i / 8] >> (i % 8)) & 1) != 0;
        const std::size_t size =
            repairContainer(image.subspan(at), isRun, &image[keys + i * 4 + 2]);
        if (size == 0) {
            return;
        }
        at += size;
    }
}

} // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t maxSize);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t maxSize, unsigned number) {
    size = LLVMFuzzerMutate(data, size, maxSize);
    if (number % 2 == 0 && size > 2) {
        const std::size_t length = std::min<std::size_t>(kernels::load16(data), size - 2);
        repair({data + 2, length});
        repair({data + 2 + length, size - 2 - length});
    }
    return size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > kMaxBytes) {
        return 0;
    }
    const std::string_view images(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t length = std::min<std::size_t>(kernels::load16(data), images.size());
    const std::string imageA(images.substr(0, length));
    const std::string imageB(images.substr(length));
    const auto a = Bitmap::fromPortable(imageA);
    require(validateRoaring(imageA).has_value() == a.has_value(), "validator and reader agree");
    if (!a || a->count() > kMaxIds) {
        return 0;
    }
    const Ids idsA = readByCRoaring(imageA);
    checkQuestions(*a, idsA);
    checkParts(*a, idsA);
    checkRoundTrips(*a, idsA);
    auto b = Bitmap::fromPortable(imageB);
    if (b && b->count() > kMaxIds) {
        return 0;
    }
    const Ids idsB = b ? readByCRoaring(imageB) : relativesOf(idsA);
    checkWalk(*a, idsA, b ? *b : Bitmap::fromIds(idsB), idsB);
    return 0;
}
