// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "core/sets/bitmap.h"
#include "core/sets/bitmap_data.h"
#include "core/sets/chunk_forms.h"
#include "core/sets/chunk_view.h"
#include "core/sets/kernels.h"
#include "core/sets/roaring_api.h"

namespace cohortist {

namespace {

Bitmap fromCRoaring(const CRoaring& set) {
    auto bytes = std::make_shared<std::string>(set.getSizeInBytes(true), '\0');
    set.write(bytes->data(), true);
    return Bitmap::fromPortable(std::shared_ptr<const std::string>(std::move(bytes)))
        .value_or(Bitmap());
}

// So many ids of a chunk that came as a bitset stay one in memory, though an array were smaller, by
// half at most: they are there at once, and the walk meets them sooner.
constexpr std::uint32_t kLeastBitset = kLargestArray / 2;

} // namespace

Bitmap::Bitmap(std::initializer_list<std::uint32_t> ids)
    : Bitmap(fromIds({ids.begin(), ids.size()})) {}

Bitmap Bitmap::fromIds(std::span<const std::uint32_t> ids) {
    CRoaring set;
    set.addMany(ids.size(), ids.data());
    return fromCRoaring(set);
}

Bitmap Bitmap::fromRange(std::uint64_t first, std::uint64_t last) {
    BitmapBuilder builder;
    last = std::min(last, std::uint64_t{1} << 32U);
    for (std::uint64_t begin = first; begin < last;) {
        const std::uint64_t end = std::min(last, (begin | 0xFFFFU) + 1);
        const auto start = static_cast<std::uint16_t>(begin);
        const auto length = static_cast<std::uint16_t>(end - begin - 1);
        const std::array<std::uint8_t, 4> run = {
            static_cast<std::uint8_t>(start), static_cast<std::uint8_t>(start >> 8U),
            static_cast<std::uint8_t>(length), static_cast<std::uint8_t>(length >> 8U)};
        builder.addView({run.data(), static_cast<std::uint32_t>(end - begin),
                         static_cast<std::uint16_t>(begin >> 16U), 1, ChunkView::Form::Runs});
        begin = end;
    }
    return builder.finish();
}

Bitmap Bitmap::unite(std::span<const Bitmap> sets) {
    // Chunk by chunk, so that what lies in one set alone is only referred to.
    struct Cursor {
        std::span<const ChunkView> views;
        std::size_t next = 0;
    };
    std::vector<Cursor> cursors;
    for (const Bitmap& set : sets) {
        if (!set.isEmpty()) {
            cursors.push_back({set.chunks()});
        }
    }
    BitmapBuilder builder;
    std::array<std::uint64_t, kChunkWords> words;
    std::array<std::uint64_t, kChunkWords> other;
    std::vector<const ChunkView*> met;
    while (true) {
        std::uint32_t number = kChunkCount;
        for (const Cursor& cursor : cursors) {
            if (cursor.next < cursor.views.size()) {
                number = std::min<std::uint32_t>(number, cursor.views[cursor.next].number);
            }
        }
        if (number == kChunkCount) {
            return builder.finish();
        }
        met.clear();
        for (Cursor& cursor : cursors) {
            if (cursor.next < cursor.views.size() && cursor.views[cursor.next].number == number) {
                met.push_back(&cursor.views[cursor.next++]);
            }
        }
        if (met.size() == 1) {
            builder.addView(*met.front());
            continue;
        }
        kernels::toBitset(*met.front(), words.data());
        for (std::size_t i = 1; i < met.size(); ++i) {
            kernels::toBitset(*met[i], other.data());
            kernels::orBitsets(words.data(), other.data(), words.data());
        }
        builder.addBitset(static_cast<std::uint16_t>(number), words);
    }
}

Result<Bitmap> Bitmap::join(std::span<const Bitmap> pieces) {
    auto data = std::make_shared<Data>();
    for (const Bitmap& piece : pieces) {
        if (piece.isEmpty()) {
            continue;
        }
        const auto views = piece.chunks();
        if (!data->chunks.empty() && views.front().number <= data->chunks.back().number) {
            return fail(Error{ErrorCode::Damaged,
                              message("core", "cannot join the pieces of a set"),
                              message("core", "they are not in order"),
                              {},
                              {},
                              {}});
        }
        data->chunks.insert(data->chunks.end(), views.begin(), views.end());
        const auto& owners = piece.m_data->owners;
        data->owners.insert(data->owners.end(), owners.begin(), owners.end());
    }
    Bitmap joined;
    if (!data->chunks.empty()) {
        data->index();
        joined.m_data = std::move(data);
    }
    return joined;
}

void BitmapBuilder::reserve(std::size_t bytes) {
    if (bytes > m_room) {
        auto more = std::make_unique_for_overwrite<std::uint8_t[]>(bytes);
        std::copy_n(m_bytes.get(), m_size, more.get());
        m_bytes = std::move(more);
        m_room = bytes;
    }
}

std::uint8_t* BitmapBuilder::extend(std::size_t size) {
    if (m_room - m_size < size) {
        reserve(std::max(m_room * 2, m_size + size));
    }
    m_size += size;
    return m_bytes.get() + m_size - size;
}

void BitmapBuilder::begin(const ChunkView& view) {
    assert(m_chunks.empty() || m_chunks.back().number < view.number);
    m_chunks.push_back(view);
    m_offsets.push_back(m_size);
}

void BitmapBuilder::addView(const ChunkView& view) {
    begin(view);
    std::copy_n(view.data, bytesOf(view), extend(bytesOf(view)));
}

// bitset: its bytes may lie where the next ones go.
void BitmapBuilder::addSmallest(const ChunkView& bitset, const ChunkShape& shape) {
    const ChunkView::Form form = smallestForm(shape);
    begin({nullptr, shape.cardinality, bitset.number,
           static_cast<std::uint16_t>(form == ChunkView::Form::Runs ? shape.runs : 0), form});
    writeInForm(bitset, form, shape, extend(bytesIn(form, shape)));
}

void BitmapBuilder::addBitset(std::uint16_t chunk, std::span<const std::uint64_t> words) {
    const ChunkView bitset{reinterpret_cast<const std::uint8_t*>(words.data()), 0, chunk, 0,
                           ChunkView::Form::Bitset};
    if (const ChunkShape shape = shapeOf(bitset); shape.cardinality > 0) {
        addSmallest(bitset, shape);
    }
}

void BitmapBuilder::addReversed(std::uint16_t chunk, const std::uint8_t* bits) {
    std::uint8_t* const reversed = extend(kChunkBytes);
    const ChunkShape shape = simd::reverseBits(bits, reversed);
    m_size -= kChunkBytes;
    if (shape.cardinality >= kLeastBitset && smallestForm(shape) != ChunkView::Form::Runs) {
        begin({nullptr, shape.cardinality, chunk, 0, ChunkView::Form::Bitset});
        m_size += kChunkBytes; // where it lies already
    } else if (shape.cardinality > 0) {
        addSmallest({reversed, 0, chunk, 0, ChunkView::Form::Bitset}, shape);
    }
}

void BitmapBuilder::addArray(std::uint16_t chunk, std::span<const std::uint16_t> values) {
    if (values.size() > kLargestArray) {
        std::array<std::uint64_t, kChunkWords> words{};
        kernels::setBits(values, words.data());
        addBitset(chunk, words);
    } else if (!values.empty()) {
        addView({reinterpret_cast<const std::uint8_t*>(values.data()),
                 static_cast<std::uint32_t>(values.size()), chunk, 0, ChunkView::Form::Array});
    }
}

Bitmap BitmapBuilder::finish() {
    Bitmap set;
    if (!m_chunks.empty()) {
        auto data = std::make_shared<Bitmap::Data>();
        if (m_room - m_size > m_size / 4) { // sets live long: none keeps much that it does not use
            auto fitting = std::make_unique_for_overwrite<std::uint8_t[]>(m_size);
            std::copy_n(m_bytes.get(), m_size, fitting.get());
            m_bytes = std::move(fitting);
        }
        for (std::size_t i = 0; i < m_chunks.size(); ++i) {
            m_chunks[i].data = m_bytes.get() + m_offsets[i];
        }
        data->chunks = std::move(m_chunks);
        data->owners.push_back(std::shared_ptr<const std::uint8_t[]>(std::move(m_bytes)));
        data->index();
        set.m_data = std::move(data);
    }
    *this = BitmapBuilder();
    return set;
}

} // namespace cohortist
