// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/log_preview.h"

#include <algorithm>

#include "core/import/log_blocks.h"
#include "core/import/log_parser.h"

namespace cohortist {

namespace {

const std::string* cellOf(const PreviewRow& row, std::optional<std::uint32_t> column) {
    return column && *column < row.cells.size() ? &row.cells[*column] : nullptr;
}

// Of the ids that are there: an empty one says nothing.
bool hasIntegerIds(const LogPreview& preview) {
    bool hasAny = false;
    for (const PreviewRow& row : preview.rows) {
        const std::string* cell = cellOf(row, preview.columns.user);
        if (cell != nullptr && !cell->empty() && !row.id) {
            return false;
        }
        hasAny = hasAny || row.id;
    }
    return hasAny;
}

// Reads the rows' bytes as the import would, into sets that are thrown away.
std::optional<Error> firstFault(std::string_view bytes, const LogPreview& preview,
                                const ImportOptions& options, const std::string& name,
                                const TimeParser& times) {
    LogPlan plan;
    plan.delimiter = preview.delimiter;
    plan.columnCount = static_cast<std::uint32_t>(
        preview.hasHeader ? preview.header.size() : preview.rows.front().cells.size());
    plan.columns = preview.columns;
    plan.eventName = options.eventName;
    const UserTexts texts;
    plan.userTexts = options.hasTextIds ? &texts : nullptr;
    LogBlock block;
    block.bytes.assign(bytes.begin(), bytes.end());
    block.size = bytes.size();
    BlockOutcome outcome;
    LogParser(plan, times).parse(block, preview.hasHeader, outcome);
    return outcome.faults.isEmpty() ? std::nullopt
                                    : std::optional(errorOf(outcome.faults.earliest(), name));
}

} // namespace

Result<LogPreview> previewEventLog(const std::string& path, const ImportOptions& options) {
    Result<TimeParser> times = TimeParser::create(options.timeFormat, options.timeZone);
    if (!times) {
        return fail(std::move(times).error());
    }
    Result<LogInput> input = LogInput::open(path, {});
    if (!input) {
        return fail(std::move(input).error());
    }
    const std::string name = input->name();
    LogBlocks blocks(*std::move(input));
    const Result<std::string_view> bytes = blocks.peek();
    if (!bytes) {
        return fail(bytes.error());
    }
    Result<LogHead> head =
        readHead(*bytes, blocks.isPeekWhole(), options, name, *times, kPreviewRows + 1);
    if (!head) {
        return fail(std::move(head).error());
    }
    LogPreview preview;
    preview.delimiter = head->delimiter;
    preview.hasHeader = head->hasHeader;
    preview.columns = findColumns(*head, options);
    if (Result<void> checked = checkColumns(preview.columns, *head, options, name); !checked) {
        preview.problem = std::move(checked).error();
    }
    for (auto& cells : head->rows) {
        if (preview.hasHeader && preview.header.empty()) {
            preview.header = std::move(cells);
        } else if (preview.rows.size() < kPreviewRows) {
            preview.rows.push_back({std::move(cells)});
        }
    }
    if (!preview.problem && preview.rows.empty() && blocks.isPeekWhole()) {
        preview.problem = noEventError(name);
    }
    for (PreviewRow& row : preview.rows) {
        if (const std::string* cell = cellOf(row, preview.columns.user)) {
            const IntegerId integer = parseIntegerId(*cell);
            row.id = integer.fault ? std::nullopt : std::optional(integer.id);
        }
        if (const std::string* cell = cellOf(row, preview.columns.time)) {
            if (const auto seconds = times->parse(*cell)) {
                row.time = Instant(std::chrono::seconds(*seconds));
                preview.timeForm = preview.timeForm ? preview.timeForm : times->formOf(*cell);
            }
        }
    }
    preview.hasIntegerIds = hasIntegerIds(preview);
    if (!preview.problem && !preview.rows.empty()) {
        LogBlock first;
        blocks.setDelimiter(preview.delimiter);
        if (const auto hasBlock = blocks.next(first); hasBlock && *hasBlock && !first.isTooLong) {
            preview.problem =
                firstFault({first.bytes.data(), first.size}, preview, options, name, *times);
        }
    }
    return preview;
}

} // namespace cohortist
