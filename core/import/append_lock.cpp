// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/append_lock.h"

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cohortist {

namespace {

constexpr std::chrono::milliseconds kPause(20);

bool isAt(const std::string& path, int descriptor) {
    struct stat own {};
    struct stat there {};
    return fstat(descriptor, &own) == 0 && stat(path.c_str(), &there) == 0 &&
           own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

} // namespace

Result<AppendLock> AppendLock::take(const std::string& path, const JobContext& job) {
    while (true) {
        AppendLock lock(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (lock.m_descriptor < 0) {
            return lock;
        }
        while (flock(lock.m_descriptor, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR) {
                return lock;
            }
            if (job.isCancelled()) {
                return failCancelled();
            }
            std::this_thread::sleep_for(kPause);
        }
        // Whoever had the lock has put a new file in this one's place.
        if (isAt(path, lock.m_descriptor)) {
            return lock;
        }
    }
}

AppendLock::AppendLock(AppendLock&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

AppendLock::~AppendLock() {
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

} // namespace cohortist
