// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/snapshot/temporary_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/store/snapshot/sqlite_file.h"

namespace cohortist::snapshot {

namespace {

constexpr int kMaxLinks = 40; // as the kernel has it

Message writeAdvice() {
    return message("core", "Choose another place, or check the folder's permissions");
}

// The path that a chain of links ends at, whether there is a file or not.
std::string followLinks(std::string path) {
    namespace fs = std::filesystem;
    std::error_code error;
    for (int i = 0; i < kMaxLinks && fs::is_symlink(path, error); ++i) {
        const fs::path to = fs::read_symlink(path, error);
        if (error) {
            break;
        }
        path = (fs::path(path).parent_path() / to).string();
    }
    return path;
}

} // namespace

Result<TemporaryFile> TemporaryFile::createFor(const std::string& path) {
    namespace fs = std::filesystem;
    TemporaryFile file;
    file.m_asked = path;
    std::error_code ignored;
    file.m_target = followLinks(fs::absolute(path, ignored).string());
    struct stat status {};
    if (path == "-") {
        return writeError(path, message("core", "a snapshot cannot go to standard output"),
                          message("core", "Name a file (./- for one of that name)"));
    }
    if (path.empty() || fs::path(file.m_target).filename().empty()) {
        return writeError(path, message("core", "it names no file"), writeAdvice());
    }
    if (stat(file.m_target.c_str(), &status) != 0) {
        if (errno != ENOENT) { // a circle of links, say
            return writeError(path, message("core", "%1", systemText(errno)), writeAdvice());
        }
    } else if (!S_ISREG(status.st_mode)) {
        return writeError(path,
                          S_ISDIR(status.st_mode) ? message("core", "it is a folder")
                                                  : message("core", "it is not a plain file"),
                          message("core", "Choose another name"));
    }
    const fs::path target(file.m_target);
    // A long name must leave room for what makes it a temporary one.
    std::string made =
        (target.parent_path() / ("." + target.filename().string().substr(0, 200) + ".XXXXXX"))
            .string();
    file.m_descriptor = mkostemp(made.data(), O_CLOEXEC);
    if (file.m_descriptor < 0) {
        return writeError(path, message("core", "%1", systemText(errno)), writeAdvice());
    }
    file.m_path = std::move(made);
    return file;
}

TemporaryFile::~TemporaryFile() {
    discard();
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept {
    *this = std::move(other);
}

TemporaryFile& TemporaryFile::operator=(TemporaryFile&& other) noexcept {
    if (this != &other) {
        discard();
        m_asked = std::move(other.m_asked);
        m_target = std::move(other.m_target);
        m_path = std::exchange(other.m_path, {});
        m_descriptor = std::exchange(other.m_descriptor, -1);
    }
    return *this;
}

void TemporaryFile::discard() {
    if (m_descriptor >= 0) {
        ::close(std::exchange(m_descriptor, -1));
    }
    hide();
}

void TemporaryFile::hide() {
    if (!m_path.empty()) {
        unlink(m_path.c_str());
        m_path.clear();
    }
}

bool TemporaryFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t done = ::write(m_descriptor, bytes.data(), bytes.size());
        if (done < 0 && errno != EINTR) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(done > 0 ? done : 0));
    }
    return true;
}

bool TemporaryFile::readAt(std::uint64_t offset, char* to, std::size_t length) const {
    while (length > 0) {
        const ssize_t done = pread(m_descriptor, to, length, static_cast<off_t>(offset));
        if (done == 0 || (done < 0 && errno != EINTR)) {
            return false;
        }
        const auto step = static_cast<std::size_t>(done > 0 ? done : 0);
        to += step;
        offset += step;
        length -= step;
    }
    return true;
}

bool TemporaryFile::writeAt(std::uint64_t offset, std::string_view bytes) const {
    return pwrite(m_descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
           static_cast<ssize_t>(bytes.size());
}

Result<void> TemporaryFile::flush() {
    if (fsync(m_descriptor) != 0) {
        return writeError(m_asked, message("core", "%1", systemText(errno)), writeAdvice());
    }
    return {};
}

Result<void> TemporaryFile::moveIntoPlace() {
    if (std::rename(m_path.c_str(), m_target.c_str()) != 0) {
        return writeError(m_asked, message("core", "%1", systemText(errno)), writeAdvice());
    }
    m_path.clear();
    const std::string folder = std::filesystem::path(m_target).parent_path().string();
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        // Some file systems know no fsync of folders; the file itself is safe already.
        static_cast<void>(fsync(descriptor));
        ::close(descriptor);
    }
    return {};
}

} // namespace cohortist::snapshot
