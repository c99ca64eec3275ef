// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a log into blocks of whole records, so that blocks can be read independently. A quote that
// is not closed within kMaxRecordBytes, or at all, makes a block end after the line it opens in;
// reading goes on with the next line. What is cut where depends on the log's bytes alone. Not
// thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "core/import/csv_reader.h"
#include "core/import/log_input.h"

namespace cohortist {

inline constexpr std::size_t kBlockBytes = 1U << 20;
inline constexpr std::size_t kMaxRecordBytes = 4U << 20;

struct LogBlock {
    std::vector<char> bytes; // of which `size` count
    std::size_t size = 0;
    bool isTooLong = false; // the beginning of a single line that is too long
    [[nodiscard]] std::span<char> span() { return {bytes.data(), size}; }
};

class LogBlocks {
public:
    explicit LogBlocks(LogInput input);

    [[nodiscard]] const LogInput& input() const { return m_input; }
    // The first bytes of the log, for a look at its form: a block's worth at most.
    [[nodiscard]] Result<std::string_view> peek();
    // True when peek() showed all of the log.
    [[nodiscard]] bool isPeekWhole() const { return m_isAtEnd; }
    // Must be known before next().
    void setDelimiter(char delimiter) { m_delimiter = delimiter; }
    [[nodiscard]] Result<bool> next(LogBlock& block); // false at the end

private:
    [[nodiscard]] Result<void> fill(std::size_t size);
    [[nodiscard]] Result<void> dropLine();
    void give(LogBlock& block, std::size_t size);

    LogInput m_input;
    char m_delimiter = ',';
    std::vector<char> m_bytes; // read and not given out yet: m_size of them
    std::size_t m_size = 0;
    bool m_isAtEnd = false;
};

} // namespace cohortist
