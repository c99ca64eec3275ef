// SPDX-License-Identifier: GPL-3.0-or-later
// A file that appears whole or not at all: written beside its target under another name and renamed
// when complete. Whatever fails (a full disk at the last buffered byte, a read-only folder, a
// cancel), the old file is untouched and nothing temporary stays. A target that is a symbolic link
// keeps being one; the file it points to is replaced. A snapshot or another database is never
// replaced. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace cohortist {

class OutputFile {
public:
    [[nodiscard]] static Result<OutputFile> create(const std::string& path);
    ~OutputFile(); // without commit(): nothing happened
    OutputFile(OutputFile&&) noexcept;
    OutputFile& operator=(OutputFile&&) noexcept;

    [[nodiscard]] Result<void> write(std::string_view bytes);
    [[nodiscard]] Result<void> commit();

private:
    struct State;
    explicit OutputFile(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

// create, write, commit.
[[nodiscard]] Result<void> writeWholeFile(const std::string& path, std::string_view bytes);

} // namespace cohortist
