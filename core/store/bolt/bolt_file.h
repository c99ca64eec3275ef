// SPDX-License-Identifier: GPL-3.0-or-later
// An open bbolt file: its lock, the meta page that counts, and bytes at a place. While it is open
// no bbolt program writes to the file, and none can open it to write, so keep one no longer than
// the reading takes. BoltState is what is kept between two readings: with it the file is opened
// again as the same or not at all. Safe to read from several threads.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/error.h"
#include "core/store/bolt/format.h"
#include "core/store/source_file.h"

namespace cohortist::bolt {

[[nodiscard]] tl::unexpected<Error> damagedError(const std::string& path, Message why);

struct BoltState {
    FileIdentity identity;
    // bbolt writes at least one of them with every change.
    std::array<std::array<char, kMetaBytes>, 2> metas{};
    bool operator==(const BoltState&) const = default;
};

class BoltFile {
public:
    // Error codes NotFound, AccessDenied, Busy (locked), WrongFormat, FutureVersion, Unsupported,
    // Damaged.
    [[nodiscard]] static Result<BoltFile> open(const std::string& path);
    // As it was in that state. Error codes Changed, Busy, AccessDenied.
    [[nodiscard]] static Result<BoltFile> openAgain(const std::string& path,
                                                    const BoltState& state);

    [[nodiscard]] const std::string& path() const { return m_file.path(); }
    [[nodiscard]] const Meta& meta() const { return m_meta; }
    [[nodiscard]] const BoltState& state() const { return m_state; }
    // Says which meta page is not sound, where the other one had to do; else empty.
    [[nodiscard]] const std::string& lostMeta() const { return m_lostMeta; }
    // Error code Changed when the path leads to another file, or this one was altered.
    [[nodiscard]] Result<void> checkUnchanged() const;
    // All of `to`. Error codes Damaged (the file ends before), AccessDenied.
    [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<char> to) const;

private:
    explicit BoltFile(SourceFile file)
        : m_file(std::move(file)) {}
    [[nodiscard]] Result<void> chooseMeta();
    [[nodiscard]] Result<Meta> metaAt(std::uint64_t offset, std::size_t number);

    SourceFile m_file;
    Meta m_meta;
    BoltState m_state;
    std::string m_lostMeta;
};

// Whether the file's first bytes are those of a bbolt file, sound or not.
[[nodiscard]] bool looksLikeBolt(const std::string& path);

} // namespace cohortist::bolt
