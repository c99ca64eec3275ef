// SPDX-License-Identifier: GPL-3.0-or-later
// The records of CSV bytes as plain values: as the reader gives them, and read a byte at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/import/csv_reader.h"

namespace cohortist::test {

struct CsvRow {
    std::vector<std::string> fields;
    std::uint64_t line = 0;
    std::uint64_t lines = 0;
    std::optional<LineFaultKind> fault;
    std::uint64_t faultLine = 0;
    std::uint32_t faultColumn = 0;
    bool operator==(const CsvRow&) const = default;
};

inline std::vector<CsvRow> rowsOf(std::string bytes, char delimiter = ',') {
    CsvReader reader(bytes, delimiter);
    CsvRecord record;
    std::vector<CsvRow> rows;
    while (reader.next(record)) {
        CsvRow row{{record.fields.begin(), record.fields.end()}, record.line, record.lines, {}};
        if (record.fault) {
            row.fault = record.fault->kind;
            row.faultLine = record.fault->line;
            row.faultColumn = record.fault->column;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

// A byte at a time, from the grammar.
inline std::vector<CsvRow> naiveRows(const std::string& bytes, char delimiter) {
    std::vector<CsvRow> rows;
    std::uint64_t line = 1;
    std::size_t at = 0;
    const auto isEnd = [&] { return at == bytes.size(); };
    const auto isLineEnd = [&] { return !isEnd() && (bytes[at] == '\n' || bytes[at] == '\r'); };
    const auto takeLineEnd = [&] {
        at += bytes.compare(at, 2, "\r\n") == 0 ? 2U : 1U;
        ++line;
    };
    while (true) {
        while (isLineEnd()) {
            takeLineEnd();
        }
        if (isEnd()) {
            return rows;
        }
        CsvRow row{{""}, line, 0, {}};
        bool isUnclosed = false;
        const auto faulty = [&](LineFaultKind kind, std::uint64_t where) {
            if (!row.fault) {
                row.fault = kind;
                row.faultLine = where;
                row.faultColumn = static_cast<std::uint32_t>(row.fields.size());
            }
        };
        const auto takeField = [&] {
            if (isEnd() || bytes[at] != '"') {
                while (!isEnd() && !isLineEnd() && bytes[at] != delimiter) {
                    row.fields.back() += bytes[at++];
                }
                return;
            }
            const std::uint64_t opened = line;
            ++at;
            while (true) {
                if (isEnd()) {
                    faulty(LineFaultKind::UnclosedQuote, opened);
                    isUnclosed = true;
                    return;
                }
                if (bytes.compare(at, 2, "\"\"") == 0) {
                    row.fields.back() += '"';
                    at += 2;
                } else if (bytes[at] == '"') {
                    break;
                } else {
                    const bool isWhole = bytes[at] == '\n' ||
                                         (bytes[at] == '\r' && bytes.compare(at, 2, "\r\n") != 0);
                    line += isWhole ? 1 : 0;
                    row.fields.back() += bytes[at++];
                }
            }
            ++at;
            while (!isEnd() && !isLineEnd() && bytes[at] != delimiter) {
                faulty(LineFaultKind::TextAfterQuote, line);
                ++at;
            }
        };
        takeField();
        while (!isEnd() && bytes[at] == delimiter) {
            ++at;
            row.fields.emplace_back();
            takeField();
        }
        if (!isEnd()) {
            takeLineEnd();
        } else if (!isUnclosed || (bytes.back() != '\n' && bytes.back() != '\r')) {
            ++line;
        }
        row.lines = line - row.line;
        rows.push_back(row);
    }
}

} // namespace cohortist::test
