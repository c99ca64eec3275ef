// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/log_input.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace cohortist {

namespace {

constexpr std::size_t kPackedBytes = 256U << 10;
constexpr int kPollMilliseconds = 100;
constexpr int kGzipWindow = 15 + 16; // zlib: the largest window, a gzip header

tl::unexpected<Error> inputError(ErrorCode code, const std::string& name, Message why,
                                 Message advice) {
    return fail(Error{code,
                      message("core", "cannot import %1", name),
                      std::move(why),
                      std::move(advice),
                      {},
                      {}});
}

tl::unexpected<Error> systemError(const std::string& name, int number) {
    if (number == ENOENT || number == ENOTDIR) {
        return inputError(ErrorCode::NotFound, name, message("core", "the file does not exist"),
                          message("core", "Check the path"));
    }
    const bool isDenied = number == EACCES || number == EPERM;
    return inputError(isDenied ? ErrorCode::AccessDenied : ErrorCode::Unreadable, name,
                      message("core", "%1", std::strerror(number)),
                      isDenied ? message("core", "Check the file's permissions") : Message{});
}

bool beginsWith(std::string_view bytes, std::string_view mark) {
    return bytes.substr(0, mark.size()) == mark;
}

bool isUtf32(std::string_view head) {
    const std::string_view first = head.substr(0, 4);
    return first == std::string_view("\xFF\xFE\0\0", 4) ||
           first == std::string_view("\0\0\xFE\xFF", 4) ||
           (first.size() == 4 && std::count(first.begin(), first.end(), '\0') == 3);
}

constexpr std::size_t kHeadBytes = 16; // tell what a file is

// What people have in the place of a CSV log, told by how it begins.
Result<void> refuseOtherForms(std::string_view head, const std::string& name) {
    struct Form {
        std::string_view mark;
        Message why;
        Message advice;
    };
    const Message repack = message("core", "Unpack it first, or pack it with gzip");
    const Form forms[] = {
        {"PK\x03\x04", message("core", "it is a ZIP archive or a spreadsheet's workbook"),
         message("core", "Unpack it, or save the sheet as CSV")},
        {"\xFD"
         "7zXZ",
         message("core", "it is packed with xz"), repack},
        {"BZh", message("core", "it is packed with bzip2"), repack},
        {"\x28\xB5\x2F\xFD", message("core", "it is packed with zstd"), repack},
        {"\x1F\x8B", message("core", "it is packed with gzip twice"),
         message("core", "Unpack it once, with gunzip")},
        {"PAR1", message("core", "it is a Parquet file"), message("core", "Save it as CSV")},
        {{"SQLite format 3\0", 16},
         message("core", "it is a snapshot or another database"),
         message("core", "Open it as a source, or name a CSV log")},
    };
    for (const Form& form : forms) {
        if (beginsWith(head, form.mark)) {
            return inputError(ErrorCode::WrongFormat, name, form.why, form.advice);
        }
    }
    return {};
}

} // namespace

class LogInput::Impl {
public:
    Impl(const std::string& path, JobContext job)
        : m_name(path == "-" ? "standard input" : path)
        , m_job(std::move(job)) {}
    ~Impl() {
        if (m_isOwned && m_descriptor >= 0) {
            ::close(m_descriptor);
        }
        if (m_isPacked) {
            inflateEnd(&m_stream);
        }
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] Result<void> open(const std::string& path);
    [[nodiscard]] Result<std::size_t> read(std::span<char> to);
    [[nodiscard]] const std::string& name() const { return m_name; }
    [[nodiscard]] Progress progress() const {
        return {m_done, m_total == 0 ? 0 : std::max(m_total, m_done), Progress::Unit::Bytes};
    }
    [[nodiscard]] bool isSameFile(const std::string& path) const {
        struct stat own {};
        struct stat other {};
        return fstat(m_descriptor, &own) == 0 && stat(path.c_str(), &other) == 0 &&
               own.st_dev == other.st_dev && own.st_ino == other.st_ino;
    }

private:
    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<std::size_t> readRaw(std::span<char> to);
    [[nodiscard]] Result<std::size_t> unpack(std::span<char> to);
    [[nodiscard]] Result<bool> refill(); // false at the end of the file
    [[nodiscard]] tl::unexpected<Error> damaged(Message why) const;

    std::string m_name;
    JobContext m_job;
    int m_descriptor = -1;
    bool m_isOwned = false;
    bool m_isRegular = false;
    std::uint64_t m_done = 0;
    std::uint64_t m_total = 0;

    std::vector<char> m_head; // read ahead to look at; given out first
    std::size_t m_headUsed = 0;

    bool m_isPacked = false;
    bool m_isMemberDone = false;
    z_stream m_stream{};
    std::vector<char> m_packed;
};

Result<void> LogInput::Impl::open(const std::string& path) {
    if (path == "-") {
        m_descriptor = STDIN_FILENO;
    } else {
        m_descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        m_isOwned = true;
    }
    struct stat status {};
    if (m_descriptor < 0 || fstat(m_descriptor, &status) != 0) {
        return systemError(m_name, errno);
    }
    if (S_ISDIR(status.st_mode)) {
        return inputError(ErrorCode::WrongFormat, m_name, message("core", "it is a folder"),
                          message("core", "Name a file in it"));
    }
    m_isRegular = S_ISREG(status.st_mode);
    m_total = m_isRegular ? static_cast<std::uint64_t>(status.st_size) : 0;
    return begin();
}

// Looks at the first bytes: packed or not, and which encoding.
Result<void> LogInput::Impl::begin() {
    std::vector<char> first(kHeadBytes);
    Result<std::size_t> got = readRaw(first);
    if (got && *got >= 2 && beginsWith({first.data(), *got}, "\x1F\x8B")) {
        if (inflateInit2(&m_stream, kGzipWindow) != Z_OK) {
            return inputError(ErrorCode::TooLarge, m_name,
                              message("core", "there is not enough memory"), {});
        }
        m_isPacked = true;
        m_packed.resize(kPackedBytes);
        std::copy_n(first.begin(), *got, m_packed.begin());
        m_stream.next_in = reinterpret_cast<Bytef*>(m_packed.data());
        m_stream.avail_in = static_cast<uInt>(*got);
        got = unpack(first);
    }
    if (!got) {
        return fail(std::move(got).error());
    }
    first.resize(*got);
    const std::string_view head(first.data(), first.size());
    if (head.empty()) {
        return inputError(ErrorCode::WrongFormat, m_name, message("core", "it is empty"), {});
    }
    if (Result<void> fit = refuseOtherForms(head, m_name); !fit) {
        return fit;
    }
    // Also without a mark: text in UTF-32 or UTF-16 has NULs in its first character.
    if (isUtf32(head)) {
        return inputError(ErrorCode::WrongFormat, m_name,
                          message("core", "line 1, column 1: it is in UTF-32"),
                          message("core", "Convert it first, with: iconv -f UTF-32 -t UTF-8"));
    }
    if (beginsWith(head, "\xFF\xFE") || beginsWith(head, "\xFE\xFF") ||
        (head.size() > 1 && (head[0] == '\0') != (head[1] == '\0'))) {
        return inputError(ErrorCode::WrongFormat, m_name,
                          message("core", "line 1, column 1: it is in UTF-16"),
                          message("core", "Convert it first, with: iconv -f UTF-16 -t UTF-8"));
    }
    m_headUsed = beginsWith(head, "\xEF\xBB\xBF") ? 3 : 0;
    m_head = std::move(first);
    return {};
}

Result<std::size_t> LogInput::Impl::read(std::span<char> to) {
    const std::size_t ahead = std::min(to.size(), m_head.size() - m_headUsed);
    std::copy_n(m_head.data() + m_headUsed, ahead, to.data());
    m_headUsed += ahead;
    const std::span<char> rest = to.subspan(ahead);
    return (m_isPacked ? unpack(rest) : readRaw(rest)).map([&](std::size_t got) {
        return ahead + got;
    });
}

Result<std::size_t> LogInput::Impl::readRaw(std::span<char> to) {
    std::size_t got = 0;
    while (got < to.size()) {
        if (m_job.isCancelled()) {
            return failCancelled();
        }
        if (!m_isRegular) {
            pollfd waiting{m_descriptor, POLLIN, 0};
            const int ready = poll(&waiting, 1, kPollMilliseconds);
            if (ready == 0 || (ready < 0 && errno == EINTR)) {
                continue;
            }
        }
        const ssize_t count = ::read(m_descriptor, to.data() + got, to.size() - got);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (count < 0) {
            return systemError(m_name, errno);
        }
        if (count == 0) {
            break;
        }
        got += static_cast<std::size_t>(count);
        m_done += static_cast<std::uint64_t>(count);
    }
    return got;
}

Result<bool> LogInput::Impl::refill() {
    const Result<std::size_t> got = readRaw(m_packed);
    if (!got) {
        return fail(got.error());
    }
    m_stream.next_in = reinterpret_cast<Bytef*>(m_packed.data());
    m_stream.avail_in = static_cast<uInt>(*got);
    return *got > 0;
}

tl::unexpected<Error> LogInput::Impl::damaged(Message why) const {
    return inputError(ErrorCode::Damaged, m_name, std::move(why),
                      message("core", "Fetch or pack the log anew; gzip -t tells whether it is "
                                      "whole"));
}

Result<std::size_t> LogInput::Impl::unpack(std::span<char> to) {
    m_stream.next_out = reinterpret_cast<Bytef*>(to.data());
    m_stream.avail_out = static_cast<uInt>(to.size());
    while (m_stream.avail_out > 0) {
        if (m_stream.avail_in == 0) {
            const Result<bool> hasMore = refill();
            if (!hasMore) {
                return fail(hasMore.error());
            }
            if (!*hasMore) {
                if (!m_isMemberDone) {
                    return damaged(message("core", "the gzip data end too early, after %1 bytes",
                                           std::to_string(m_done)));
                }
                break;
            }
        }
        if (m_isMemberDone) {
            // Another member, or zeros that fill up a tape's or disk's block.
            if (*m_stream.next_in == 0) {
                ++m_stream.next_in;
                --m_stream.avail_in;
                continue;
            }
            inflateReset(&m_stream);
            m_isMemberDone = false;
        }
        const int code = inflate(&m_stream, Z_NO_FLUSH);
        m_isMemberDone = code == Z_STREAM_END;
        if (code == Z_MEM_ERROR) {
            return inputError(ErrorCode::TooLarge, m_name,
                              message("core", "there is not enough memory"), {});
        }
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            return damaged(message("core", "the gzip data are damaged before byte %1 (%2)",
                                   std::to_string(m_done - m_stream.avail_in + 1),
                                   m_stream.msg != nullptr ? m_stream.msg : "unknown form"));
        }
    }
    return to.size() - m_stream.avail_out;
}

LogInput::LogInput(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}
LogInput::~LogInput() = default;
LogInput::LogInput(LogInput&& other) noexcept = default;
LogInput& LogInput::operator=(LogInput&& other) noexcept = default;

Result<LogInput> LogInput::open(const std::string& path, JobContext job) {
    auto impl = std::make_unique<Impl>(path, std::move(job));
    if (Result<void> opened = impl->open(path); !opened) {
        return fail(std::move(opened).error());
    }
    return LogInput(std::move(impl));
}

Result<std::size_t> LogInput::read(std::span<char> to) {
    return m_impl->read(to);
}
const std::string& LogInput::name() const {
    return m_impl->name();
}
Progress LogInput::progress() const {
    return m_impl->progress();
}
bool LogInput::isSameFile(const std::string& path) const {
    return m_impl->isSameFile(path);
}

} // namespace cohortist
