// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/line_faults.h"

#include <algorithm>

#include <fmt/format.h>

namespace cohortist {

namespace {

constexpr std::size_t kExcerptBytes = 60;

constexpr std::array<std::string_view, kLineFaultKinds> kNames = {
    "column_count",     "unclosed_quote", "text_after_quote", "nul_byte",
    "line_too_long",    "empty_id",       "not_integer",      "id_too_large",
    "text_id_too_long", "empty_event",    "event_too_long",   "no_time"};

Message whyOf(LineFaultKind kind, const std::string& line, const std::string& column,
              const std::string& text) {
    switch (kind) {
    case LineFaultKind::ColumnCount:
        return message("core",
                       "line %1, column %2: the line ends or goes on there, unlike the first line",
                       line, column);
    case LineFaultKind::UnclosedQuote:
        return message("core",
                       "line %1, column %2: the quote that opens there is never closed (%3)", line,
                       column, text);
    case LineFaultKind::TextAfterQuote:
        return message("core", "line %1, column %2: text follows a closing quote (%3)", line,
                       column, text);
    case LineFaultKind::NulByte:
        return message("core", "line %1, column %2: it holds a NUL byte (%3)", line, column, text);
    case LineFaultKind::LineTooLong:
        return message("core",
                       "line %1, column %2: the line is longer than 4 MiB (it begins with %3)",
                       line, column, text);
    case LineFaultKind::EmptyId:
        return message("core", "line %1, column %2: the user id is empty", line, column);
    case LineFaultKind::NotInteger:
        return message("core", "line %1, column %2: the user id %3 is no plain integer", line,
                       column, text);
    case LineFaultKind::IdTooLarge:
        return message("core", "line %1, column %2: the user id %3 is over 4294967295", line,
                       column, text);
    case LineFaultKind::TextIdTooLong:
        return message("core",
                       "line %1, column %2: the user id is longer than 64 KiB (it begins with %3)",
                       line, column, text);
    case LineFaultKind::EmptyEvent:
        return message("core", "line %1, column %2: the event name is empty", line, column);
    case LineFaultKind::EventTooLong:
        return message(
            "core", "line %1, column %2: the event name is longer than 64 KiB (it begins with %3)",
            line, column, text);
    case LineFaultKind::NoTime:
        break;
    }
    return message("core", "line %1, column %2: %3 is no time that can be read", line, column,
                   text);
}

Message adviceOn(LineFaultKind kind) {
    switch (kind) {
    case LineFaultKind::ColumnCount:
        return message("core", "Check the delimiter and the quotes, or leave such lines out with "
                               "--on-error skip");
    case LineFaultKind::UnclosedQuote:
    case LineFaultKind::TextAfterQuote:
        return message("core", "Close each quote and double those within quotes, or leave such "
                               "lines out with --on-error skip");
    case LineFaultKind::NulByte:
        return message("core", "Save the log as UTF-8, or leave such lines out with "
                               "--on-error skip");
    case LineFaultKind::LineTooLong:
    case LineFaultKind::TextIdTooLong:
    case LineFaultKind::EventTooLong:
        return message("core", "Check that the file and its columns are the right ones, or leave "
                               "such lines out with --on-error skip");
    case LineFaultKind::EmptyId:
    case LineFaultKind::EmptyEvent:
        return message("core", "Fill it in, or leave such lines out with --on-error skip");
    case LineFaultKind::NotInteger:
        return message("core", "If ids are texts, run again with --ids text; or leave such lines "
                               "out with --on-error skip");
    case LineFaultKind::IdTooLarge:
        return message("core", "Bitmaps hold no larger ones: run again with --ids text, or leave "
                               "such lines out with --on-error skip");
    case LineFaultKind::NoTime:
        break;
    }
    return message("core", "Say its form with --time-format, or leave such lines out with "
                           "--on-error skip");
}

} // namespace

std::string_view nameOf(LineFaultKind kind) {
    return kNames[static_cast<std::size_t>(kind)];
}

Message describe(LineFaultKind kind) {
    switch (kind) {
    case LineFaultKind::ColumnCount:
        return message("core", "with more or fewer columns than the first line");
    case LineFaultKind::UnclosedQuote:
        return message("core", "with a quote that is never closed");
    case LineFaultKind::TextAfterQuote:
        return message("core", "with text after a closing quote");
    case LineFaultKind::NulByte:
        return message("core", "with a NUL byte");
    case LineFaultKind::LineTooLong:
        return message("core", "longer than 4 MiB");
    case LineFaultKind::EmptyId:
        return message("core", "with an empty user id");
    case LineFaultKind::NotInteger:
        return message("core", "with a user id that is no plain integer");
    case LineFaultKind::IdTooLarge:
        return message("core", "with a user id over 4294967295");
    case LineFaultKind::TextIdTooLong:
        return message("core", "with a user id longer than 64 KiB");
    case LineFaultKind::EmptyEvent:
        return message("core", "with an empty event name");
    case LineFaultKind::EventTooLong:
        return message("core", "with an event name longer than 64 KiB");
    case LineFaultKind::NoTime:
        break;
    }
    return message("core", "with a time that cannot be read");
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
    return Error{ErrorCode::WrongFormat,
                 message("core", "cannot import %1", name),
                 whyOf(fault.kind, std::to_string(fault.line), std::to_string(fault.column),
                       quotedExcerpt(fault.text)),
                 adviceOn(fault.kind),
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
