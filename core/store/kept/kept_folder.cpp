// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/kept/kept_folder.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <QCryptographicHash>

#include "core/query/expr.h"
#include "core/store/source_file.h"

namespace cohortist {

namespace {

namespace fs = std::filesystem;

constexpr const char* kNote = "source.txt"; // the source in one line, the prefix in the next
constexpr const char* kExtension = ".cohorts";
constexpr int kNameLength = 32;
// What a program that was killed has left behind.
constexpr std::chrono::hours kAbandoned{24};

tl::unexpected<Error> cannotKeep(const std::string& path, int number) {
    return fail(Error{ErrorCode::CannotWrite,
                      message("core", "cannot keep past periods in %1", path),
                      message("core", "%1", systemText(number)),
                      message("core", "Check the folder's permissions."),
                      {},
                      {}});
}

bool isOurs(const fs::directory_entry& entry) {
    std::error_code none;
    const std::string name = entry.path().filename().string();
    return entry.is_directory(none) && !entry.is_symlink(none) && name.size() == kNameLength &&
           name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::vector<fs::directory_entry> entriesOf(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        entries.push_back(*at);
    }
    return entries;
}

std::uint64_t sizeOf(const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    return error ? 0 : size;
}

fs::file_time_type timeOf(const fs::path& path) {
    std::error_code error;
    const auto time = fs::last_write_time(path, error);
    return error ? fs::file_time_type::min() : time;
}

// The folders of sources, the one that was used last in front.
std::vector<fs::path> sourceFolders(const std::string& folder) {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    for (const fs::directory_entry& entry : entriesOf(folder)) {
        if (isOurs(entry)) {
            found.emplace_back(timeOf(entry.path() / kNote), entry.path());
        }
    }
    std::sort(found.rbegin(), found.rend());
    std::vector<fs::path> folders;
    folders.reserve(found.size());
    for (auto& [time, path] : found) {
        folders.push_back(std::move(path));
    }
    return folders;
}

std::string cacheFolder(const char* name) {
    const char* cache = std::getenv("XDG_CACHE_HOME");
    if (cache != nullptr && fs::path(cache).is_absolute()) {
        return (fs::path(cache) / "cohortist" / name).string();
    }
    const char* home = std::getenv("HOME");
    return home != nullptr && fs::path(home).is_absolute()
               ? (fs::path(home) / ".cache/cohortist" / name).string()
               : std::string();
}

} // namespace

std::string defaultKeptFolder() {
    return cacheFolder("periods");
}

std::string defaultPartsFolder() {
    return cacheFolder("copies");
}

std::vector<KeptSource> keptSources(const std::string& folder) {
    std::vector<KeptSource> sources;
    for (const fs::path& path : sourceFolders(folder)) {
        KeptSource source;
        std::ifstream note(path / kNote);
        std::getline(note, source.source);
        std::getline(note, source.prefix);
        source.folder = path.string();
        for (const fs::directory_entry& entry : entriesOf(path)) {
            source.bytes += sizeOf(entry.path());
        }
        sources.push_back(std::move(source));
    }
    return sources;
}

Result<void> clearKept(const std::string& folder) {
    for (const fs::path& path : sourceFolders(folder)) {
        std::error_code error;
        fs::remove_all(path, error);
        if (error) {
            return fail(Error{ErrorCode::CannotWrite,
                              message("core", "cannot clear %1", path.string()),
                              message("core", "%1", systemText(error.value())),
                              message("core", "Check the folder's permissions."),
                              {},
                              {}});
        }
    }
    return {};
}

std::string keptFolderOf(const std::string& folder, const std::string& source,
                         const std::string& prefix) {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const std::string* part : {&source, &prefix}) {
        const std::string size = std::to_string(part->size()) + ":"; // so that no two read alike
        hash.addData(QByteArray::fromStdString(size));
        hash.addData(QByteArray::fromStdString(*part));
    }
    return folder + '/' + hash.result().toHex().left(kNameLength).toStdString();
}

Result<std::string> enterKept(const std::string& folder, const std::string& source,
                              const std::string& prefix) {
    std::error_code error;
    fs::create_directories(fs::path(folder).parent_path(), error);
    if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return cannotKeep(folder, errno);
    }
    const fs::path path = keptFolderOf(folder, source, prefix);
    if (mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return cannotKeep(path.string(), errno);
    }
    const std::string note = (path / kNote).string();
    const int descriptor =
        ::open(note.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        return cannotKeep(path.string(), errno);
    }
    const std::string text = printLine(source) + "\n" + printName(prefix) + "\n";
    const bool isWritten =
        ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int number = errno;
    ::close(descriptor);
    return isWritten ? Result<std::string>(path.string()) : cannotKeep(path.string(), number);
}

std::vector<std::string> keptFiles(const std::string& sourceFolder) {
    std::vector<std::string> files;
    for (const fs::directory_entry& entry : entriesOf(sourceFolder)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with('.') && name.ends_with(kExtension)) {
            files.push_back(entry.path().string());
        }
    }
    std::sort(files.rbegin(), files.rend()); // names begin with the time
    return files;
}

std::string newKeptFile(const std::string& sourceFolder) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    auto time = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
    // Clocks are set back too.
    if (const auto files = keptFiles(sourceFolder); !files.empty()) {
        const std::string newest = fs::path(files.front()).filename().string();
        std::uint64_t last = 0;
        std::from_chars(newest.data(), newest.data() + newest.size(), last, 16);
        time = std::max(time, last + (last < UINT64_MAX ? 1 : 0));
    }
    return fmt::format("{}/{:016x}-{}{}", sourceFolder, time, getpid(), kExtension);
}

void limitKept(const std::string& folder, std::uint64_t limitBytes) {
    std::uint64_t bytes = 0;
    std::error_code none;
    for (const fs::path& source : sourceFolders(folder)) {
        for (const fs::directory_entry& entry : entriesOf(source)) {
            if (entry.path().filename().string().starts_with('.') &&
                fs::file_time_type::clock::now() - timeOf(entry.path()) > kAbandoned) {
                fs::remove(entry.path(), none);
            }
        }
        for (const std::string& file : keptFiles(source.string())) {
            const std::uint64_t size = sizeOf(file);
            bytes += size;
            if (bytes > limitBytes && fs::remove(file, none)) {
                bytes -= size;
            }
        }
    }
}

void removeKept(const std::string& folder, const std::string& source, const std::string& prefix) {
    std::error_code none;
    fs::remove_all(keptFolderOf(folder, source, prefix), none);
}

void forgetKept(const std::string& folder, std::chrono::hours age) {
    std::error_code none;
    for (const fs::path& source : sourceFolders(folder)) {
        if (fs::file_time_type::clock::now() - timeOf(source / kNote) > age) {
            fs::remove_all(source, none);
        }
    }
}

} // namespace cohortist
