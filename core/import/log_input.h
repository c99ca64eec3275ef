// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of an event log: of a file or of standard input, gzip (of one or several members)
// unpacked, a UTF-8 byte order mark taken off. A read that waits for a pipe ends when the job is
// cancelled. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/base/error.h"
#include "core/base/job_context.h"

namespace cohortist {

class LogInput {
public:
    // path: "-" is standard input. Error codes NotFound, AccessDenied, WrongFormat (a folder, an
    // empty file, UTF-16 or -32, an archive, a workbook), Damaged (gzip).
    [[nodiscard]] static Result<LogInput> open(const std::string& path, JobContext job);
    ~LogInput();
    LogInput(LogInput&& other) noexcept;
    LogInput& operator=(LogInput&& other) noexcept;

    // Fills the memory as far as there are bytes; less than asked for means the end.
    [[nodiscard]] Result<std::size_t> read(std::span<char> to);

    [[nodiscard]] const std::string& name() const; // as messages call it: the path
    // Of the file as it lies on disk; total is 0 where it is not known.
    [[nodiscard]] Progress progress() const;
    // Whether the file at the path is the one being read.
    [[nodiscard]] bool isSameFile(const std::string& path) const;

private:
    class Impl;
    explicit LogInput(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace cohortist
