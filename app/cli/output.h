// SPDX-License-Identifier: GPL-3.0-or-later
// Standard output and standard error: results, error lines, a progress line that only a terminal
// sees and that gives way to whatever else is written. ProgressLine may be called from any thread,
// and there is one at a time; the rest is for the main one.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/job_context.h"

namespace cohortist::cli {

[[nodiscard]] bool isOutputTerminal();
// Writes all of it; an error when the disk is full. When the reader is gone, so is the program.
[[nodiscard]] Result<void> print(std::string_view text);
[[nodiscard]] bool flushOutput();
// One line or more on standard error: what was done, or a question.
void tell(std::string_view text);

// 1,234,567
[[nodiscard]] std::string grouped(std::uint64_t number);
// "1 user", "2,000 users"
[[nodiscard]] std::string counted(std::uint64_t number, const char* one, const char* many);

// "cohortist-cli: WHAT: WHY. WHAT TO DO"; for a query its text and a caret under the place follow.
void printError(const Error& error);

// Keeps the texts that an error's place may lie in, by Error::part.
void rememberText(const std::string& part, const std::string& text);

class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(Progress progress);
    void clear();
    void end(); // clears it, and shows no more

private:
    std::mutex m_mutex;
    bool m_isTerminal = false;
    bool m_isShown = false;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point m_last;
};

} // namespace cohortist::cli
