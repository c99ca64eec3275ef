// SPDX-License-Identifier: GPL-3.0-or-later
// A file that becomes another one only when it is complete. It is made with mode 0600 in the folder
// of its place, and removed when it is dropped before it was moved there. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace cohortist::snapshot {

class TemporaryFile {
public:
    // The place is path, or what the link at path leads to. A folder, a device or the like is
    // refused, and so is a folder that cannot be written to. Error code CannotWrite.
    [[nodiscard]] static Result<TemporaryFile> createFor(const std::string& path);
    ~TemporaryFile();
    TemporaryFile(TemporaryFile&& other) noexcept;
    TemporaryFile& operator=(TemporaryFile&& other) noexcept;

    [[nodiscard]] const std::string& path() const { return m_path; }
    // Takes the file out of the folder at once; its bytes live as long as this object.
    void hide();

    [[nodiscard]] bool append(std::string_view bytes); // false: errno says why
    [[nodiscard]] bool readAt(std::uint64_t offset, char* to, std::size_t length) const;
    [[nodiscard]] bool writeAt(std::uint64_t offset, std::string_view bytes) const;
    // Forces the bytes to disk, takes the place, and forces the folder's entry to disk.
    [[nodiscard]] Result<void> flush();
    [[nodiscard]] Result<void> moveIntoPlace();

private:
    TemporaryFile() = default;
    void discard();

    std::string m_asked;  // as the caller named the place
    std::string m_target; // links followed
    std::string m_path;   // empty: nothing to remove
    int m_descriptor = -1;
};

} // namespace cohortist::snapshot
