// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/log_blocks.h"

#include <algorithm>
#include <cstring>

namespace cohortist {

namespace {

// After the first line end at or after `from`; npos: there is none.
std::size_t afterLineEnd(std::string_view bytes, std::size_t from) {
    const std::size_t end = bytes.find_first_of("\r\n", from);
    if (end == std::string_view::npos) {
        return end;
    }
    return bytes[end] == '\r' && end + 1 < bytes.size() && bytes[end + 1] == '\n' ? end + 2
                                                                                  : end + 1;
}

} // namespace

LogBlocks::LogBlocks(LogInput input)
    : m_input(std::move(input)) {}

Result<void> LogBlocks::fill(std::size_t size) {
    if (m_isAtEnd || m_size >= size) {
        return {};
    }
    if (m_bytes.size() < size) {
        m_bytes.resize(size);
    }
    const Result<std::size_t> got = m_input.read({m_bytes.data() + m_size, size - m_size});
    if (!got) {
        return fail(got.error());
    }
    m_size += *got;
    m_isAtEnd = m_size < size;
    return {};
}

Result<std::string_view> LogBlocks::peek() {
    return fill(kBlockBytes).map([this] { return std::string_view(m_bytes.data(), m_size); });
}

void LogBlocks::give(LogBlock& block, std::size_t size) {
    const std::size_t rest = m_size - size;
    if (block.bytes.size() < std::max(rest, kBlockBytes)) {
        block.bytes.resize(std::max(rest, kBlockBytes));
    }
    std::memcpy(block.bytes.data(), m_bytes.data() + size, rest);
    std::swap(block.bytes, m_bytes);
    block.size = size;
    m_size = rest;
}

Result<void> LogBlocks::dropLine() {
    while (true) {
        const std::string_view bytes(m_bytes.data(), m_size);
        std::size_t after = afterLineEnd(bytes, 0);
        // A CR at the very end may be followed by its LF.
        const bool isHalf = after == m_size && m_bytes[m_size - 1] == '\r' && !m_isAtEnd;
        if (after != std::string_view::npos && !isHalf) {
            std::memmove(m_bytes.data(), m_bytes.data() + after, m_size - after);
            m_size -= after;
            return {};
        }
        if (m_isAtEnd) {
            m_size = 0;
            return {};
        }
        if (isHalf) {
            m_bytes[0] = '\r';
        }
        m_size = isHalf ? 1 : 0;
        if (Result<void> filled = fill(kBlockBytes); !filled) {
            return filled;
        }
    }
}

Result<bool> LogBlocks::next(LogBlock& block) {
    block.isTooLong = false;
    // One byte more than a record may have shows that it has more.
    for (std::size_t size = kBlockBytes;; size = std::min(size * 2, kMaxRecordBytes + 1)) {
        if (Result<void> filled = fill(size); !filled) {
            return fail(std::move(filled).error());
        }
        if (m_size == 0) {
            return false;
        }
        const std::string_view bytes(m_bytes.data(), m_size);
        const RecordExtent extent = extentOfRecords(bytes, m_delimiter, !m_isAtEnd);
        if (extent.end > 0) {
            give(block, extent.end);
            return true;
        }
        if (!m_isAtEnd && m_size <= kMaxRecordBytes) {
            continue;
        }
        if (extent.openQuote) {
            const std::size_t after = afterLineEnd(bytes, *extent.openQuote);
            if (after != std::string_view::npos) {
                give(block, after);
                return true;
            }
        }
        if (m_size <= kMaxRecordBytes) { // the last line, without a line end
            give(block, m_size);
            return true;
        }
        block.bytes.assign(m_bytes.begin(),
                           m_bytes.begin() + static_cast<std::ptrdiff_t>(kBlockBytes));
        block.size = kBlockBytes;
        block.isTooLong = true;
        if (Result<void> dropped = dropLine(); !dropped) {
            return fail(std::move(dropped).error());
        }
        return true;
    }
}

} // namespace cohortist
