// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session.h"
#include "core/store/bolt/bolt_file.h"
#include "core/store/bolt/bolt_store.h"
#include "core/store/cache/caching_store.h"
#include "core/store/kept/kept_store.h"
#include "core/store/redis/redis_store.h"
#include "core/store/snapshot/snapshot_store.h"

namespace cohortist {

namespace {

Result<std::unique_ptr<Session>>
openBoltFile(const std::string& path, std::optional<std::string> prefix, const JobContext& job) {
    auto store = openBolt(path, {.prefix = std::move(prefix), .now = {}}, job);
    if (!store) {
        return fail(std::move(store.error()));
    }
    return std::make_unique<Session>(std::move(*store));
}

} // namespace

Result<std::shared_ptr<CountedStore>>
openServerStore(const ServerAddress& address, const OpenOptions& options, const JobContext& job) {
    ServerAddress asked = address;
    if (asked.password.empty() && options.password) {
        asked.password = *options.password;
    }
    RedisOptions redis;
    redis.access.wantsLong = options.wantsLong;
    redis.kept = options.kept;
    return openRedis(asked, redis, job);
}

Result<std::unique_ptr<Session>> Session::openServer(const ServerAddress& address,
                                                     const JobContext& job,
                                                     const OpenOptions& options) {
    auto store = openServerStore(address, options, job);
    if (!store) {
        return fail(std::move(store.error()));
    }
    if (!options.kept) {
        return std::make_unique<Session>(std::move(*store));
    }
    const Instant now = (*store)->info().asOf;
    return std::make_unique<Session>(
        std::make_shared<KeptStore>(std::move(*store), *options.kept, now));
}

Result<std::unique_ptr<Session>> Session::open(const std::string& source, const JobContext& job,
                                               const OpenOptions& options) {
    if (source.find("://") != std::string::npos) {
        const auto address = parseServerAddress(source);
        return address ? openServer(*address, job, options) : fail(address.error());
    }
    const std::size_t parameters = source.rfind("?prefix=");
    const std::string path = source.substr(0, parameters);
    std::optional<std::string> prefix;
    if (parameters != std::string::npos) {
        prefix = percentDecoded(std::string_view(source).substr(parameters + 8));
        if (!prefix) {
            return fail(Error{ErrorCode::Usage,
                              message("core", "cannot open %1", source),
                              message("core", "its prefix holds a % that encodes nothing"),
                              message("core", "Write a % itself as %25."),
                              {},
                              {}});
        }
    }
    if (bolt::looksLikeBolt(path)) {
        return openBoltFile(path, std::move(prefix), job);
    }
    // A snapshot holds one prefix, so a ?prefix= has nothing to choose from.
    auto store = openSnapshot(path, job);
    if (!store) {
        return fail(std::move(store.error()));
    }
    if (prefix && (*store)->info().prefix != *prefix) {
        return fail(
            Error{ErrorCode::NotFound,
                  message("core", "cannot open %1", source),
                  message("core", "the file holds the prefix %1 alone", (*store)->info().prefix),
                  message("core", "Leave ?prefix= out."),
                  {},
                  {}});
    }
    return std::make_unique<Session>(std::make_shared<CachingStore>(std::move(*store)));
}

} // namespace cohortist
