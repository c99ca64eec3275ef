// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/source_file.h"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cohortist {

namespace {

FileIdentity identityOf(const struct stat& status) {
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec};
}

} // namespace

tl::unexpected<Error> readError(ErrorCode code, const std::string& path, Message why,
                                Message advice) {
    return fail(Error{
        code, message("core", "cannot read %1", path), std::move(why), std::move(advice), {}});
}

std::string systemText(int number) {
    return std::generic_category().message(number);
}

bool isAsItWas(const std::string& path, const FileIdentity& identity) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && identityOf(status) == identity;
}

tl::unexpected<Error> changedError(const std::string& path) {
    return readError(ErrorCode::Changed, path,
                     message("core", "the file was replaced or altered while it was open"),
                     message("core", "Open it again"));
}

Result<SourceFile> SourceFile::open(const std::string& path, const Message& advice) {
    std::error_code ignored;
    std::string absolute = std::filesystem::absolute(path, ignored).string();
    if (path.empty() || absolute.empty()) {
        return readError(ErrorCode::NotFound, path, message("core", "the file does not exist"),
                         message("core", "Check the path"));
    }
    // O_NONBLOCK: a named pipe must not hold us up.
    const int descriptor = ::open(absolute.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        const int error = errno;
        const bool isMissing = error == ENOENT || error == ENOTDIR;
        return readError(isMissing ? ErrorCode::NotFound : ErrorCode::AccessDenied, path,
                         isMissing ? message("core", "the file does not exist")
                                   : message("core", "%1", systemText(error)),
                         isMissing ? message("core", "Check the path")
                                   : message("core", "Check the file's permissions"));
    }
    SourceFile file(std::move(absolute), descriptor);
    struct stat status {};
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        return readError(ErrorCode::WrongFormat, path,
                         S_ISDIR(status.st_mode) ? message("core", "it is a folder")
                                                 : message("core", "it is not a file"),
                         advice);
    }
    if (status.st_size == 0) {
        return readError(ErrorCode::WrongFormat, path, message("core", "the file is empty"),
                         advice);
    }
    file.m_identity = identityOf(status);
    return file;
}

SourceFile::SourceFile(SourceFile&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_identity(other.m_identity) {}

SourceFile::~SourceFile() {
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

Result<std::size_t> SourceFile::read(std::uint64_t offset, std::span<char> to) const {
    std::size_t done = 0;
    while (done < to.size() && offset + done < size()) {
        const ssize_t got = pread(m_descriptor, to.data() + done, to.size() - done,
                                  static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return readError(ErrorCode::AccessDenied, m_path,
                             message("core", "%1", systemText(errno)),
                             message("core", "Check the disk, or copy the file to another one"));
        }
        if (got == 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

bool SourceFile::lockShared() const {
    int result = 0;
    do {
        result = flock(m_descriptor, LOCK_SH | LOCK_NB);
    } while (result != 0 && errno == EINTR);
    return result == 0 || errno != EWOULDBLOCK;
}

} // namespace cohortist
