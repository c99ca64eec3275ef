// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <unistd.h>

#include <fmt/format.h>

#include "core/base/pace.h"
#include "core/query/expr.h"

namespace cohortist::cli {

namespace {

std::map<std::string, std::string>& texts() {
    static std::map<std::string, std::string> remembered;
    return remembered;
}

ProgressLine*& shownProgress() {
    static ProgressLine* progress = nullptr;
    return progress;
}

constexpr std::size_t kColumnsAround = 60; // of a query, on either side of what is wrong
constexpr std::size_t kLongestName = 120;  // of what a query names, within a message

bool isInsideCharacter(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

// The bytes from begin to end, whole characters, with … where something was left out.
std::string part(std::string_view text, std::size_t begin, std::size_t end) {
    end = std::min(end, text.size());
    while (begin < end && isInsideCharacter(text, begin)) {
        ++begin;
    }
    while (end > begin && isInsideCharacter(text, end)) {
        --end;
    }
    return (begin > 0 ? "…" : "") + printLine(text.substr(begin, end - begin)) +
           (end < text.size() ? "…" : "");
}

Message shortened(Message message) {
    for (std::string& argument : message.arguments) {
        argument = part(argument, 0, kLongestName);
    }
    return message;
}

// Exactly as a program that does not look after this signal: without a word.
[[noreturn]] void leaveAsReaderDid() {
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
    std::abort();
}

Error outputError() {
    if (errno == EPIPE) {
        leaveAsReaderDid();
    }
    return Error{ErrorCode::CannotWrite,
                 message("core", "cannot write to standard output"),
                 message("core", "%1", std::strerror(errno)),
                 message("core", "Free some space, or write elsewhere."),
                 {},
                 {}};
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
    if (shownProgress() != nullptr && isOutputTerminal()) {
        shownProgress()->end();
    }
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
        return fail(outputError());
    }
    return {};
}

bool flushOutput() {
    if (std::fflush(stdout) == 0) {
        return true;
    }
    printError(outputError());
    return false;
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) {
        digits.insert(at -= 3, ",");
    }
    return digits;
}

std::string counted(std::uint64_t number, const char* one, const char* many) {
    return grouped(number) + ' ' + (number == 1 ? one : many);
}

void tell(std::string_view text) {
    if (shownProgress() != nullptr) {
        shownProgress()->clear();
    }
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

void rememberText(const std::string& part, const std::string& text) {
    texts()[part] = text;
}

void printError(const Error& error) {
    Error told = error;
    told.why = shortened(error.why);
    told.advice = shortened(error.advice);
    std::string line = fmt::format("cohortist-cli: {}\n", printLine(told.english()));
    const auto text = texts().find(error.part);
    if (error.place && text != texts().end() && error.place->offset <= text->second.size()) {
        const std::string_view query = text->second;
        const std::size_t begin = error.place->offset;
        std::size_t end =
            std::min({query.size(), begin + error.place->length, begin + kColumnsAround});
        while (end > begin && isInsideCharacter(query, end)) {
            --end;
        }
        const std::size_t first = begin > kColumnsAround ? begin - kColumnsAround : 0;
        const std::string before = part(query.substr(0, begin), first, begin);
        const std::string at = printLine(query.substr(begin, end - begin));
        const std::string after = part(query.substr(end), 0, kColumnsAround);
        line += fmt::format("  {}{}{}\n  {}{}\n", before, at, after,
                            std::string(columnsOf(before), ' '),
                            std::string(std::max<std::size_t>(1, columnsOf(at)), '^'));
    }
    tell(line);
}

ProgressLine::ProgressLine()
    : m_isTerminal(isatty(STDERR_FILENO) == 1) {
    shownProgress() = this;
}

ProgressLine::~ProgressLine() {
    shownProgress() = nullptr;
}

void ProgressLine::show(Progress progress) {
    const std::lock_guard lock(m_mutex);
    if (!m_isTerminal || (progress.total == 0 && progress.unit != Progress::Unit::Bytes)) {
        return;
    }
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

void ProgressLine::end() {
    clear();
    const std::lock_guard lock(m_mutex);
    m_isTerminal = false;
}

} // namespace cohortist::cli
