// SPDX-License-Identifier: GPL-3.0-or-later
// The file that a fuzzer writes its input to, since what it tests reads files: one a process, in
// memory where the system has a place for that, and gone with the process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

#include "tests/fuzz/require.h"

namespace cohortist::fuzz {

class ScratchFile {
public:
    explicit ScratchFile(const char* extension) {
        std::error_code none;
        const std::filesystem::path memory("/dev/shm");
        const auto folder = std::filesystem::is_directory(memory, none)
                                ? memory
                                : std::filesystem::temp_directory_path();
        m_path = folder / ("cohortist-fuzz-" + std::to_string(getpid()) + extension);
    }
    ~ScratchFile() {
        std::error_code none;
        std::filesystem::remove(m_path, none);
    }
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    [[nodiscard]] const std::string& path() const { return m_path; }
    void write(std::string_view bytes) const {
        std::ofstream file(m_path, std::ios::binary | std::ios::trunc);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file.close();
        require(file.good(), "the scratch file can be written");
    }
    [[nodiscard]] std::string read() const {
        std::ifstream file(m_path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    std::string m_path;
};

} // namespace cohortist::fuzz
