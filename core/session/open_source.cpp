// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session.h"
#include "core/store/snapshot/snapshot_store.h"

namespace cohortist {

namespace {

// Only the scheme and what follows the password may be repeated in a message.
std::string withoutPassword(const std::string& source) {
    const std::size_t scheme = source.find("://");
    const std::size_t at = source.rfind('@');
    if (scheme == std::string::npos || at == std::string::npos || at < scheme) {
        return source;
    }
    return source.substr(0, scheme + 3) + "…" + source.substr(at);
}

} // namespace

Result<std::unique_ptr<Session>> Session::open(const std::string& source, const JobContext& job) {
    if (source.find("://") != std::string::npos) {
        return fail(Error{ErrorCode::Unsupported,
                          message("core", "cannot open %1", withoutPassword(source)),
                          message("core", "this version reads snapshot files only"),
                          message("core", "Name a file such as demo.cohorts."),
                          {},
                          {}});
    }
    // A snapshot holds one prefix, so a ?prefix= has nothing to choose from.
    const std::size_t parameters = source.rfind("?prefix=");
    const std::string path = source.substr(0, parameters);
    auto store = openSnapshot(path, job);
    if (!store) {
        return fail(std::move(store.error()));
    }
    if (parameters != std::string::npos &&
        (*store)->info().prefix != source.substr(parameters + 8)) {
        return fail(
            Error{ErrorCode::NotFound,
                  message("core", "cannot open %1", source),
                  message("core", "the file holds the prefix %1 alone", (*store)->info().prefix),
                  message("core", "Leave ?prefix= out."),
                  {},
                  {}});
    }
    return std::make_unique<Session>(std::move(*store));
}

} // namespace cohortist
