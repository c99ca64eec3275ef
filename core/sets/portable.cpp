// SPDX-License-Identifier: GPL-3.0-or-later
// The portable image: RoaringFormatSpec, github.com/RoaringBitmap/RoaringFormatSpec.
#include <array>
#include <bit>

#include <fmt/format.h>

#include "core/sets/bitmap.h"
#include "core/sets/bitmap_data.h"
#include "core/sets/chunk_forms.h"
#include "core/sets/chunk_view.h"
#include "core/sets/kernels.h"

namespace cohortist {

namespace {

using kernels::load16;
using kernels::load32;
using kernels::load64;

constexpr std::uint32_t kCookieWithoutRuns = 12346;
constexpr std::uint32_t kCookieWithRuns = 12347;
constexpr std::uint32_t kOffsetsFrom = 4; // containers; images with runs and fewer have none

tl::unexpected<Error> damaged(std::string why) {
    return fail(Error{ErrorCode::Damaged,
                      message("core", "cannot read a set of users"),
                      message("core", "%1", std::move(why)),
                      {},
                      {},
                      {}});
}

class Reader {
public:
    explicit Reader(std::string_view bytes)
        : m_bytes(reinterpret_cast<const std::uint8_t*>(bytes.data()))
        , m_size(bytes.size()) {}

    Result<std::vector<ChunkView>> read() {
        if (auto header = readHeader(); !header) {
            return fail(std::move(header.error()));
        }
        std::vector<ChunkView> views(m_count);
        for (std::uint32_t i = 0; i < m_count; ++i) {
            if (auto one = readContainer(i, views[i]); !one) {
                return fail(std::move(one.error()));
            }
        }
        if (m_position != m_size) {
            return damaged(fmt::format("{} bytes are left over", m_size - m_position));
        }
        return views;
    }

private:
    [[nodiscard]] bool has(std::size_t bytes) const { return m_size - m_position >= bytes; }

    Result<void> readHeader() {
        if (!has(4)) {
            return damaged("it is shorter than its header");
        }
        const std::uint32_t cookie = load32(m_bytes);
        m_position = 4;
        bool hasOffsets = true;
        if ((cookie & 0xFFFFU) == kCookieWithRuns) {
            m_count = (cookie >> 16U) + 1;
            const std::size_t flagBytes = (m_count + 7) / 8;
            if (!has(flagBytes)) {
                return damaged("it is shorter than its header");
            }
            m_runFlags = m_bytes + m_position;
            m_position += flagBytes;
            if (m_count % 8 != 0 && (m_runFlags[flagBytes - 1] >> (m_count % 8)) != 0) {
                return damaged("a run flag belongs to no container");
            }
            hasOffsets = m_count >= kOffsetsFrom;
        } else if (cookie == kCookieWithoutRuns) {
            if (!has(4)) {
                return damaged("it is shorter than its header");
            }
            m_count = load32(m_bytes + m_position);
            m_position += 4;
            if (m_count > kChunkCount) {
                return damaged(fmt::format("{} containers are too many", m_count));
            }
        } else {
            return damaged("it is no Roaring image");
        }
        if (!has(std::size_t{m_count} * (hasOffsets ? 8 : 4))) {
            return damaged("it is shorter than its header");
        }
        m_keys = m_bytes + m_position;
        m_position += std::size_t{m_count} * 4;
        if (hasOffsets) {
            m_offsets = m_bytes + m_position;
            m_position += std::size_t{m_count} * 4;
        }
        return {};
    }

    Result<void> readContainer(std::uint32_t i, ChunkView& view) {
        view.number = load16(m_keys + std::size_t{i} * 4);
        view.cardinality = std::uint32_t{load16(m_keys + std::size_t{i} * 4 + 2)} + 1;
        if (i > 0 && view.number <= load16(m_keys + std::size_t{i} * 4 - 4)) {
            return damaged(fmt::format("container {} is out of order", i));
        }
        if (m_offsets != nullptr && load32(m_offsets + std::size_t{i} * 4) != m_position) {
            return damaged(fmt::format("the offset of container {} is wrong", i));
        }
        const bool isRun = m_runFlags != nullptr && ((m_runFlags[i / 8] >> (i % 8)) & 1) != 0;
        if (isRun) {
            if (!has(2)) {
                return damaged(fmt::format("container {} is cut off", i));
            }
            view.form = ChunkView::Form::Runs;
            view.runCount = load16(m_bytes + m_position);
            m_position += 2;
        } else {
            view.form = view.cardinality <= kLargestArray ? ChunkView::Form::Array
                                                          : ChunkView::Form::Bitset;
        }
        const std::size_t size = bytesOf(view);
        if (!has(size)) {
            return damaged(fmt::format("container {} is cut off", i));
        }
        view.data = m_bytes + m_position;
        m_position += size;
        if (const char* why = faultOf(view)) {
            return damaged(fmt::format("container {}: {}", i, why));
        }
        return {};
    }

    static const char* faultOf(const ChunkView& view) {
        switch (view.form) {
        case ChunkView::Form::Array:
            return faultOfArray(view);
        case ChunkView::Form::Bitset:
            return faultOfBitset(view);
        case ChunkView::Form::Runs:
            break;
        }
        return faultOfRuns(view);
    }

    static const char* faultOfArray(const ChunkView& view) {
        for (std::uint32_t i = 1; i < view.cardinality; ++i) {
            const std::uint8_t* at = view.data + std::size_t{i} * 2;
            if (load16(at) <= load16(at - 2)) {
                return "its values are not ascending";
            }
        }
        return nullptr;
    }

    static const char* faultOfBitset(const ChunkView& view) {
        std::uint32_t count = 0;
        for (std::size_t i = 0; i < kChunkWords; ++i) {
            count += static_cast<std::uint32_t>(std::popcount(load64(view.data + i * 8)));
        }
        return count == view.cardinality ? nullptr : "its bits are not as many as it says";
    }

    static const char* faultOfRuns(const ChunkView& view) {
        if (view.runCount == 0) {
            return "it has no runs";
        }
        std::uint32_t count = 0;
        std::int64_t last = -2;
        for (std::uint32_t i = 0; i < view.runCount; ++i) {
            const std::uint32_t start = load16(view.data + std::size_t{i} * 4);
            const std::uint32_t length = load16(view.data + std::size_t{i} * 4 + 2);
            if (start <= last + 1) {
                return "its runs overlap, touch or are not ascending";
            }
            if (start + length > 0xFFFF) {
                return "a run leaves its container";
            }
            last = start + length;
            count += length + 1;
        }
        return count == view.cardinality ? nullptr : "its runs do not add up to what it says";
    }

    const std::uint8_t* m_bytes;
    std::size_t m_size;
    std::size_t m_position = 0;
    std::uint32_t m_count = 0;
    const std::uint8_t* m_runFlags = nullptr;
    const std::uint8_t* m_keys = nullptr;
    const std::uint8_t* m_offsets = nullptr;
};

void put16(std::string& out, std::uint32_t value) {
    out += static_cast<char>(value & 0xFFU);
    out += static_cast<char>((value >> 8U) & 0xFFU);
}

void put32(std::string& out, std::uint32_t value) {
    put16(out, value & 0xFFFFU);
    put16(out, value >> 16U);
}

} // namespace

Result<void> validateRoaring(std::string_view bytes) {
    auto views = Reader(bytes).read();
    if (!views) {
        return fail(std::move(views.error()));
    }
    return {};
}

Result<Bitmap> Bitmap::fromPortable(std::shared_ptr<const std::string> bytes) {
    auto views = Reader(*bytes).read();
    if (!views) {
        return fail(std::move(views.error()));
    }
    Bitmap set;
    if (!views->empty()) {
        auto data = std::make_shared<Data>();
        data->chunks = std::move(*views);
        data->owners.push_back(std::move(bytes));
        data->index();
        set.m_data = std::move(data);
    }
    return set;
}

Result<Bitmap> Bitmap::fromPortable(std::string_view bytes) {
    return fromPortable(std::make_shared<const std::string>(bytes));
}

std::string Bitmap::toPortable() const {
    struct Container {
        ChunkShape shape;
        ChunkView::Form form = ChunkView::Form::Array;
        [[nodiscard]] bool isRun() const { return form == ChunkView::Form::Runs; }
        [[nodiscard]] std::size_t bytes() const { return bytesIn(form, shape) + (isRun() ? 2 : 0); }
    };
    const auto count = static_cast<std::uint32_t>(chunks().size());
    std::vector<Container> containers;
    containers.reserve(count);
    bool hasRuns = false;
    std::size_t size = 16 + std::size_t{count} * 9;
    for (const ChunkView& view : chunks()) {
        const ChunkShape shape = shapeOf(view);
        containers.push_back({shape, smallestForm(shape)});
        hasRuns = hasRuns || containers.back().isRun();
        size += containers.back().bytes();
    }
    std::string image;
    image.reserve(size);
    if (hasRuns) {
        put32(image, kCookieWithRuns | ((count - 1) << 16U));
        std::string flags((count + 7) / 8, '\0');
        for (std::uint32_t i = 0; i < count; ++i) {
            if (containers[i].isRun()) {
                flags[i / 8] = static_cast<char>(flags[i / 8] | (1 << (i % 8)));
            }
        }
        image += flags;
    } else {
        put32(image, kCookieWithoutRuns);
        put32(image, count);
    }
    for (const ChunkView& view : chunks()) {
        put16(image, view.number);
        put16(image, view.cardinality - 1);
    }
    if (!hasRuns || count >= kOffsetsFrom) {
        std::size_t offset = image.size() + std::size_t{count} * 4;
        for (const Container& container : containers) {
            put32(image, static_cast<std::uint32_t>(offset));
            offset += container.bytes();
        }
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto& [shape, form] = containers[i];
        if (form == ChunkView::Form::Runs) {
            put16(image, shape.runs);
        }
        const std::size_t at = image.size();
        image.resize(at + bytesIn(form, shape));
        writeInForm(chunks()[i], form, shape, reinterpret_cast<std::uint8_t*>(image.data() + at));
    }
    return image;
}

} // namespace cohortist
