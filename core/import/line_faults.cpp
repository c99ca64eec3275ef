// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/line_faults.h"

#include <algorithm>

#include <fmt/format.h>

namespace cohortist {

namespace {

constexpr std::size_t kExcerptBytes = 60;

struct Words {
    std::string_view name;
    const char* skipped; // "2 lines with …"
    const char* why;     // %1 line, %2 column, %3 text
    const char* advice;
};

constexpr std::array<Words, kLineFaultKinds> kWords = {
    Words{"column_count", "with more or fewer columns than the first line",
          "line %1, column %2: the line ends or goes on there, unlike the first line",
          "Check the delimiter and the quotes, or leave such lines out with --on-error skip"},
    Words{"unclosed_quote", "with a quote that is never closed",
          "line %1, column %2: the quote that opens there is never closed (%3)",
          "Close it, double quotes within quotes, or leave such lines out with --on-error skip"},
    Words{"text_after_quote", "with text after a closing quote",
          "line %1, column %2: text follows a closing quote (%3)",
          "Double quotes within quotes, or leave such lines out with --on-error skip"},
    Words{"nul_byte", "with a NUL byte", "line %1, column %2: it holds a NUL byte (%3)",
          "Save the log as UTF-8, or leave such lines out with --on-error skip"},
    Words{"line_too_long", "longer than 4 MiB",
          "line %1, column %2: the line is longer than 4 MiB (it begins with %3)",
          "Check that it is a CSV file, or leave such lines out with --on-error skip"},
    Words{"empty_id", "with an empty user id", "line %1, column %2: the user id is empty",
          "Fill it in, or leave such lines out with --on-error skip"},
    Words{"not_integer", "with a user id that is no plain integer",
          "line %1, column %2: the user id %3 is no plain integer",
          "If ids are texts, run again with --ids text; or leave such lines out with "
          "--on-error skip"},
    Words{"id_too_large", "with a user id over 4294967295",
          "line %1, column %2: the user id %3 is over 4294967295",
          "Bitmaps hold no larger ones: run again with --ids text, or leave such lines out with "
          "--on-error skip"},
    Words{"text_id_too_long", "with a user id longer than 64 KiB",
          "line %1, column %2: the user id is longer than 64 KiB (it begins with %3)",
          "Check that the column is the right one, or leave such lines out with --on-error skip"},
    Words{"empty_event", "with an empty event name", "line %1, column %2: the event name is empty",
          "Fill it in, or leave such lines out with --on-error skip"},
    Words{"event_too_long", "with an event name longer than 64 KiB",
          "line %1, column %2: the event name is longer than 64 KiB (it begins with %3)",
          "Check that the column is the right one, or leave such lines out with --on-error skip"},
    Words{"no_time", "with a time that cannot be read",
          "line %1, column %2: %3 is no time that can be read",
          "Say its form with --time-format, or leave such lines out with --on-error skip"}};

const Words& wordsOf(LineFaultKind kind) {
    return kWords[static_cast<std::size_t>(kind)];
}

} // namespace

std::string_view nameOf(LineFaultKind kind) {
    return wordsOf(kind).name;
}

std::string describe(LineFaultKind kind) {
    return wordsOf(kind).skipped;
}

std::string quotedExcerpt(std::string_view text) {
    const bool isCut = text.size() > kExcerptBytes;
    std::size_t end = std::min(text.size(), kExcerptBytes);
    while (isCut && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end; // not within a character
    }
    std::string quoted = "\"";
    for (const char c : text.substr(0, end)) {
        const auto byte = static_cast<unsigned char>(c);
        quoted += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
    }
    quoted += isCut ? "…\"" : "\"";
    return quoted;
}

Error errorOf(const LineFault& fault, const std::string& name) {
    const Words& words = wordsOf(fault.kind);
    return Error{ErrorCode::WrongFormat,
                 message("core", "cannot import %1", name),
                 message("core", words.why, std::to_string(fault.line),
                         std::to_string(fault.column), quotedExcerpt(fault.text)),
                 message("core", words.advice),
                 {},
                 {}};
}

void FaultTally::add(LineFault fault, std::uint64_t lines) {
    auto& kind = m_kinds[static_cast<std::size_t>(fault.kind)];
    if (!kind) {
        kind = SkippedLines{fault.kind, 0, std::move(fault)};
    }
    kind->count += lines;
    m_total += lines;
}

void FaultTally::append(FaultTally part, std::uint64_t linesBefore) {
    for (auto& kind : part.m_kinds) {
        if (kind) {
            kind->first.line += linesBefore;
            add(std::move(kind->first), kind->count);
        }
    }
}

std::vector<SkippedLines> FaultTally::byKind() const {
    std::vector<SkippedLines> skipped;
    for (const auto& kind : m_kinds) {
        if (kind) {
            skipped.push_back(*kind);
        }
    }
    return skipped;
}

const LineFault& FaultTally::earliest() const {
    const LineFault* earliest = nullptr;
    for (const auto& kind : m_kinds) {
        if (kind && (earliest == nullptr || kind->first.line < earliest->line)) {
            earliest = &kind->first;
        }
    }
    return *earliest;
}

} // namespace cohortist
