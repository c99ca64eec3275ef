// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sets/bitmap.h"

#include <algorithm>

#include "core/sets/bitmap_data.h"
#include "core/sets/chunk_simd.h"
#include "core/sets/chunk_view.h"
#include "core/sets/kernels.h"

namespace cohortist {

namespace {

std::uint32_t idOf(const ChunkView& view, std::uint16_t low) {
    return (std::uint32_t{view.number} << 16U) | low;
}

template <typename Views>
auto firstNotBelow(Views& views, std::uint32_t number) {
    return std::lower_bound(
        views.begin(), views.end(), number,
        [](const ChunkView& view, std::uint32_t wanted) { return view.number < wanted; });
}

} // namespace

std::uint64_t Bitmap::count() const {
    return m_data ? m_data->count : 0;
}

std::span<const ChunkView> Bitmap::chunks() const {
    return m_data ? std::span<const ChunkView>(m_data->chunks) : std::span<const ChunkView>();
}

const ChunkView* Bitmap::chunk(std::uint16_t number) const {
    const auto views = chunks();
    const auto found = firstNotBelow(views, number);
    return found != views.end() && found->number == number ? &*found : nullptr;
}

bool Bitmap::contains(std::uint32_t id) const {
    const ChunkView* view = chunk(static_cast<std::uint16_t>(id >> 16U));
    return view != nullptr && cohortist::contains(*view, static_cast<std::uint16_t>(id));
}

std::uint64_t Bitmap::rank(std::uint32_t id) const {
    const auto views = chunks();
    const auto found = firstNotBelow(views, id >> 16U);
    if (found == views.end()) {
        return count();
    }
    const auto before = m_data->before[static_cast<std::size_t>(found - views.begin())];
    return found->number == id >> 16U
               ? before + cohortist::rank(*found, static_cast<std::uint16_t>(id))
               : before;
}

std::optional<std::uint32_t> Bitmap::select(std::uint64_t index) const {
    if (index >= count()) {
        return std::nullopt;
    }
    const auto& before = m_data->before;
    const auto next = std::upper_bound(before.begin(), before.end(), index);
    const auto position = static_cast<std::size_t>(next - before.begin()) - 1;
    const ChunkView& view = m_data->chunks[position];
    return idOf(view,
                cohortist::select(view, static_cast<std::uint32_t>(index - before[position])));
}

std::optional<std::uint32_t> Bitmap::min() const {
    return select(0);
}

std::optional<std::uint32_t> Bitmap::max() const {
    return isEmpty() ? std::nullopt : select(count() - 1);
}

Bitmap Bitmap::slice(ChunkRange range) const {
    const auto views = chunks();
    const auto first = firstNotBelow(views, range.first);
    const auto last = firstNotBelow(views, range.last);
    if (first == views.begin() && last == views.end()) {
        return *this;
    }
    Bitmap part;
    if (first < last) {
        auto data = std::make_shared<Data>();
        data->chunks.assign(first, last);
        data->owners = m_data->owners;
        data->index();
        part.m_data = std::move(data);
    }
    return part;
}

Bitmap Bitmap::part(ChunkRange range) const {
    Bitmap shared = slice(range);
    if (shared.m_data == m_data) {
        return shared;
    }
    BitmapBuilder builder;
    for (const ChunkView& view : shared.chunks()) {
        builder.addView(view);
    }
    return builder.finish();
}

std::vector<std::uint32_t> Bitmap::ids(std::uint64_t index, std::uint64_t limit) const {
    std::vector<std::uint32_t> ids;
    if (index >= count() || limit == 0) {
        return ids;
    }
    const std::uint64_t end = index + std::min(limit, count() - index);
    ids.resize(end - index);
    std::size_t next = 0;
    std::vector<std::uint16_t> values(kChunkBits + simd::kValuesSlack);
    const auto& before = m_data->before;
    auto position = static_cast<std::size_t>(std::upper_bound(before.begin(), before.end(), index) -
                                             before.begin() - 1);
    for (; position < before.size() && before[position] < end; ++position) {
        const ChunkView& view = m_data->chunks[position];
        if (view.form == ChunkView::Form::Bitset) {
            simd::toValues(view.data, values.data());
        } else {
            kernels::toArray(view, values.data());
        }
        const std::uint64_t from = std::max(index, before[position]) - before[position];
        const std::uint64_t to = std::min<std::uint64_t>(view.cardinality, end - before[position]);
        for (std::uint64_t i = from; i < to; ++i) {
            ids[next++] = idOf(view, values[i]);
        }
    }
    return ids;
}

std::uint64_t Bitmap::bytes() const {
    return m_data ? m_data->bytes : 0;
}

bool operator==(const Bitmap& a, const Bitmap& b) {
    return a.m_data == b.m_data ||
           (a.count() == b.count() && std::equal(a.chunks().begin(), a.chunks().end(),
                                                 b.chunks().begin(), b.chunks().end(), equals));
}

} // namespace cohortist
