// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/bolt/bolt_file.h"

#include <algorithm>

namespace cohortist::bolt {

namespace {

constexpr std::size_t kPageSizes = 15; // 1 KiB to 16 MiB

Message boltAdvice() {
    return message("core", "Choose a database file of bitmapist-server (bitmapist.db)");
}

tl::unexpected<Error> lockedError(const std::string& path) {
    return readError(ErrorCode::Busy, path,
                     message("core", "a running bitmapist-server keeps it locked"),
                     message("core", "Send the server SIGUSR1 and open the copy that it writes to "
                                     "the file named by its option -bak; or connect to the server "
                                     "itself: redis://host:port"));
}

tl::unexpected<Error> metaError(const std::string& path, const Meta& a, const Meta& b) {
    const auto either = [&](MetaState state) { return a.state == state || b.state == state; };
    if (either(MetaState::OtherVersion)) {
        const Meta& meta = a.state == MetaState::OtherVersion ? a : b;
        return readError(ErrorCode::FutureVersion, path,
                         message("core", "its format is version %1, and this program knows %2",
                                 std::to_string(meta.version), std::to_string(kVersion)),
                         message("core", "Open it with a newer Cohortist"));
    }
    if (either(MetaState::Damaged)) {
        return damagedError(path, message("core", "neither of its two meta pages is sound"));
    }
    if (either(MetaState::OtherOrder)) {
        return readError(ErrorCode::Unsupported, path,
                         message("core", "it was written on a machine of another byte order"),
                         message("core", "Connect to the server itself: redis://host:port"));
    }
    return readError(ErrorCode::WrongFormat, path,
                     message("core", "it is not a database of bitmapist-server"), boltAdvice());
}

} // namespace

tl::unexpected<Error> damagedError(const std::string& path, Message why) {
    return readError(ErrorCode::Damaged, path, std::move(why),
                     message("core", "Fetch the file again from where it came from, or have the "
                                     "server write a new copy (-bak, SIGUSR1)"));
}

Result<BoltFile> BoltFile::open(const std::string& path) {
    Result<SourceFile> source = SourceFile::open(path, boltAdvice());
    if (!source) {
        return fail(std::move(source).error());
    }
    BoltFile file(*std::move(source));
    if (!file.m_file.lockShared()) {
        return lockedError(path);
    }
    // What was written between opening and locking is in the file now.
    if (Result<void> same = file.checkUnchanged(); !same) {
        return fail(std::move(same).error());
    }
    file.m_state.identity = file.m_file.identity();
    if (Result<void> chosen = file.chooseMeta(); !chosen) {
        return fail(std::move(chosen).error());
    }
    return file;
}

Result<BoltFile> BoltFile::openAgain(const std::string& path, const BoltState& state) {
    if (!isAsItWas(path, state.identity)) {
        return changedError(path);
    }
    Result<BoltFile> file = open(path);
    if (file ? file->state() != state : !isAsItWas(path, state.identity)) {
        return changedError(path);
    }
    return file;
}

Result<void> BoltFile::checkUnchanged() const {
    if (!isAsItWas(path(), m_file.identity())) {
        return changedError(path());
    }
    return {};
}

Result<void> BoltFile::read(std::uint64_t offset, std::span<char> to) const {
    const Result<std::size_t> got = m_file.read(offset, to);
    if (!got) {
        return fail(got.error());
    }
    if (*got != to.size()) {
        if (Result<void> same = checkUnchanged(); !same) {
            return same;
        }
        return damagedError(path(), message("core", "it is cut short"));
    }
    return {};
}

Result<Meta> BoltFile::metaAt(std::uint64_t offset, std::size_t number) {
    auto& bytes = m_state.metas[number];
    bytes = {};
    const Result<std::size_t> got = m_file.read(offset, bytes);
    if (!got) {
        return fail(got.error());
    }
    return readMeta({bytes.data(), *got});
}

Result<void> BoltFile::chooseMeta() {
    const Result<Meta> first = metaAt(0, 0);
    if (!first) {
        return fail(first.error());
    }
    const bool isFirstGood = first->state == MetaState::Good;
    Meta second;
    // Without the first, the page size is not known, so the second is looked for.
    for (std::size_t i = 0; i < kPageSizes && second.state == MetaState::NoMeta; ++i) {
        const std::uint64_t pageBytes = isFirstGood ? first->pageBytes : kMinPageBytes << i;
        const Result<Meta> found = metaAt(pageBytes, 1);
        if (!found) {
            return fail(found.error());
        }
        const bool isOfThisSize = found->state != MetaState::Good || found->pageBytes == pageBytes;
        second = isOfThisSize ? *found : Meta{};
        if (isFirstGood) {
            break;
        }
    }
    const bool isSecondGood = second.state == MetaState::Good;
    if (!isFirstGood && !isSecondGood) {
        return metaError(path(), *first, second);
    }
    m_meta =
        !isSecondGood || (isFirstGood && first->transaction > second.transaction) ? *first : second;
    if (!isFirstGood || !isSecondGood) {
        m_lostMeta = isFirstGood ? "meta page 1" : "meta page 0";
    }
    if (m_meta.pages > m_file.size() / m_meta.pageBytes) {
        return damagedError(path(), message("core", "it is cut short: %1 of %2 pages are there",
                                            std::to_string(m_file.size() / m_meta.pageBytes),
                                            std::to_string(m_meta.pages)));
    }
    return {};
}

bool looksLikeBolt(const std::string& path) {
    const Result<SourceFile> file = SourceFile::open(path, {});
    if (!file) {
        return false;
    }
    std::array<char, kMetaBytes> bytes{};
    const auto isMeta = [&](std::uint64_t offset) {
        const Result<std::size_t> got = file->read(offset, bytes);
        return got && readMeta({bytes.data(), *got}).state != MetaState::NoMeta;
    };
    for (std::size_t i = 0; i < kPageSizes; ++i) {
        if (isMeta(kMinPageBytes << i)) {
            return true;
        }
    }
    return isMeta(0);
}

} // namespace cohortist::bolt
