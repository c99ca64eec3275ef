// SPDX-License-Identifier: GPL-3.0-or-later
// Event logs: the CSV reader against one that takes a byte at a time, wherever the log is cut; and
// the whole import, of which skipping and stopping at faults must tell the same story. The first
// bytes of an input choose the options.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "core/import/event_log.h"
#include "core/import/log_preview.h"
#include "core/store/snapshot/snapshot_store.h"
#include "tests/fuzz/require.h"
#include "tests/support/naive_csv.h"

using namespace cohortist;
using fuzz::require;
using test::naiveRows;
using test::rowsOf;

namespace {

constexpr std::size_t kOptionBytes = 4;
constexpr std::array<char, 6> kDelimiters = {',', ';', '\t', '|', ' ', 'a'};

// In memory where the system has a place for that; gone with the process.
class Scratch {
public:
    Scratch() {
        std::error_code none;
        const std::filesystem::path memory("/dev/shm");
        m_folder =
            (std::filesystem::is_directory(memory, none) ? memory
                                                         : std::filesystem::temp_directory_path()) /
            ("cohortist-fuzz-log-" + std::to_string(getpid()));
        std::filesystem::create_directories(m_folder);
    }
    ~Scratch() {
        std::error_code none;
        std::filesystem::remove_all(m_folder, none);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] std::string log() const { return m_folder / "log.csv"; }
    [[nodiscard]] std::string snapshot() const { return m_folder / "log.cohorts"; }
    [[nodiscard]] bool holdsTheLogAlone() const {
        const std::filesystem::directory_iterator files(m_folder);
        return std::distance(begin(files), end(files)) == 1;
    }

private:
    std::filesystem::path m_folder;
};

const Scratch& scratch() {
    static const Scratch kScratch;
    return kScratch;
}

void checkReader(const std::string& bytes, char delimiter, std::size_t cut) {
    const auto whole = rowsOf(bytes, delimiter);
    require(whole == naiveRows(bytes, delimiter), "the reader gives what the grammar says");
    const std::size_t size = bytes.empty() ? 0 : cut % (bytes.size() + 1);
    const RecordExtent extent =
        extentOfRecords(std::string_view(bytes).substr(0, size), delimiter, size < bytes.size());
    require(extent.end <= size, "an extent lies within its bytes");
    auto parts = rowsOf(bytes.substr(0, extent.end), delimiter);
    const auto rest = rowsOf(bytes.substr(extent.end), delimiter);
    parts.insert(parts.end(), rest.begin(), rest.end());
    require(parts.size() == whole.size(), "a cut keeps the number of records");
    for (std::size_t i = 0; i < parts.size(); ++i) {
        require(parts[i].fields == whole[i].fields && parts[i].lines == whole[i].lines &&
                    parts[i].fault == whole[i].fault,
                "a cut keeps every record");
    }
}

ImportOptions optionsFrom(const std::uint8_t* choice) {
    ImportOptions options;
    if ((choice[0] & 1U) != 0) {
        options.delimiter = kDelimiters[choice[1] % kDelimiters.size()];
    }
    if ((choice[0] & 2U) != 0) {
        options.hasHeader = (choice[0] & 4U) != 0;
    }
    if ((choice[0] & 8U) != 0) { // else the usual names
        options.userColumn = "1";
        options.eventColumn = "2";
        options.timeColumn = "3";
    }
    if ((choice[0] & 16U) != 0) {
        options.eventColumn.clear();
        options.eventName = "e";
    }
    options.hasTextIds = (choice[0] & 32U) != 0;
    options.isHourly = (choice[0] & 64U) != 0;
    options.isUnique = (choice[0] & 128U) != 0;
    if (choice[1] % 16 == 15) {
        options.timeFormat = "%d.%m.%Y %H:%M";
    }
    if (choice[1] % 16 == 14) {
        options.timeZone = "Europe/Berlin";
    }
    return options;
}

std::uint64_t earliestFault(const ImportSummary& summary) {
    std::uint64_t line = UINT64_MAX;
    for (const SkippedLines& skipped : summary.skipped) {
        line = std::min(line, skipped.first.line);
    }
    return line;
}

void checkSnapshot(const ImportSummary& summary, const std::string& path) {
    const auto store = openSnapshot(path, {});
    require(store.has_value(), "what was imported opens");
    Bitmap everyone;
    const BitmapKey key = BitmapKey::everyone();
    const auto read = (*store)->read(
        {&key, 1}, {}, [&](std::size_t, KeyRead one) { everyone = std::move(one.bitmap); }, {});
    require(read.has_value() && everyone.count() == summary.users, "it holds the log's users");
    require((*store)->catalog()->size() == summary.events, "it holds the log's events");
}

// isOfWholeLines: the log's last record ends with its last line, so a look at it sees all.
void checkImport(ImportOptions options, bool isOfWholeLines) {
    const std::string log = scratch().log();
    const std::string output = scratch().snapshot();
    options.isSkipping = true;
    const auto skipping = importEventLog(log, options, output, {});
    if (skipping) {
        std::uint64_t skipped = 0;
        for (const SkippedLines& lines : skipping->skipped) {
            skipped += lines.count;
        }
        require(skipped == skipping->skippedLines && skipped < skipping->lines,
                "every line is imported or skipped for a reason");
        checkSnapshot(*skipping, output);
        std::filesystem::remove(output);
    }
    require(scratch().holdsTheLogAlone(), "nothing stays of a failed import");
    options.isSkipping = false;
    const auto stopping = importEventLog(log, options, output, {});
    require(skipping || !stopping, "what cannot be skipped cannot be imported");
    if (skipping && skipping->skippedLines == 0) {
        require(stopping.has_value() && stopping->lines == skipping->lines &&
                    stopping->users == skipping->users,
                "a log without faults is imported in both ways");
    }
    if (skipping && skipping->skippedLines > 0) {
        const std::string place = "line " + std::to_string(earliestFault(*skipping)) + ",";
        require(!stopping && stopping.error().english().find(place) != std::string::npos,
                "the first line at fault is named");
    }
    if (stopping) {
        std::filesystem::remove(output);
    }
    require(scratch().holdsTheLogAlone(), "nothing stays beside the snapshot");
    const auto preview = previewEventLog(log, options);
    if (stopping) {
        require(preview && !preview->problem, "the preview shows what can be imported");
    } else if (preview && isOfWholeLines) {
        require(preview->problem.has_value(), "the preview says what is wrong with a short log");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < kOptionBytes) {
        return 0;
    }
    const std::string bytes(reinterpret_cast<const char*>(data) + kOptionBytes,
                            size - kOptionBytes);
    std::uint16_t cut = 0;
    std::memcpy(&cut, data + 2, sizeof cut);
    checkReader(bytes, kDelimiters[data[1] % kDelimiters.size()], cut);
    std::ofstream(scratch().log(), std::ios::binary | std::ios::trunc) << bytes;
    checkImport(optionsFrom(data), bytes.ends_with('\n') && bytes.find('"') == std::string::npos);
    return 0;
}
