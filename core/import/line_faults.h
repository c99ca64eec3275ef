// SPDX-License-Identifier: GPL-3.0-or-later
// What can be wrong with a line of an event log, and the tally of the lines that were left out for
// it. Values; not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace cohortist {

enum class LineFaultKind : std::uint8_t {
    ColumnCount,    // not as many as the first line has
    UnclosedQuote,  // a quote is never closed
    TextAfterQuote, // text between a closing quote and the next delimiter
    NulByte,
    LineTooLong,
    EmptyId,
    NotInteger, // an id that is no plain integer
    IdTooLarge, // an integer over 2^32 - 1
    TextIdTooLong,
    EmptyEvent,
    EventTooLong,
    NoTime // not of the form that was asked for, or not in the years 1 to 9999
};
inline constexpr std::size_t kLineFaultKinds = 12;

[[nodiscard]] std::string_view nameOf(LineFaultKind kind); // for JSON: "column_count"
[[nodiscard]] Message describe(LineFaultKind kind);        // of lines: "with a NUL byte"

struct LineFault {
    LineFaultKind kind = LineFaultKind::ColumnCount;
    std::uint64_t line = 0;   // 1-based; for a quote the one it opens in
    std::uint32_t column = 0; // 1-based number of the field
    std::string text;         // the field, shortened
};

struct SkippedLines {
    LineFaultKind kind = LineFaultKind::ColumnCount;
    std::uint64_t count = 0;
    LineFault first;
};

// name: of the log, as messages call it.
[[nodiscard]] Error errorOf(const LineFault& fault, const std::string& name);
// Printable, in quotes, at most some 60 characters.
[[nodiscard]] std::string quotedExcerpt(std::string_view text);

class FaultTally {
public:
    // lines: how many the record at fault spans.
    void add(LineFault fault, std::uint64_t lines);
    // Adds those of a later part of the log, whose line numbers began anew after `linesBefore`.
    void append(FaultTally part, std::uint64_t linesBefore);
    [[nodiscard]] bool isEmpty() const { return m_total == 0; }
    [[nodiscard]] std::uint64_t total() const { return m_total; }
    [[nodiscard]] std::vector<SkippedLines> byKind() const;
    [[nodiscard]] const LineFault& earliest() const; // not when empty

private:
    std::array<std::optional<SkippedLines>, kLineFaultKinds> m_kinds;
    std::uint64_t m_total = 0;
};

} // namespace cohortist
