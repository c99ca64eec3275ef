// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <unistd.h>

#include <fmt/format.h>

#include "core/base/pace.h"

namespace cohortist::cli {

namespace {

std::map<std::string, std::string>& texts() {
    static std::map<std::string, std::string> remembered;
    return remembered;
}

// One line, one column a character: control characters become spaces.
std::string oneLine(std::string_view text) {
    std::string line;
    for (const char c : text) {
        line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return line;
}

std::string rateText(const Progress& progress, double perSecond) {
    switch (progress.unit) {
    case Progress::Unit::Bytes:
        return fmt::format("  {:.0f} MB/s", perSecond / 1e6);
    case Progress::Unit::Users:
        return fmt::format("  {:.1f} M users/s", perSecond / 1e6);
    case Progress::Unit::Keys:
        return fmt::format("  {:.0f} keys/s", perSecond);
    case Progress::Unit::Steps:
        break;
    }
    return {};
}

// " 42 %  180 MB/s  3 s left"; what is not known is left out.
std::string progressText(const Progress& progress, double seconds) {
    const Pace pace = paceOf(progress, seconds);
    std::string text = pace.percent
                           ? fmt::format("{:3} %", *pace.percent)
                           : fmt::format("{:.0f} MB", static_cast<double>(progress.done) / 1e6);
    if (pace.perSecond) {
        text += rateText(progress, *pace.perSecond);
    }
    if (pace.secondsLeft) {
        text += *pace.secondsLeft < 90 ? fmt::format("  {:.0f} s left", *pace.secondsLeft)
                                       : fmt::format("  {:.0f} min left", *pace.secondsLeft / 60);
    }
    return text;
}

std::size_t columnsOf(std::string_view text) {
    std::size_t columns = 0;
    for (const char c : text) {
        columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    }
    return columns;
}

} // namespace

bool isOutputTerminal() {
    return isatty(STDOUT_FILENO) == 1;
}

Result<void> print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
        return fail(Error{ErrorCode::CannotWrite,
                          message("core", "cannot write to standard output"),
                          message("core", "%1", std::strerror(errno)),
                          {},
                          {},
                          {}});
    }
    return {};
}

bool flushOutput() {
    if (std::fflush(stdout) == 0) {
        return true;
    }
    if (errno == EPIPE) {
        return false; // the reader has seen enough
    }
    printError(Error{ErrorCode::CannotWrite,
                     message("core", "cannot write to standard output"),
                     message("core", "%1", std::strerror(errno)),
                     {},
                     {},
                     {}});
    return false;
}

void rememberText(const std::string& part, const std::string& text) {
    texts()[part] = text;
}

void printError(const Error& error) {
    std::string line = fmt::format("cohortist-cli: {}\n", oneLine(error.english()));
    const auto text = texts().find(error.part);
    if (error.place && text != texts().end() && error.place->offset <= text->second.size()) {
        const std::string_view query = text->second;
        const auto before = query.substr(0, error.place->offset);
        const auto at = query.substr(error.place->offset, error.place->length);
        line += fmt::format("  {}\n  {}{}\n", oneLine(query), std::string(columnsOf(before), ' '),
                            std::string(std::max<std::size_t>(1, columnsOf(at)), '^'));
    }
    static_cast<void>(std::fputs(line.c_str(), stderr));
}

ProgressLine::ProgressLine()
    : m_isTerminal(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(Progress progress) {
    if (!m_isTerminal || (progress.total == 0 && progress.unit != Progress::Unit::Bytes)) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    const auto now = std::chrono::steady_clock::now();
    if (now - m_last < std::chrono::milliseconds(100)) {
        return;
    }
    m_last = now;
    m_isShown = true;
    const double seconds = std::chrono::duration<double>(now - m_start).count();
    static_cast<void>(
        std::fputs(fmt::format("\r{}\x1b[K", progressText(progress, seconds)).c_str(), stderr));
}

void ProgressLine::clear() {
    const std::lock_guard lock(m_mutex);
    if (m_isShown) {
        static_cast<void>(std::fputs("\r\x1b[K", stderr));
        m_isShown = false;
    }
}

} // namespace cohortist::cli
