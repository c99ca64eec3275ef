// SPDX-License-Identifier: GPL-3.0-or-later
// A file that a store reads from: opened only when it is a regular one, read at positions and never
// mapped into memory (a file that shrinks under a map ends the process), and told from whatever
// takes its place later. Never written to. Safe to read from several threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/error.h"

namespace cohortist {

[[nodiscard]] tl::unexpected<Error> readError(ErrorCode code, const std::string& path, Message why,
                                              Message advice);
[[nodiscard]] std::string systemText(int number); // of errno, in English

// What tells one state of a file from another.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modifiedSeconds = 0;
    std::int64_t modifiedNanoseconds = 0;
    bool operator==(const FileIdentity&) const = default;
};
// Whether the path leads to the file as it was.
[[nodiscard]] bool isAsItWas(const std::string& path, const FileIdentity& identity);
// Error code Changed.
[[nodiscard]] tl::unexpected<Error> changedError(const std::string& path);

class SourceFile {
public:
    // advice: what to do when it is no regular file, or empty. Error codes NotFound, AccessDenied,
    // WrongFormat.
    [[nodiscard]] static Result<SourceFile> open(const std::string& path, const Message& advice);
    SourceFile(SourceFile&& other) noexcept;
    SourceFile& operator=(SourceFile&&) = delete;
    ~SourceFile();

    [[nodiscard]] const std::string& path() const { return m_path; } // absolute
    [[nodiscard]] const FileIdentity& identity() const { return m_identity; }
    [[nodiscard]] std::uint64_t size() const { return static_cast<std::uint64_t>(m_identity.size); }

    // Up to to.size() bytes, fewer only at the file's end. Error code AccessDenied.
    [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<char> to) const;
    // An advisory lock (flock) that others may share, for as long as this object lives. False when
    // somebody holds one that they do not share; true as well where there are no locks.
    [[nodiscard]] bool lockShared() const;

private:
    SourceFile(std::string path, int descriptor)
        : m_path(std::move(path))
        , m_descriptor(descriptor) {}

    std::string m_path;
    int m_descriptor;
    FileIdentity m_identity;
};

} // namespace cohortist
