// SPDX-License-Identifier: GPL-3.0-or-later
// A disk of a few megabytes that fills up, in memory or with ext4 (which finds out late that it is
// full), and what becomes of a file that is written to it with ever more room. Needs root.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <QStringList>

#include "core/base/error.h"

namespace cohortist::test {

class SmallDisk {
public:
    enum class Kind { Memory, Ext4 };
    // Null where it cannot be mounted.
    [[nodiscard]] static std::unique_ptr<SmallDisk> mount(Kind kind, const QString& folder,
                                                          std::size_t bytes);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

private:
    SmallDisk(std::string path, std::size_t bytes)
        : m_path(std::move(path))
        , m_bytes(bytes) {}
    std::string m_path;
    std::size_t m_bytes;
};

// The rows of a test over both kinds; it fetches an int, "kind".
void addDiskRows();

// From no room to enough, `step` bytes more each time, with an old file in the place of the output.
struct FullDiskOutcome {
    int failures = 0;
    int successes = 0;
    QStringList
        trouble; // a failure that is not CannotWrite, a lost old file, something left behind
};
[[nodiscard]] FullDiskOutcome
writeWithMoreAndMoreRoom(const SmallDisk& disk, std::size_t step,
                         const std::function<Result<void>(const std::string& path)>& write,
                         const std::function<bool(const std::string& path)>& isWhole);

} // namespace cohortist::test
