// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/output_file.h"

#include <cerrno>
#include <cstring>

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <sys/stat.h>

#include "core/store/bolt/bolt_file.h"

namespace cohortist {

namespace {

bool isPlainFile(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

// Data that questions are asked of, and perhaps this very list was read from.
bool isSource(const std::string& path) {
    constexpr std::string_view kSqlite("SQLite format 3\0", 16);
    QFile file(QString::fromStdString(path));
    const bool isDatabase =
        file.open(QIODevice::ReadOnly) && file.read(kSqlite.size()).toStdString() == kSqlite;
    return isDatabase || bolt::looksLikeBolt(path);
}

Error refusal(const std::string& path, Message why, Message advice) {
    return Error{ErrorCode::CannotWrite,
                 message("core", "cannot write %1", path),
                 std::move(why),
                 std::move(advice),
                 {},
                 {}};
}

} // namespace

struct OutputFile::State {
    std::string path;
    QSaveFile file;

    // code: errno of what failed, which QSaveFile's own text does not always tell.
    [[nodiscard]] Error error(int code) const {
        const std::string why =
            code != 0 ? std::string(std::strerror(code)) : file.errorString().toStdString();
        return Error{ErrorCode::CannotWrite,
                     message("core", "cannot write %1", path),
                     message("core", "%1", why),
                     message("core", "Free some space or choose another folder; what was there "
                                     "before is untouched."),
                     {}};
    }
};

OutputFile::OutputFile(std::unique_ptr<State> state)
    : m_state(std::move(state)) {}
OutputFile::~OutputFile() = default;
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile& OutputFile::operator=(OutputFile&&) noexcept = default;

Result<OutputFile> OutputFile::create(const std::string& path) {
    auto state = std::make_unique<State>();
    state->path = path;
    const QString name = QString::fromStdString(path);
    const QFileInfo there(name); // follows links
    if (there.exists() && !isPlainFile(path)) {
        return fail(there.isDir() ? refusal(path, message("core", "it is a folder"),
                                            message("core", "Name a file in it."))
                                  : refusal(path, message("core", "it is not a plain file"),
                                            message("core", "Choose another name.")));
    }
    if (there.exists() && isSource(path)) {
        return fail(refusal(path, message("core", "it is a snapshot or another database"),
                            message("core", "Choose another name.")));
    }
    state->file.setFileName(name);
    if (!state->file.open(QIODevice::WriteOnly)) {
        return fail(state->error(0));
    }
    return OutputFile(std::move(state));
}

Result<void> OutputFile::write(std::string_view bytes) {
    const auto size = static_cast<qint64>(bytes.size());
    errno = 0;
    if (m_state->file.write(bytes.data(), size) != size) {
        Error error = m_state->error(errno);
        m_state->file.cancelWriting();
        return fail(std::move(error));
    }
    return {};
}

Result<void> OutputFile::commit() {
    // commit() alone reports success when the last buffered bytes met a full disk.
    errno = 0;
    if (!m_state->file.flush()) {
        Error error = m_state->error(errno);
        m_state->file.cancelWriting();
        static_cast<void>(m_state->file.commit());
        return fail(std::move(error));
    }
    errno = 0;
    if (!m_state->file.commit()) {
        return fail(m_state->error(errno));
    }
    return {};
}

Result<void> writeWholeFile(const std::string& path, std::string_view bytes) {
    auto file = OutputFile::create(path);
    if (!file) {
        return fail(std::move(file.error()));
    }
    if (auto written = file->write(bytes); !written) {
        return written;
    }
    return file->commit();
}

} // namespace cohortist
