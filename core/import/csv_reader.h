// SPDX-License-Identifier: GPL-3.0-or-later
// Comma-separated values as RFC 4180 has them, over bytes in memory: fields are views into those
// bytes, nothing is copied. Lenient where files are: lines end with LF, CRLF or a lone CR, a quote
// that does not begin a field is an ordinary byte, empty lines are passed over. A fault ends no
// reading: it is told with its record, and the next record follows. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/import/line_faults.h"

namespace cohortist {

struct CsvRecord {
    std::vector<std::string_view> fields; // into the reader's bytes; never empty
    std::uint64_t line = 0;               // 1-based, of the bytes' lines: where it begins
    std::uint64_t lines = 1;              // that it spans
    // UnclosedQuote or TextAfterQuote, the first of the record.
    std::optional<LineFault> fault;
};

class CsvReader {
public:
    // The bytes are changed: doubled quotes within quotes become single ones.
    CsvReader(std::span<char> bytes, char delimiter);

    bool next(CsvRecord& record); // false: there is none left
    [[nodiscard]] std::uint64_t linesRead() const { return m_line - 1; }
    [[nodiscard]] std::size_t offset() const; // of the next record

private:
    void takeField(CsvRecord& record);
    void takeQuoted(CsvRecord& record);
    void takeLineEnd();
    void note(CsvRecord& record, LineFaultKind kind, std::uint64_t line,
              std::string_view text) const;
    [[nodiscard]] char* fieldEnd(char* from) const;

    char* m_begin;
    char* m_at;
    char* m_end;
    char m_delimiter;
    std::uint64_t m_line = 1;
};

// How far the whole records among the bytes go, which begin with a record, and what follows them.
struct RecordExtent {
    std::size_t end = 0; // after the last line end outside quotes; 0: there is none
    std::optional<std::size_t> openQuote; // the bytes end within the quotes that open there
};
// hasMore: other bytes follow, so a CR at the very end may be half of a line end.
[[nodiscard]] RecordExtent extentOfRecords(std::string_view bytes, char delimiter, bool hasMore);

} // namespace cohortist
