// SPDX-License-Identifier: GPL-3.0-or-later
// The dictionary of text ids in a snapshot: blocks of texts ordered by id, each telling which ids
// it answers for, and buckets of hashes that lead from a text to its id. Either way a look-up reads
// a block or two. Encoders are not thread-safe; look-ups need a connection each.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/store/snapshot/snapshot_file.h"

namespace cohortist::snapshot {

class TextBlockReader {
public:
    TextBlockReader(ReadConnection& connection, const std::string& path)
        : m_connection(connection)
        , m_path(path) {}
    // The text of an id, empty where it has none. Cheap for ids that come in ascending order.
    [[nodiscard]] Result<std::string_view> textOf(std::uint32_t id);
    // Reads the block in which the id lies and gives the first id after it.
    [[nodiscard]] Result<std::uint64_t> load(std::uint32_t id);
    [[nodiscard]] std::size_t size() const { return m_ids.size(); }

private:
    ReadConnection& m_connection;
    const std::string& m_path;
    std::string m_payload;
    std::uint64_t m_first = 0; // the block answers for ids of [m_first, m_last)
    std::uint64_t m_last = 0;
    std::vector<std::uint32_t> m_ids;
    std::vector<std::string_view> m_texts;
};

[[nodiscard]] Result<std::optional<std::uint32_t>> findTextId(ReadConnection& connection,
                                                              const std::string& path,
                                                              std::uint32_t indexBits,
                                                              std::string_view text);
// Checks a bucket's form: its size and the order of its entries.
[[nodiscard]] bool isBucket(std::string_view payload);

// Hands each row to the function as it becomes complete.
class TextEncoder {
public:
    using RowSink = std::function<Result<void>(Table table, std::int64_t id, std::string_view)>;

    // False when the id does not come after the one before, or the text is too long.
    [[nodiscard]] bool isAcceptable(std::uint32_t id, std::string_view text) const;
    [[nodiscard]] Result<void> add(std::uint32_t id, std::string_view text, const RowSink& sink);
    [[nodiscard]] Result<void> finish(const RowSink& sink);
    [[nodiscard]] std::uint64_t count() const { return m_hashes.size(); }
    [[nodiscard]] std::uint32_t indexBits() const;

private:
    struct Hash {
        std::uint64_t hash = 0;
        std::uint32_t id = 0;
    };
    [[nodiscard]] Result<void> endBlock(std::uint64_t next, const RowSink& sink);

    std::string m_entries;
    std::uint64_t m_blockFirst = 0;
    std::uint64_t m_blockCount = 0;
    std::uint64_t m_next = 0; // least id that may come
    std::vector<Hash> m_hashes;
};

} // namespace cohortist::snapshot
