// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/output_file.h"

#include <QFileInfo>
#include <QSaveFile>

namespace cohortist {

struct OutputFile::State {
    std::string path;
    QSaveFile file;

    [[nodiscard]] Error error() const {
        return Error{ErrorCode::CannotWrite,
                     message("core", "cannot write %1", path),
                     message("core", "%1", file.errorString().toStdString()),
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
    if (QFileInfo(name).isDir()) {
        return fail(Error{ErrorCode::CannotWrite,
                          message("core", "cannot write %1", path),
                          message("core", "it is a folder"),
                          message("core", "Name a file in it."),
                          {},
                          {}});
    }
    state->file.setFileName(name);
    if (!state->file.open(QIODevice::WriteOnly)) {
        return fail(state->error());
    }
    return OutputFile(std::move(state));
}

Result<void> OutputFile::write(std::string_view bytes) {
    const auto size = static_cast<qint64>(bytes.size());
    if (m_state->file.write(bytes.data(), size) != size) {
        Error error = m_state->error();
        m_state->file.cancelWriting();
        return fail(std::move(error));
    }
    return {};
}

Result<void> OutputFile::commit() {
    // commit() alone reports success when the last buffered bytes met a full disk.
    if (!m_state->file.flush()) {
        Error error = m_state->error();
        m_state->file.cancelWriting();
        static_cast<void>(m_state->file.commit());
        return fail(std::move(error));
    }
    if (!m_state->file.commit()) {
        return fail(m_state->error());
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
