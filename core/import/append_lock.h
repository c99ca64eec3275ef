// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps imports into one snapshot from losing each other's lines: each that adds to it reads it
// after the one before has written it, and none replaces it while another adds. A lock (flock) on
// the snapshot's file, which falls with the process; where there are no locks it does nothing. Not
// thread-safe.
#pragma once

#include <string>

#include "core/base/error.h"
#include "core/base/job_context.h"

namespace cohortist {

class AppendLock {
public:
    // Waits for whoever adds to the snapshot at the path. A path that cannot be opened is no
    // failure here. Error code Cancelled.
    [[nodiscard]] static Result<AppendLock> take(const std::string& path, const JobContext& job);
    AppendLock(AppendLock&& other) noexcept;
    AppendLock& operator=(AppendLock&&) = delete;
    ~AppendLock();

private:
    explicit AppendLock(int descriptor)
        : m_descriptor(descriptor) {}
    int m_descriptor; // -1: none
};

} // namespace cohortist
