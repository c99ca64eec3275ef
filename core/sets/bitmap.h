// SPDX-License-Identifier: GPL-3.0-or-later
// An immutable set of 32-bit user ids. A Bitmap is a directory of chunk views over shared bytes, so
// copies and slices cost a reference count and any number of threads may read one. The bytes are
// portable Roaring images (RoaringFormatSpec) that passed validateRoaring, or were written by
// CRoaring. Only this room includes CRoaring.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/sets/chunk.h"

namespace cohortist {

struct ChunkShape;

class Bitmap {
public:
    Bitmap() = default; // the empty set
    Bitmap(std::initializer_list<std::uint32_t> ids);

    // Ids in any order, repeats allowed.
    [[nodiscard]] static Bitmap fromIds(std::span<const std::uint32_t> ids);
    // All ids of [first, last); last may be 2^32.
    [[nodiscard]] static Bitmap fromRange(std::uint64_t first, std::uint64_t last);
    // Takes over a portable image that this process wrote or that is to be checked now; foreign
    // bytes are validated in full. Error code Damaged says what is wrong with them. No copy is
    // made.
    [[nodiscard]] static Result<Bitmap> fromPortable(std::shared_ptr<const std::string> bytes);
    [[nodiscard]] static Result<Bitmap> fromPortable(std::string_view bytes); // copies them
    // Joins sets that lie in ascending, disjoint chunk ranges (the pieces of one set). Chunks that
    // are out of order are an error of code Damaged.
    [[nodiscard]] static Result<Bitmap> join(std::span<const Bitmap> pieces);
    // Union of any number of sets.
    [[nodiscard]] static Bitmap unite(std::span<const Bitmap> sets);

    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] bool isEmpty() const { return count() == 0; }
    [[nodiscard]] bool contains(std::uint32_t id) const;
    [[nodiscard]] std::uint64_t rank(std::uint32_t id) const;                     // ids <= id
    [[nodiscard]] std::optional<std::uint32_t> select(std::uint64_t index) const; // 0-based
    [[nodiscard]] std::optional<std::uint32_t> min() const;
    [[nodiscard]] std::optional<std::uint32_t> max() const;

    // Chunks that are not empty, ascending. Valid as long as this Bitmap or a copy lives.
    [[nodiscard]] std::span<const ChunkView> chunks() const;
    // The part that lies in the range; shares the bytes.
    [[nodiscard]] Bitmap slice(ChunkRange range) const;
    // The same with bytes of its own, so that a part does not keep the whole set in memory.
    [[nodiscard]] Bitmap part(ChunkRange range) const;
    // The view of one chunk, or null where it is empty.
    [[nodiscard]] const ChunkView* chunk(std::uint16_t number) const;

    // Canonical portable image: the smallest container form for each chunk, so equal sets give
    // equal bytes whatever they were made from.
    [[nodiscard]] std::string toPortable() const;
    // Up to limit ids from the index-th on, ascending.
    [[nodiscard]] std::vector<std::uint32_t> ids(std::uint64_t index = 0,
                                                 std::uint64_t limit = UINT64_MAX) const;
    [[nodiscard]] std::uint64_t bytes() const; // memory that the chunks' data takes

    // Same ids, whatever the forms.
    friend bool operator==(const Bitmap& a, const Bitmap& b);

private:
    struct Data;
    std::shared_ptr<const Data> m_data; // null: empty
    friend class BitmapBuilder;
};

// Builds a Bitmap chunk by chunk, in ascending chunk order: what the engine's walk and the readers
// of foreign formats produce. Not thread-safe; one builder a thread.
class BitmapBuilder {
public:
    // words: 1,024 little-endian words; an empty chunk is left out. Kept in its smallest form.
    void addBitset(std::uint16_t chunk, std::span<const std::uint64_t> words);
    // Strictly increasing low halves; more than 4,096 become a bitset.
    void addArray(std::uint16_t chunk, std::span<const std::uint16_t> values);
    void addView(const ChunkView& view); // copies its bytes
    // As addBitset, of 8,192 bytes whose bits are numbered from each byte's highest one.
    void addReversed(std::uint16_t chunk, const std::uint8_t* bits);
    // Room for so many bytes of chunks at once, where it can be told beforehand.
    void reserve(std::size_t bytes);
    [[nodiscard]] Bitmap finish(); // the builder is empty afterwards

private:
    void begin(const ChunkView& view);
    void addSmallest(const ChunkView& bitset, const ChunkShape& shape);
    [[nodiscard]] std::uint8_t* extend(std::size_t size); // not cleared

    std::vector<ChunkView> m_chunks; // data still null: offsets below
    std::vector<std::size_t> m_offsets;
    std::unique_ptr<std::uint8_t[]> m_bytes;
    std::size_t m_size = 0;
    std::size_t m_room = 0;
};

// Checks a portable image from an untrusted source in full: bounds, order, cardinalities, runs,
// offsets, no byte left over. Error code Damaged; `why` names the container and the rule.
[[nodiscard]] Result<void> validateRoaring(std::string_view bytes);

// A Redis string holds bit n in byte n/8 under mask 0x80 >> n%8. More than 2^29 bytes is an error
// (TooLarge): ids past 2^32 - 1 are never cut off.
[[nodiscard]] Result<Bitmap> fromRedisString(std::string_view bytes);
[[nodiscard]] std::string toRedisString(const Bitmap& set);

} // namespace cohortist
