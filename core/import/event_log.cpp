// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/event_log.h"

#include <atomic>
#include <deque>
#include <filesystem>
#include <new>

#include "core/import/append_lock.h"
#include "core/import/log_blocks.h"
#include "core/import/log_columns.h"
#include "core/import/log_parser.h"
#include "core/import/log_snapshot.h"
#include "core/store/snapshot/snapshot_store.h"
#include "core/store/snapshot/temporary_file.h"

namespace cohortist {

namespace {

constexpr std::size_t kBlocksPerWorker = 3; // in one batch
constexpr std::size_t kPrefetched = 16;     // new texts ahead

Error importError(ErrorCode code, const std::string& name, Message why, Message advice) {
    return Error{
        code, message("core", "cannot import %1", name), std::move(why), std::move(advice), {}, {}};
}

class Import {
public:
    Import(const ImportOptions& options, std::string output, JobContext job)
        : m_options(options)
        , m_output(std::move(output))
        , m_job(std::move(job)) {}

    [[nodiscard]] Result<ImportSummary> run(const std::string& path) {
        Result<void> done = checkOptions(path);
        const auto then = [&](auto&& step) {
            if (done) {
                done = step();
            }
        };
        then([&] { return open(path); });
        then([&] { return openOutput(); });
        then([&] { return plan(); });
        then([&] { return readAll(); });
        if (!done) {
            return fail(std::move(done).error());
        }
        return write(path);
    }

private:
    // The blocks that are read in one go, and what became of each.
    struct Batch {
        std::vector<LogBlock> blocks;
        std::vector<BlockOutcome> outcomes;
        std::size_t size = 0;
    };

    [[nodiscard]] Result<void> checkOptions(const std::string& path) const;
    [[nodiscard]] Result<void> open(const std::string& path);
    [[nodiscard]] Result<void> openOutput();
    [[nodiscard]] Result<void> openAppended();
    [[nodiscard]] Result<void> lockOutput();
    [[nodiscard]] Result<void> plan();
    [[nodiscard]] Result<void> readAll();
    [[nodiscard]] Result<void> readBatch(Batch& batch);
    [[nodiscard]] Result<void> takeOutcomes(Batch& batch);
    [[nodiscard]] Result<ImportSummary> write(const std::string& path);
    [[nodiscard]] Error noEvents() const;

    const ImportOptions& m_options;
    std::string m_output;
    JobContext m_job;
    WorkerPool m_pool;
    std::string m_name;
    std::optional<LogBlocks> m_blocks;
    std::optional<AppendLock> m_lock; // on the file at m_output
    std::shared_ptr<BitmapStore> m_older;
    Bitmap m_everyone; // of m_older
    UserTexts m_texts;
    LogPlan m_plan;
    std::deque<LogParser> m_parsers; // one a worker; they never move
    bool m_isHeaderAhead = false;
    std::uint64_t m_linesRead = 0;
    std::uint64_t m_records = 0;
    FaultTally m_faults;
};

Result<void> Import::checkOptions(const std::string& path) const {
    const auto usage = [&](Message why, Message advice) {
        return fail(importError(ErrorCode::Usage, path, std::move(why), std::move(advice)));
    };
    if (m_options.delimiter &&
        std::string_view("\"\r\n").find(*m_options.delimiter) != std::string_view::npos) {
        return usage(message("core", "a quote or a line end cannot be the delimiter"), {});
    }
    if (m_options.eventName && !m_options.eventColumn.empty()) {
        return usage(message("core", "an event column and an event for the whole log exclude "
                                     "each other"),
                     message("core", "Leave one of them out"));
    }
    if (m_options.eventName &&
        (m_options.eventName->empty() || m_options.eventName->size() > (64U << 10))) {
        return usage(message("core", "the event's name is empty or longer than 64 KiB"), {});
    }
    return {};
}

Result<void> Import::open(const std::string& path) {
    Result<LogInput> input = LogInput::open(path, m_job);
    if (!input) {
        return fail(std::move(input).error());
    }
    m_name = input->name();
    if (input->isSameFile(m_output)) {
        return fail(importError(ErrorCode::Usage, m_name,
                                message("core", "the output %1 is the log itself", m_output),
                                message("core", "Choose another name for the snapshot")));
    }
    m_blocks.emplace(*std::move(input));
    return {};
}

// Whether the output can be written is worth knowing before a long log is read.
Result<void> Import::openOutput() {
    const auto place = snapshot::TemporaryFile::createFor(m_output);
    if (!place) {
        return fail(place.error());
    }
    return m_options.isAppending ? openAppended() : Result<void>();
}

Result<void> Import::lockOutput() {
    return AppendLock::take(m_output, m_job).map([this](AppendLock lock) {
        m_lock.emplace(std::move(lock));
    });
}

Result<void> Import::openAppended() {
    if (auto locked = lockOutput(); !locked) {
        return locked;
    }
    auto older = openSnapshot(m_output, m_job);
    if (!older) {
        if (older.error().code == ErrorCode::NotFound) {
            older.error().advice = message("core", "Leave --append out to make a new snapshot");
        }
        return fail(std::move(older).error());
    }
    m_older = *std::move(older);
    const BitmapKey key = BitmapKey::everyone();
    KeyRead everyone;
    const auto sink = [&](std::size_t /*index*/, KeyRead read) { everyone = std::move(read); };
    if (auto read = m_older->read({&key, 1}, {}, sink, m_job); !read) {
        return read;
    }
    if (everyone.state != KeyState::Read) {
        return fail(importError(ErrorCode::Unreadable, m_name,
                                message("core", "the set of everyone in %1 is %2 (%3)", m_output,
                                        std::string(nameOf(everyone.state)), everyone.why),
                                {}));
    }
    m_everyone = std::move(everyone.bitmap);
    if (!m_everyone.isEmpty() && m_older->info().hasTextIds != m_options.hasTextIds) {
        return fail(
            importError(ErrorCode::Usage, m_name,
                        m_options.hasTextIds ? message("core", "%1 has integer ids", m_output)
                                             : message("core", "%1 has text ids", m_output),
                        m_options.hasTextIds ? message("core", "Run again without --ids text")
                                             : message("core", "Run again with --ids text")));
    }
    return m_options.hasTextIds ? m_texts.load(*m_older, m_everyone, m_job) : Result<void>();
}

Result<void> Import::plan() {
    Result<TimeParser> times = TimeParser::create(m_options.timeFormat, m_options.timeZone);
    if (!times) {
        return fail(std::move(times).error());
    }
    const Result<std::string_view> bytes = m_blocks->peek();
    if (!bytes) {
        return fail(bytes.error());
    }
    const Result<LogHead> head =
        readHead(*bytes, m_blocks->isPeekWhole(), m_options, m_name, *times, 1);
    if (!head) {
        return fail(head.error());
    }
    m_plan.delimiter = head->delimiter;
    m_plan.columnCount = static_cast<std::uint32_t>(head->rows.front().size());
    m_plan.columns = findColumns(*head, m_options);
    m_plan.eventName = m_options.eventName;
    m_plan.userTexts = m_options.hasTextIds ? &m_texts : nullptr;
    m_plan.isHourly = m_options.isHourly;
    m_plan.isSkipping = m_options.isSkipping;
    m_isHeaderAhead = head->hasHeader;
    m_blocks->setDelimiter(head->delimiter);
    for (unsigned worker = 0; worker < m_pool.size(); ++worker) {
        m_parsers.emplace_back(m_plan, *times);
    }
    return checkColumns(m_plan.columns, *head, m_options, m_name);
}

Result<void> Import::readBatch(Batch& batch) {
    const std::size_t most = m_pool.size() * kBlocksPerWorker;
    batch.blocks.resize(most);
    batch.outcomes.resize(most);
    batch.size = 0;
    while (batch.size < most) {
        const Result<bool> hasBlock = m_blocks->next(batch.blocks[batch.size]);
        if (!hasBlock) {
            return fail(hasBlock.error());
        }
        if (!*hasBlock) {
            break;
        }
        ++batch.size;
    }
    return {};
}

// While the workers parse one batch, one of them reads the next.
Result<void> Import::readAll() {
    Batch batch;
    Batch ahead;
    Result<void> read = readBatch(batch);
    while (batch.size > 0) {
        std::atomic<bool> isOutOfMemory = false;
        const bool isReadingAhead = read.has_value();
        ahead.size = 0;
        const bool isComplete =
            m_pool.forEach(batch.size + 1, m_job, [&](std::size_t item, unsigned worker) {
                try {
                    if (item == 0) {
                        read = isReadingAhead ? readBatch(ahead) : std::move(read);
                        return;
                    }
                    m_parsers[worker].parse(batch.blocks[item - 1], m_isHeaderAhead && item == 1,
                                            batch.outcomes[item - 1]);
                } catch (const std::bad_alloc&) {
                    isOutOfMemory = true;
                }
            });
        if (isOutOfMemory) {
            throw std::bad_alloc();
        }
        if (!isComplete) {
            return failCancelled();
        }
        m_isHeaderAhead = false;
        if (Result<void> taken = takeOutcomes(batch); !taken) {
            return taken;
        }
        m_job.report(m_blocks->input().progress());
        std::swap(batch, ahead);
    }
    if (!read && read.error().code == ErrorCode::Damaged) {
        read.error().why = message("core", "%1; up to line %2 all is well",
                                   read.error().why.english(), std::to_string(m_linesRead));
    }
    return read;
}

Result<void> Import::takeOutcomes(Batch& batch) {
    for (std::size_t i = 0; i < batch.size; ++i) {
        BlockOutcome& outcome = batch.outcomes[i];
        m_faults.append(std::move(outcome.faults), m_linesRead);
        if (!m_options.isSkipping && !m_faults.isEmpty()) {
            return fail(errorOf(m_faults.earliest(), m_name));
        }
        m_linesRead += outcome.lines;
        m_records += outcome.records;
        LogSets& sets = m_parsers.front().sets();
        for (std::size_t line = 0; line < outcome.newTexts.size(); ++line) {
            if (line + kPrefetched < outcome.newTexts.size()) {
                m_texts.prefetchNew(outcome.newTexts[line + kPrefetched].user.hash);
            }
            const auto& [user, event, period] = outcome.newTexts[line];
            const auto id = m_texts.add(user.text, user.hash);
            if (!id) {
                return fail(importError(ErrorCode::TooLarge, m_name,
                                        message("core", "it has more users than bitmaps can hold"),
                                        {}));
            }
            sets.add(sets.eventNumber(event), period, *id);
        }
    }
    return {};
}

Error Import::noEvents() const {
    if (m_faults.isEmpty()) {
        return noEventError(m_name);
    }
    Error error = errorOf(m_faults.earliest(), m_name);
    error.advice = message("core", "No line could be imported");
    return error;
}

Result<ImportSummary> Import::write(const std::string& path) {
    if (m_records == 0) {
        return fail(noEvents());
    }
    LogSets sets = std::move(m_parsers.front().sets());
    for (std::size_t i = 1; i < m_parsers.size(); ++i) {
        sets.absorb(std::move(m_parsers[i].sets()));
    }
    m_parsers.clear();
    sets.compact(m_pool);
    if (!m_lock) { // whoever adds to what this replaces would otherwise put it back
        if (auto locked = lockOutput(); !locked) {
            return fail(std::move(locked).error());
        }
    }
    const LogToWrite log{.sets = &sets,
                         .texts = m_plan.userTexts,
                         .appendedTo = m_older.get(),
                         .everyone = m_older ? &m_everyone : nullptr,
                         .origin =
                             path == "-" ? m_name : std::filesystem::path(path).filename().string(),
                         .isHourly = m_options.isHourly,
                         .isUnique = m_options.isUnique};
    return writeLogSnapshot(log, m_output, m_pool, m_job).map([this](ImportSummary summary) {
        summary.skippedLines = m_faults.total();
        summary.lines = m_records + m_faults.total();
        summary.skipped = m_faults.byKind();
        return summary;
    });
}

} // namespace

Result<ImportSummary> importEventLog(const std::string& path, const ImportOptions& options,
                                     const std::string& output, const JobContext& job) {
    try {
        return Import(options, output, job).run(path);
    } catch (const std::bad_alloc&) {
        return fail(importError(ErrorCode::TooLarge, path,
                                message("core", "there is not enough memory for its sets and "
                                                "text ids"),
                                message("core", "Import a part of it at a time, with --append")));
    }
}

} // namespace cohortist
