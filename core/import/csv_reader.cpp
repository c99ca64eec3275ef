// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/csv_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace cohortist {

namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
constexpr std::uint64_t kHighs = kOnes << 7U;

constexpr std::uint64_t repeated(char c) {
    return kOnes * static_cast<unsigned char>(c);
}

// The high bit of each byte that is zero, exact up to the first of them.
constexpr std::uint64_t zeroBytes(std::uint64_t word) {
    return (word - kOnes) & ~word & kHighs;
}

bool isLineEnd(char c) {
    return c == '\n' || c == '\r';
}

std::uint64_t lineEndsIn(std::string_view text) {
    std::uint64_t ends = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        ends +=
            text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'));
    }
    return ends;
}

const char* findQuote(const char* from, const char* end) {
    return from == end ? nullptr
                       : static_cast<const char*>(
                             std::memchr(from, '"', static_cast<std::size_t>(end - from)));
}

// Where the text after its last line end begins; 0: there is none.
std::size_t afterLastLineEnd(std::string_view bytes, bool isCrAtEndWhole) {
    const std::size_t newline = bytes.rfind('\n');
    std::size_t after = newline == std::string_view::npos ? 0 : newline + 1;
    std::size_t cr = bytes.substr(after).rfind('\r');
    if (cr != std::string_view::npos && after + cr + 1 == bytes.size() && !isCrAtEndWhole) {
        cr = bytes.substr(after, cr).rfind('\r');
    }
    if (cr != std::string_view::npos) {
        after += cr + 1;
    }
    return after;
}

} // namespace

CsvReader::CsvReader(std::span<char> bytes, char delimiter)
    : m_begin(bytes.data())
    , m_at(bytes.data())
    , m_end(bytes.data() + bytes.size())
    , m_delimiter(delimiter) {}

std::size_t CsvReader::offset() const {
    return static_cast<std::size_t>(m_at - m_begin);
}

bool CsvReader::next(CsvRecord& record) {
    while (m_at != m_end && isLineEnd(*m_at)) {
        takeLineEnd();
    }
    if (m_at == m_end) {
        return false;
    }
    record.fields.clear();
    record.fault.reset();
    record.line = m_line;
    while (true) {
        takeField(record);
        if (m_at == m_end) {
            ++m_line;
            break;
        }
        if (*m_at != m_delimiter) {
            takeLineEnd();
            break;
        }
        ++m_at;
    }
    record.lines = m_line - record.line;
    return true;
}

void CsvReader::takeField(CsvRecord& record) {
    if (m_at != m_end && *m_at == '"') {
        takeQuoted(record);
        return;
    }
    char* const end = fieldEnd(m_at);
    record.fields.emplace_back(m_at, static_cast<std::size_t>(end - m_at));
    m_at = end;
}

void CsvReader::takeQuoted(CsvRecord& record) {
    char* const begin = m_at + 1;
    char* out = begin; // behind `from` once a doubled quote was met
    char* from = begin;
    const std::uint64_t openingLine = m_line;
    const auto keep = [&](const char* until) {
        const auto length = static_cast<std::size_t>(until - from);
        m_line += lineEndsIn({from, length});
        if (out != from) {
            std::memmove(out, from, length);
        }
        out += length;
    };
    while (true) {
        const char* const quote = findQuote(from, m_end);
        if (quote == nullptr) {
            keep(m_end);
            m_at = m_end;
            // The line end that closes the text is counted by whoever ends the record.
            m_line -= m_end != begin && isLineEnd(m_end[-1]) ? 1U : 0U;
            const std::string_view text(begin, static_cast<std::size_t>(out - begin));
            record.fields.push_back(text);
            note(record, LineFaultKind::UnclosedQuote, openingLine, text);
            return;
        }
        keep(quote);
        from += quote - from + 1;
        if (from == m_end || *from != '"') {
            break;
        }
        *out++ = '"';
        ++from;
    }
    m_at = from;
    record.fields.emplace_back(begin, static_cast<std::size_t>(out - begin));
    if (m_at != m_end && *m_at != m_delimiter && !isLineEnd(*m_at)) {
        char* const end = fieldEnd(m_at);
        note(record, LineFaultKind::TextAfterQuote, m_line,
             {m_at, static_cast<std::size_t>(end - m_at)});
        m_at = end;
    }
}

void CsvReader::note(CsvRecord& record, LineFaultKind kind, std::uint64_t line,
                     std::string_view text) const {
    if (!record.fault) {
        // Only its beginning is ever shown, and of several lines the first.
        text = text.substr(0, text.find_first_of("\r\n")).substr(0, 100);
        record.fault = LineFault{kind, line, static_cast<std::uint32_t>(record.fields.size()),
                                 std::string(text)};
    }
}

void CsvReader::takeLineEnd() {
    m_at += *m_at == '\r' && m_end - m_at > 1 && m_at[1] == '\n' ? 2 : 1;
    ++m_line;
}

char* CsvReader::fieldEnd(char* from) const {
    if constexpr (std::endian::native == std::endian::little) {
        const std::uint64_t delimiters = repeated(m_delimiter);
        for (; m_end - from >= 8; from += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, from, sizeof word);
            const std::uint64_t found = zeroBytes(word ^ delimiters) |
                                        zeroBytes(word ^ repeated('\n')) |
                                        zeroBytes(word ^ repeated('\r'));
            if (found != 0) {
                return from + std::countr_zero(found) / 8;
            }
        }
    }
    while (from != m_end && *from != m_delimiter && !isLineEnd(*from)) {
        ++from;
    }
    return from;
}

RecordExtent extentOfRecords(std::string_view bytes, char delimiter, bool hasMore) {
    RecordExtent extent;
    const char* const begin = bytes.data();
    const char* const end = begin + bytes.size();
    const auto offsetOf = [&](const char* at) { return static_cast<std::size_t>(at - begin); };
    const char* outside = begin; // up to here everything is known
    const char* search = begin;
    while (const char* quote = findQuote(search, end)) {
        if (quote != begin && quote[-1] != delimiter && !isLineEnd(quote[-1])) {
            search = quote + 1;
            continue;
        }
        const std::size_t before = afterLastLineEnd(
            bytes.substr(offsetOf(outside), offsetOf(quote) - offsetOf(outside)), true);
        extent.end = before != 0 ? offsetOf(outside) + before : extent.end;
        const char* closing = findQuote(quote + 1, end);
        while (closing != nullptr && closing + 1 != end && closing[1] == '"') {
            closing = findQuote(closing + 2, end);
        }
        if (closing == nullptr) {
            extent.openQuote = offsetOf(quote);
            return extent;
        }
        outside = closing + 1;
        search = outside;
    }
    const std::size_t last = afterLastLineEnd(bytes.substr(offsetOf(outside)), !hasMore);
    extent.end = last != 0 ? offsetOf(outside) + last : extent.end;
    return extent;
}

} // namespace cohortist
