// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/text_ids.h"

#include <algorithm>
#include <tuple>

namespace cohortist::snapshot {

namespace {

constexpr std::uint64_t kIdsEnd = std::uint64_t{1} << 32;
constexpr std::size_t kBucketEntryBytes = 8; // the hash's low half, the id

std::int64_t bucketOf(std::uint64_t hash, std::uint32_t bits) {
    return bits == 0 ? 0 : static_cast<std::int64_t>(hash >> (64 - bits));
}

} // namespace

Result<std::uint64_t> TextBlockReader::load(std::uint32_t id) {
    m_last = 0;
    std::int64_t row = id;
    if (m_connection.findTextBlock(row) != RowState::Found || row < 0) {
        return damagedError(m_path, message("core", "the texts of user ids are damaged"));
    }
    Result<std::string> payload = readPayload(m_connection, m_path, Table::Texts, row);
    if (!payload) {
        return fail(std::move(payload).error());
    }
    m_payload = *std::move(payload);
    m_first = static_cast<std::uint64_t>(row);
    m_ids.clear();
    m_texts.clear();
    Cursor cursor(m_payload);
    const std::uint64_t last = m_first + cursor.varint(kIdsEnd - m_first);
    const std::uint64_t count = cursor.varint(cursor.left() / 2);
    std::uint64_t at = m_first;
    for (std::uint64_t i = 0; i < count && !cursor.isBad(); ++i) {
        at += cursor.varint(kIdsEnd);
        const std::string_view text = cursor.take(cursor.varint(kMaxTextBytes));
        if (at >= last) {
            cursor.fault();
            break;
        }
        m_ids.push_back(static_cast<std::uint32_t>(at));
        m_texts.push_back(text);
        ++at;
    }
    // A lost block shows here: the one before it does not answer for the id.
    if (cursor.isBad() || cursor.left() != 0 || id >= last) {
        return damagedError(m_path, message("core", "the texts of user ids are damaged"));
    }
    m_last = last;
    return last;
}

Result<std::string_view> TextBlockReader::textOf(std::uint32_t id) {
    if (id < m_first || id >= m_last) {
        if (Result<std::uint64_t> loaded = load(id); !loaded) {
            return fail(std::move(loaded).error());
        }
    }
    const auto found = std::lower_bound(m_ids.begin(), m_ids.end(), id);
    if (found == m_ids.end() || *found != id) {
        return std::string_view();
    }
    return m_texts[static_cast<std::size_t>(found - m_ids.begin())];
}

bool isBucket(std::string_view payload) {
    if (payload.size() % kBucketEntryBytes != 0) {
        return false;
    }
    std::uint64_t before = 0;
    for (std::size_t at = 0; at < payload.size(); at += kBucketEntryBytes) {
        const std::uint64_t entry =
            std::uint64_t{fixed32(payload.data() + at)} << 32 | fixed32(payload.data() + at + 4);
        if (at > 0 && entry <= before) {
            return false;
        }
        before = entry;
    }
    return true;
}

Result<std::optional<std::uint32_t>> findTextId(ReadConnection& connection, const std::string& path,
                                                std::uint32_t indexBits, std::string_view text) {
    const std::uint64_t hash = textHash(text);
    const Result<std::string> bucket =
        readPayload(connection, path, Table::TextIndex, bucketOf(hash, indexBits));
    if (!bucket) {
        return fail(bucket.error());
    }
    if (!isBucket(*bucket)) {
        return damagedError(path, message("core", "the index of text ids is damaged"));
    }
    TextBlockReader texts(connection, path);
    for (std::size_t at = 0; at < bucket->size(); at += kBucketEntryBytes) {
        if (fixed32(bucket->data() + at) != static_cast<std::uint32_t>(hash)) {
            continue;
        }
        const std::uint32_t id = fixed32(bucket->data() + at + 4);
        const Result<std::string_view> found = texts.textOf(id);
        if (!found) {
            return fail(found.error());
        }
        if (*found == text) {
            return std::optional(id);
        }
    }
    return std::optional<std::uint32_t>();
}

bool TextEncoder::isAcceptable(std::uint32_t id, std::string_view text) const {
    return id >= m_next && text.size() <= kMaxTextBytes;
}

Result<void> TextEncoder::add(std::uint32_t id, std::string_view text, const RowSink& sink) {
    // The varints of an entry take ten bytes at most.
    if (m_blockCount > 0 && m_entries.size() + text.size() + 10 > kTextBlockBytes) {
        if (Result<void> ended = endBlock(id, sink); !ended) {
            return ended;
        }
    }
    putVarint(m_entries, id - std::max(m_next, m_blockFirst));
    putVarint(m_entries, text.size());
    m_entries += text;
    ++m_blockCount;
    m_next = std::uint64_t{id} + 1;
    m_hashes.push_back({textHash(text), id});
    return {};
}

Result<void> TextEncoder::endBlock(std::uint64_t next, const RowSink& sink) {
    std::string payload;
    putVarint(payload, next - m_blockFirst);
    putVarint(payload, m_blockCount);
    payload += m_entries;
    Result<void> written = sink(Table::Texts, static_cast<std::int64_t>(m_blockFirst), payload);
    m_entries.clear();
    m_blockCount = 0;
    m_blockFirst = next;
    return written;
}

std::uint32_t TextEncoder::indexBits() const {
    std::uint32_t bits = 0;
    while (bits < kMaxTextIndexBits && m_hashes.size() >> bits > kTextIndexFill) {
        ++bits;
    }
    return bits;
}

Result<void> TextEncoder::finish(const RowSink& sink) {
    if (m_hashes.empty()) {
        return {};
    }
    if (Result<void> ended = endBlock(kIdsEnd, sink); !ended) {
        return ended;
    }
    const std::uint32_t bits = indexBits();
    std::sort(m_hashes.begin(), m_hashes.end(), [bits](const Hash& a, const Hash& b) {
        return std::tuple(bucketOf(a.hash, bits), static_cast<std::uint32_t>(a.hash), a.id) <
               std::tuple(bucketOf(b.hash, bits), static_cast<std::uint32_t>(b.hash), b.id);
    });
    std::size_t at = 0;
    for (std::int64_t bucket = 0; bucket < std::int64_t{1} << bits; ++bucket) {
        std::string payload;
        for (; at < m_hashes.size() && bucketOf(m_hashes[at].hash, bits) == bucket; ++at) {
            putFixed32(payload, static_cast<std::uint32_t>(m_hashes[at].hash));
            putFixed32(payload, m_hashes[at].id);
        }
        if (Result<void> written = sink(Table::TextIndex, bucket, payload); !written) {
            return written;
        }
    }
    return {};
}

} // namespace cohortist::snapshot
